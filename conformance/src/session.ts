/**
 * Judges a relay by its URL alone: npm run conformance -- --url wss://chat.example (http, https and ws as well).
 * Without --url it starts relays of this tree. --only TEXT runs the scenarios whose title holds TEXT, --transcripts writes down what every
 * scenario said and heard, --rules prints which scenarios prove which rule and judges nothing. Exits 1 on any failure.
 */
import { parseArgs } from 'node:util';
import { printCoverage } from './coverage.ts';
import { relayAt, relayUrl } from './relay.ts';
import { rulesOf, type Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { type Outcome, SessionRun } from './session-run.ts';

/** How much of a failure is shown without --transcripts: its end, where it went wrong. */
const linesOfAFailure = 40;

function report(title: string, outcome: Outcome, tookMs: number, everything: boolean): void {
  if (outcome.kind === 'skipped') {
    console.log(`skipped ${title}: ${outcome.why}`);
    return;
  }
  if (outcome.kind === 'passed') console.log(`ok      ${title} (${Math.round(tookMs)} ms)`);
  else console.log(`FAILED  ${title}\n        ${outcome.why}`);
  const { kind, transcript } = outcome;
  const shown = everything ? transcript : kind === 'failed' ? transcript.slice(-linesOfAFailure) : [];
  for (const line of shown) console.log(`        ${line}`);
}

/** The rules of which every scenario was skipped. */
function unjudged(skipped: readonly Scenario[], judged: readonly Scenario[]): string[] {
  const seen = new Set(judged.flatMap(rulesOf));
  return [...new Set(skipped.flatMap(rulesOf))].filter((rule) => !seen.has(rule));
}

/** @returns whether the relay met every demand */
async function judge(url: string | undefined, only: string, everything: boolean): Promise<boolean> {
  const run = new SessionRun(url === undefined ? null : await relayAt(relayUrl(url)));
  const by: Record<Outcome['kind'], Scenario[]> = { passed: [], failed: [], skipped: [] };
  for (const scenario of scenarios.filter(({ title }) => title.includes(only))) {
    const startedMs = performance.now();
    const outcome = await run.run(scenario);
    by[outcome.kind].push(scenario);
    report(scenario.title, outcome, performance.now() - startedMs, everything);
  }
  const fault = await run.end();
  if (fault !== null) console.log(`FAILED  ${fault}`);
  const left = unjudged(by.skipped, [...by.passed, ...by.failed]);
  if (left.length > 0) console.log(`not judged, because all of their scenarios were skipped: ${left.join(', ')}`);
  const count = by.passed.length + by.failed.length + by.skipped.length;
  if (count === 0) console.log(`FAILED  no scenario's title holds "${only}"`);
  console.log(`${by.passed.length} passed, ${by.failed.length} failed, ${by.skipped.length} skipped`);
  return count > 0 && by.failed.length === 0 && fault === null;
}

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    only: { type: 'string', default: '' },
    transcripts: { type: 'boolean', default: false },
    rules: { type: 'boolean', default: false },
  },
});
if (values.rules) printCoverage();
// A socket that a failed scenario left open must not keep this process.
else process.exit((await judge(values.url, values.only, values.transcripts)) ? 0 : 1);
