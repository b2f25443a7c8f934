/** Relays with a planted fault each: the suite that judges relays is judged by whether it catches them. */
import { afterAll, expect, test } from 'bun:test';
import { inLanes } from '../src/lanes.ts';
import { mutants } from '../src/mutants.ts';
import { lanes, tryControl, tryMutant } from '../src/mutation.ts';
import type { Scenario } from '../src/scenario.ts';

const quick = mutants.filter(({ slow }) => !slow);
const verdicts = inLanes(quick, lanes, tryMutant);
const finders = new Set<Scenario>();
const limitMs = 120_000;

for (const [at, { name, rules }] of quick.entries()) {
  test(
    `${rules.join(' ')} a relay is caught: ${name}`,
    async () => {
      const verdict = await verdicts[at];
      if (!verdict?.caught) throw new Error(`it passed ${verdict?.asked} scenarios`);
      finders.add(verdict.scenario);
    },
    limitMs,
  );
}

test(
  'a relay that dies of its fault is no catch',
  async () => {
    const edits = [
      ['const next = frame(state, member);', 'process.exit(1);\n    const next = frame(state, member);'],
    ] as const;
    await expect(tryMutant({ name: 'it dies of a frame', rules: ['SK-9'], edits })).rejects.toThrow(
      'died of its fault',
    );
  },
  limitMs,
);

test(
  'an unchanged copy passes every scenario that caught one',
  async () => {
    expect(finders.size).toBeGreaterThan(20);
    expect(await tryControl([...finders])).toBeNull();
  },
  limitMs,
);

afterAll(async () => {
  // A run that was cut short must leave no relay behind.
  await Promise.allSettled(verdicts);
});
