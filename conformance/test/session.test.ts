/** Every scenario against relays of this tree, one test each; the rules a scenario proves stand in its own title. */
import { afterAll, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { inLanes } from '../src/lanes.ts';
import { type Scenario, withPage } from '../src/scenario.ts';
import { scenarios } from '../src/scenarios/index.ts';
import { type Outcome, SessionRun } from '../src/session-run.ts';

const [run, waiting] = [new SessionRun(null), new SessionRun(null)];
const begun = new Map<Scenario, Promise<Outcome> | undefined>();
// Each setting has a relay of its own, on which one comes after the other.
const patient = scenarios.filter(({ setting }) => setting.waits);
for (const group of Map.groupBy(patient, ({ setting }) => setting).values()) {
  const outcomes = inLanes(group, 1, (one) => waiting.run(one));
  for (const [at, one] of group.entries()) begun.set(one, outcomes[at]);
}

afterAll(async () => {
  const faults = [await run.end(), await waiting.end()].filter((fault) => fault !== null);
  if (faults.length > 0) throw new Error(faults.join('\n'));
});

const pageIsBuilt = existsSync(new URL('../../web/dist/index.html', import.meta.url));

for (const scenario of scenarios) {
  test.skipIf(scenario.setting === withPage && !pageIsBuilt)(
    scenario.title,
    async () => {
      const outcome = await (begun.get(scenario) ?? run.run(scenario));
      if (outcome.kind === 'failed') throw new Error([outcome.why, ...outcome.transcript.slice(-40)].join('\n'));
      // A relay started here fits every scenario: one that is skipped would prove nothing without a word.
      if (outcome.kind === 'skipped') throw new Error(`skipped: ${outcome.why}`);
    },
    60_000,
  );
}
