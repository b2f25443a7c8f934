/** Cannot run: which feature is missing, and what to do. */
import type { Feature } from '../platform/features.ts';
import { words } from '../strings/words.ts';
import { KeptLink } from './kept-link.tsx';
import { Page } from './page.tsx';

export function CannotRun({ missing, link }: { missing: readonly Feature[]; link: string | null }) {
  const { cannotRun } = words.value;
  return (
    <Page heading={cannotRun.heading} mood="puzzled">
      <p>{cannotRun.text}</p>
      <ul>
        {missing.map((feature) => (
          <li key={feature}>{cannotRun.features[feature]}</li>
        ))}
      </ul>
      <p>{missing.includes('secure_context') ? cannotRun.secure : cannotRun.todo}</p>
      {link !== null && <KeptLink link={link} />}
      <p>{cannotRun.nothing}</p>
    </Page>
  );
}
