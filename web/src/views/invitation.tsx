/** Invitation: opened by a link. Nothing about the room is asked or told before the click (CL-2). */
import { useSignal } from '@preact/signals';
import { hostName } from '../platform/relay.ts';
import { goToStart, join } from '../state/invitation.ts';
import { faultOf } from '../state/name.ts';
import { words } from '../strings/words.ts';
import { NameField } from './name.tsx';
import { Page } from './page.tsx';

export function Invitation({ suggested }: { suggested: string }) {
  const { invitation } = words.value;
  const name = useSignal(suggested);
  const submit = (event: Event) => {
    event.preventDefault();
    join(name.value);
  };
  return (
    <Page heading={invitation.heading}>
      <p class="lead">{invitation.what}</p>
      <form class="card" autocomplete="off" onSubmit={submit}>
        <dl class="facts">
          <dt>{invitation.server}</dt>
          <dd>{hostName}</dd>
        </dl>
        <NameField name={name} label={invitation.name} hint={invitation.nameHint} />
        <button type="submit" class="main-action" disabled={faultOf(name.value) !== null}>
          {invitation.join}
        </button>
        <button type="button" class="quiet" onClick={goToStart}>
          {invitation.decline}
        </button>
      </form>
      <p>{invitation.nothingYet}</p>
      <p>{invitation.limit}</p>
      <p class="hint">{invitation.history}</p>
    </Page>
  );
}
