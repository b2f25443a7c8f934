/** Cannot run: which feature is missing, and what to do. The link was taken out of the address bar, so it is given back here. */
import { useId } from 'preact/hooks';
import type { Feature } from '../platform/features.ts';
import { keepPrivate } from '../platform/page.ts';
import { words } from '../strings/words.ts';
import { Page } from './page.tsx';

export function CannotRun({ missing, link }: { missing: readonly Feature[]; link: string | null }) {
  const { cannotRun } = words.value;
  const id = useId();
  return (
    <Page heading={cannotRun.heading} mood="puzzled">
      <p>{cannotRun.text}</p>
      <ul>
        {missing.map((feature) => (
          <li key={feature}>{cannotRun.features[feature]}</li>
        ))}
      </ul>
      <p>{missing.includes('secure_context') ? cannotRun.secure : cannotRun.todo}</p>
      {link !== null && (
        <form class="card" autocomplete="off">
          <label for={id}>{cannotRun.link}</label>
          <input
            id={id}
            ref={keepPrivate}
            readOnly
            dir="ltr"
            value={link}
            onFocus={(event) => event.currentTarget.select()}
          />
        </form>
      )}
      <p>{cannotRun.nothing}</p>
    </Page>
  );
}
