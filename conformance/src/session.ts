/** Judges a relay by its URL alone. */
import { ask, refuse } from '../../tools/usage.mjs';
import { printCoverage } from './coverage.ts';
import { askedUrl, relayAt } from './relay.ts';
import { rulesOf, type Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { type Outcome, SessionRun } from './session-run.ts';

/** How much of a failure is shown without --transcripts: its end, where it went wrong. */
const linesOfAFailure = 40;

/** What a relay said may hold anything; a terminal obeys some of it. */
function printed(line: string): void {
  console.log(line.replace(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`));
}

function report(title: string, outcome: Outcome, tookMs: number, everything: boolean): void {
  if (outcome.kind === 'skipped') {
    printed(`skipped ${title}: ${outcome.why}`);
    return;
  }
  if (outcome.kind === 'passed') console.log(`ok      ${title} (${Math.round(tookMs)} ms)`);
  else console.log(`FAILED  ${title}`);
  if (outcome.kind === 'failed') printed(`        ${outcome.why}`);
  const { kind, transcript } = outcome;
  const shown = everything ? transcript : kind === 'failed' ? transcript.slice(-linesOfAFailure) : [];
  for (const line of shown) printed(`        ${line}`);
}

/** The rules of which every scenario was skipped. */
function unjudged(skipped: readonly Scenario[], judged: readonly Scenario[]): string[] {
  const seen = new Set(judged.flatMap(rulesOf));
  return [...new Set(skipped.flatMap(rulesOf))].filter((rule) => !seen.has(rule));
}

/** @returns whether the relay met every demand */
async function judge(url: URL | null, chosen: readonly Scenario[], everything: boolean): Promise<boolean> {
  const run = new SessionRun(url === null ? null : await relayAt(url));
  let left = chosen.length;
  const by: Record<Outcome['kind'], Scenario[]> = { passed: [], failed: [], skipped: [] };
  for (const scenario of chosen) {
    const startedMs = performance.now();
    const outcome = await run.run(scenario);
    if (run.silence !== null) break;
    by[outcome.kind].push(scenario);
    report(scenario.title, outcome, performance.now() - startedMs, everything);
    left--;
  }
  const fault = run.silence === null ? await run.end() : `${run.silence}; scenarios that were not judged: ${left}`;
  if (fault !== null) printed(`FAILED  ${fault}`);
  const unseen = unjudged(by.skipped, [...by.passed, ...by.failed]);
  if (unseen.length > 0) console.log(`not judged, because all of their scenarios were skipped: ${unseen.join(', ')}`);
  console.log(`${by.passed.length} passed, ${by.failed.length} failed, ${by.skipped.length} skipped`);
  return by.failed.length === 0 && fault === null;
}

const usage = `npm run conformance -- [--url wss://chat.example] [--only TEXT] [--transcripts]
npm run conformance -- --rules
Judges a relay by its URL alone (wss, https, ws or http), or without --url relays of this tree that it starts. --only chooses the scenarios whose
title holds TEXT, --transcripts writes down what every scenario said and heard, --rules prints which scenarios prove which rule and judges nothing.
Exits 1 on any failure.`;
const { texts, flags } = ask(usage, { texts: ['url', 'only'], flags: ['transcripts', 'rules'] });
const url = askedUrl(usage, texts.url);
const only = texts.only ?? '';
const chosen = scenarios.filter(({ title }) => title.includes(only));
if (chosen.length === 0) refuse(usage, `no scenario's title holds "${only}"`);
if (flags.has('rules')) printCoverage();
// A socket that a failed scenario left open must not keep this process.
else
  process.exit(
    await judge(url, chosen, flags.has('transcripts')).then(
      (isGood) => (isGood ? 0 : 1),
      (error: Error) => {
        printed(`FAILED  no relay to judge: ${error.message}`);
        return 1;
      },
    ),
  );
