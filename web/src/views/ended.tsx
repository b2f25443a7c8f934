/** Ended: what happened, what was forgotten, and whatever the person wrote that nobody received. */
import type { End } from '@pug/client';
import { goToStart, joinAgain } from '../state/invitation.ts';
import { heldLink } from '../state/secret.ts';
import { words } from '../strings/words.ts';
import { CopyButton } from './copy.tsx';
import { KeptLink } from './kept-link.tsx';
import { Page } from './page.tsx';
import { PasteLink } from './paste.tsx';

interface EndedProps {
  end: End;
  joined: boolean;
  isUnpurged: boolean;
  unsent: readonly string[];
}

interface Ending {
  readonly heading: string;
  readonly text: string;
  readonly next: 'new' | 'again' | 'paste';
}

function endingOf(end: End, joined: boolean): Ending {
  switch (end) {
    case 'purged':
    case 'expired':
    case 'removed':
    case 'left':
      return { ...words.value.ended[end], next: 'new' };
    case 'not_found':
      return { ...(joined ? words.value.ended.gone : words.value.refused.not_found), next: 'new' };
    case 'full':
    case 'locked':
    case 'too_large':
    case 'unable':
      return { ...words.value.refused[end], next: 'again' };
    case 'proof_rejected':
    case 'bad_message':
    case 'outdated':
      return { ...words.value.refused[end], next: 'paste' };
  }
}

export function Ended({ end, joined, isUnpurged, unsent }: EndedProps) {
  const { heading, text, next } = endingOf(end, joined);
  return (
    <Page heading={heading} mood={joined ? 'asleep' : 'puzzled'}>
      <p class="lead">{text}</p>
      {isUnpurged && <p class="bad">{words.value.ended.unpurged}</p>}
      <p>{joined ? words.value.ended[next === 'again' ? 'linkKept' : 'dropped'] : words.value.refused.nothingJoined}</p>
      <Unsent texts={unsent} />
      <div class="actions">
        {next === 'again' && (
          <button type="button" class="main-action" onClick={joinAgain}>
            {words.value.tryAgain}
          </button>
        )}
        <button type="button" class={next === 'again' ? '' : 'main-action'} onClick={goToStart}>
          {words.value.openNew}
        </button>
      </div>
      {next === 'paste' && <PasteLink />}
      {end === 'unable' && <KeptLink link={heldLink()} />}
      {joined && <p class="hint">{words.value.ended.history}</p>}
    </Page>
  );
}

function Unsent({ texts }: { texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <section class="card unsent" aria-labelledby="unsent">
      <h2 id="unsent">{words.value.ended.unsentHeading}</h2>
      <p>{words.value.ended.unsent}</p>
      <ul>
        {texts.map((text, at) => (
          <li key={`${at}`}>
            <p class="unsent-text" dir="auto">
              {text}
            </p>
            <CopyButton
              text={() => text}
              label={words.value.ended.copyOne}
              copied={words.value.ended.copied}
              failed={words.value.menu.copyFailed}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
