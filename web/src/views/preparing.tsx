/** Preparing: the puzzle, why it is there, how far it is. */
import type { CreateProgress } from '@pug/client';
import { cancelOpening, progress, question } from '../state/opening.ts';
import { words } from '../strings/words.ts';
import { AfterAMoment } from './moment.tsx';
import { Page } from './page.tsx';

export function Preparing() {
  const asked = question.value;
  return (
    <AfterAMoment>
      <Page
        heading={asked === null ? words.value.preparing.heading : words.value.preparing.askHeading}
        key={String(asked === null)}
      >
        <p>{words.value.preparing.why}</p>
        {asked === null ? <Work now={progress.value} /> : <p>{words.value.preparing.ask(asked.expectedMs)}</p>}
        <div class="actions">
          {asked !== null && (
            <button type="button" class="main-action" onClick={() => asked.answer(true)}>
              {words.value.preparing.askStart}
            </button>
          )}
          <button type="button" onClick={cancelOpening}>
            {words.value.cancel}
          </button>
        </div>
      </Page>
    </AfterAMoment>
  );
}

function Work({ now }: { now: CreateProgress | null }) {
  const { preparing } = words.value;
  const raised = now === null ? null : preparing.raised[now.raisedBy];
  return (
    <div class="work">
      <label>
        <span>{preparing.progress}</span>
        <progress max={now?.k ?? 1} value={now?.hits ?? 0} />
      </label>
      <p class="hint">{now === null ? preparing.phase.challenge : phaseOf(now)}</p>
      {raised !== null && <p class="hint">{raised}</p>}
    </div>
  );
}

function phaseOf(now: CreateProgress): string {
  const { phase, estimate, longer } = words.value.preparing;
  if (now.phase !== 'work') return phase[now.phase];
  const leftMs = now.expectedMs - now.elapsedMs;
  const solved = phase.work(now.hits, now.k);
  return `${solved}, ${leftMs > 0 ? estimate(leftMs) : longer}`;
}
