/** Refused: a link that leads nowhere, or a room that could not be opened (CL-13). */
import { goToStart } from '../state/invitation.ts';
import { openAgain } from '../state/opening.ts';
import type { Refusal } from '../state/screen.ts';
import { words } from '../strings/words.ts';
import { KeptLink } from './kept-link.tsx';
import { Page } from './page.tsx';
import { PasteLink } from './paste.tsx';

export function Refused({ refusal }: { refusal: Refusal }) {
  const { heading, text } = words.value.refused[refusal.kind];
  return (
    <Page heading={heading} mood="puzzled" key={refusal.kind}>
      <p class="lead">{text}</p>
      {refusal.kind === 'create_failed' && <p class="hint">{words.value.refused.code(refusal.code)}</p>}
      {refusal.kind === 'unable' && <KeptLink link={refusal.link} />}
      {refusal.kind.startsWith('create') ? <CreateActions /> : <LinkActions />}
    </Page>
  );
}

function CreateActions() {
  return (
    <div class="actions">
      <button type="button" class="main-action" onClick={openAgain}>
        {words.value.tryAgain}
      </button>
      <button type="button" onClick={goToStart}>
        {words.value.cancel}
      </button>
    </div>
  );
}

function LinkActions() {
  return (
    <>
      <p>{words.value.refused.nothingJoined}</p>
      <PasteLink />
      <div class="actions">
        <button type="button" onClick={goToStart}>
          {words.value.openNew}
        </button>
      </div>
    </>
  );
}
