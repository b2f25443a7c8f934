/**
 * Does the suite find what is wrong? Plants the faults of mutants.ts in copies of the relay, one in each, and judges every copy by the scenarios of
 * the rules that it breaks.
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask, refuse } from '../../tools/usage.mjs';
import { inLanes } from './lanes.ts';
import type { Mutant } from './mutant.ts';
import { mutants } from './mutants.ts';
import { relayIn } from './relay.ts';
import { rulesOf, type Scenario, type Setting, standard } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { type Outcome, SessionRun } from './session-run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sourceFolders = ['relay/src', 'wire/src'];

/** The fault was found by `scenario`, or by none of those that were asked. */
export type Verdict =
  | { readonly caught: true; readonly scenario: Scenario; readonly why: string; readonly tookMs: number }
  | { readonly caught: false; readonly asked: number; readonly tookMs: number };

/** A copy of the relay and of what it imports, with a page to serve, in a folder of its own. */
export function copyRelay(edits: Mutant['edits'] = []): string {
  const folder = mkdtempSync(join(tmpdir(), 'relay-'));
  for (const name of ['relay', 'wire']) {
    cpSync(join(root, name, 'src'), join(folder, name, 'src'), { recursive: true });
    cpSync(join(root, name, 'package.json'), join(folder, name, 'package.json'));
  }
  mkdirSync(join(folder, 'node_modules/@pug'), { recursive: true });
  symlinkSync(join(folder, 'wire'), join(folder, 'node_modules/@pug/wire'));
  for (const built of ['web/dist/assets', 'site/dist']) mkdirSync(join(folder, built), { recursive: true });
  writeFileSync(join(folder, 'site/dist/index.html'), '<!doctype html><title>documentation</title>');
  const page = {
    'index.html': '<!doctype html><script src="/assets/page-0123abcd.js"></script>',
    'assets/page-0123abcd.js': '// Long enough to be shorter when it is compressed.\n'.repeat(9),
  };
  for (const [path, text] of Object.entries(page)) writeFileSync(join(folder, 'web/dist', path), text);
  const listed = Object.entries(page)
    .sort()
    .map(([path, text]) => `${sha256Hex(text)}  ${path}\n`);
  writeFileSync(join(folder, 'web/dist/manifest.txt'), listed.join(''));
  for (const edit of edits) plant(folder, edit);
  return folder;
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** @throws when the text does not stand exactly once in the sources: they moved on, and the mutant must follow */
function plant(folder: string, [from, to]: Mutant['edits'][number]): void {
  const files = sourceFolders.flatMap((name) =>
    readdirSync(join(folder, name)).map((file) => ({ path: join(folder, name, file), text: '' })),
  );
  const found = files.flatMap(({ path }) => {
    const parts = readFileSync(path, 'utf8').split(from);
    return parts.length > 1 ? [{ path, parts }] : [];
  });
  const [only] = found;
  if (only === undefined || found.length > 1 || only.parts.length > 2) {
    const count = found.reduce((sum, { parts }) => sum + parts.length - 1, 0);
    throw new Error(`stands ${count} times in the sources of the relay, and not once: ${from}`);
  }
  writeFileSync(only.path, only.parts.join(to));
}

/** The scenarios that prove any of `rules`, those without a wait first. */
function scenariosOf(rules: readonly string[]): readonly Scenario[] {
  const proving = scenarios.filter((scenario) => rulesOf(scenario).some((rule) => rules.includes(rule)));
  const isSlow = (setting: Setting) => Number(setting !== standard);
  return proving.toSorted((a, b) => isSlow(a.setting) - isSlow(b.setting));
}

/** Runs `asked` against the relay in `folder` up to the first that does not pass. */
async function firstFailure(folder: string, asked: readonly Scenario[]) {
  const run = new SessionRun(null, relayIn(folder));
  try {
    for (const scenario of asked) {
      const outcome: Outcome = await run.run(scenario);
      if (outcome.kind === 'passed') continue;
      // The news of an end comes after the last of its connections.
      await Bun.sleep(100);
      return { scenario, outcome, hasDied: run.hasDied };
    }
    return null;
  } finally {
    run.abandon();
  }
}

/** @throws when the fault cannot be planted, or the relay with it does not start or dies of it */
export async function tryMutant({ rules, edits }: Mutant): Promise<Verdict> {
  const startedMs = performance.now();
  const asked = scenariosOf(rules);
  const folder = copyRelay(edits);
  try {
    const failure = await firstFailure(folder, asked);
    const tookMs = performance.now() - startedMs;
    if (failure === null) return { caught: false, asked: asked.length, tookMs };
    const { scenario, outcome, hasDied } = failure;
    // A relay that cannot even run shows nothing about the rule.
    if (hasDied) throw new Error(`${scenario.title}: the relay died of its fault`);
    // A scenario that was skipped found nothing.
    if (outcome.kind !== 'failed') throw new Error(`${scenario.title}: ${outcome.kind}`);
    return { caught: true, scenario, why: outcome.why, tookMs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The control: an unchanged copy must pass what found the faults, what only waits beside the rest. @returns what it failed, or null */
export async function tryControl(asked: readonly Scenario[]): Promise<string | null> {
  const folder = copyRelay();
  const groups = Map.groupBy(asked, ({ setting }) => (setting.waits ? setting : null));
  try {
    const failures = await Promise.all([...groups.values()].map((group) => firstFailure(folder, group)));
    const failure = failures.find((found) => found !== null);
    return failure ? `${failure.scenario.title}: ${failure.outcome.kind} ${JSON.stringify(failure.outcome)}` : null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const lanes = 2;

const usage = `npm run mutants -- [TEXT …]
Plants every fault that the suite must find, or those whose rules and name hold a TEXT. Prints a line for each; exits 1 when one gets away.`;

async function main(): Promise<boolean> {
  const { names } = ask(usage, { names: true });
  const isChosen = (title: string) => names.length === 0 || names.some((name) => title.includes(name));
  const chosen = mutants.filter(({ name, rules }) => isChosen(`${rules.join(' ')} ${name}`));
  if (chosen.length === 0) refuse(usage, `no fault is called ${names.join(' or ')}`);
  const verdicts = inLanes(chosen, lanes, tryMutant);
  const found = new Set<Scenario>();
  let away = 0;
  for (const [at, { name, rules }] of chosen.entries()) {
    const verdict = await verdicts[at]?.catch((error: Error) => error.message);
    const title = `${rules.join(' ')} ${name}`;
    if (typeof verdict === 'object' && verdict.caught) {
      found.add(verdict.scenario);
      console.log(
        `caught  ${title} (${Math.round(verdict.tookMs)} ms)\n        by ${verdict.scenario.title}\n        ${verdict.why}`,
      );
      continue;
    }
    away++;
    console.log(`AWAY    ${title}: ${typeof verdict === 'object' ? `passed ${verdict.asked} scenarios` : verdict}`);
  }
  const fault = await tryControl([...found]);
  console.log(
    fault === null ? `an unchanged copy passes the ${found.size} scenarios that found them` : `CONTROL ${fault}`,
  );
  console.log(`${chosen.length - away} of ${chosen.length} caught`);
  return away === 0 && fault === null;
}

if (import.meta.main) process.exit((await main()) ? 0 : 1);
