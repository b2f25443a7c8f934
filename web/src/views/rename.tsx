/** Changing the own name while in the room. */
import { useSignal } from '@preact/signals';
import { faultOf } from '../state/name.ts';
import type { Room } from '../state/room.ts';
import { words } from '../strings/words.ts';
import { closeDialog, DialogFrame } from './dialog.tsx';
import { NameField } from './name.tsx';

export function RenameDialog({ room }: { room: Room }) {
  const own = room.view.value?.members.find(({ self }) => self);
  const name = useSignal(own?.name ?? '');
  const isEmpty = useSignal(false);
  const save = (event: Event) => {
    event.preventDefault();
    isEmpty.value = room.session.rename(name.value) === 'empty';
    if (!isEmpty.value) closeDialog();
  };
  return (
    <DialogFrame heading={words.value.rename.heading}>
      <form autocomplete="off" onSubmit={save}>
        <NameField name={name} label={words.value.rename.label} hint={words.value.invitation.nameHint} />
        {isEmpty.value && <p role="alert">{words.value.rename.empty}</p>}
        <button type="submit" class="main-action" disabled={faultOf(name.value) !== null}>
          {words.value.rename.save}
        </button>
      </form>
    </DialogFrame>
  );
}
