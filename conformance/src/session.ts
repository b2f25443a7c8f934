/**
 * Judges a relay by its URL alone: npm run conformance -- --url http://127.0.0.1:3000
 * Without --url it starts relays of this tree. --only TEXT runs the scenarios whose title holds TEXT. Exits 1 on any failure.
 */
import { parseArgs } from 'node:util';
import { relayAt } from './relay.ts';
import { scenarios } from './scenarios/index.ts';
import { type Outcome, SessionRun } from './session-run.ts';

const { values } = parseArgs({ options: { url: { type: 'string' }, only: { type: 'string' } } });

function report(title: string, outcome: Outcome, tookMs: number): void {
  if (outcome.kind === 'passed') console.log(`ok      ${title} (${Math.round(tookMs)} ms)`);
  if (outcome.kind === 'skipped') console.log(`skipped ${title}: ${outcome.why}`);
  if (outcome.kind !== 'failed') return;
  console.log(`FAILED  ${title}\n        ${outcome.why}`);
  for (const line of outcome.transcript) console.log(`          ${line}`);
}

const run = new SessionRun(values.url === undefined ? null : await relayAt(new URL(values.url)));
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const scenario of scenarios.filter(({ title }) => title.includes(values.only ?? ''))) {
  const startedMs = performance.now();
  const outcome = await run.run(scenario);
  counts[outcome.kind]++;
  report(scenario.title, outcome, performance.now() - startedMs);
}
const fault = await run.end();
if (fault !== null) console.log(`FAILED  ${fault}`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 || fault !== null ? 1 : 0);
