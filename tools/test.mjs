// npm test: everything that must hold, in order. npm test -- unit e2e runs only those suites.
// Each suite writes log/<suite>.log; a check counts as one, a runner's tests count as its own report says.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBrowsers } from './browsers.mjs';
import { bunPath } from './bun.mjs';
import { describeCounts, NONE, readCounts, sum } from './counts.mjs';
import { ensureGo } from './go.mjs';
import { ensureNeighbours } from './neighbours.mjs';
import { ask, refuse } from './usage.mjs';

/** @typedef {import('./counts.mjs').Counts} Counts */
/** @typedef {{ program: string, args: string[], report: import('./counts.mjs').Report, env?: Record<string, string> }} Step */
/** One step, or several that run beside one another. @typedef {Step | Step[]} Stage */

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const logs = join(root, 'log');
const LOG_LINES_SHOWN = 80;
// The slowest suite takes nine minutes; one that hangs must not take the whole run with it.
const SUITE_LIMIT_MS = 20 * 60_000;
const require = createRequire(import.meta.url);
const bun = bunPath();
const IN_BROWSERS = ['site', 'e2e'];
const WITH_NEIGHBOURS = ['unit', 'site'];

/** @param {string} script @param {string[]} args @returns {Step} */
const node = (script, ...args) => ({ program: process.execPath, args: [script, ...args], report: 'exit code' });
/** @param {string} task @returns {Step} */
const relayGo = (task) => node('tools/relay-go.mjs', task);
/** @param {string} script @returns {Step} */
const check = (script) => ({ program: bun, args: [script], report: 'exit code' });
/** How long a test may take that does not say: many would end in time only on a machine that has nothing else to do. */
const TEST_LIMIT_MS = 60_000;
const BUN_TEST = ['test', `--timeout=${TEST_LIMIT_MS}`];
/** @param {string[]} paths folders or files @returns {Step} */
const bunTests = (...paths) => ({
  program: bun,
  args: [...BUN_TEST, ...paths.map((path) => `./${path}`)],
  report: 'junit',
});
/**
 * Two files at once, and after them, one by one, those that measure times, rates, memory or processor time, or count on moments.
 * @param {string[]} folders
 * @param {string[]} alone how the paths of these files begin
 * @returns {Step[]}
 */
const bunTestsInPairs = (folders, alone) => {
  const pairs = bunTests(...folders);
  const others = alone.map((path) => `--path-ignore-patterns=**/${path}*.test.ts`);
  return [
    { ...pairs, args: [...pairs.args, '--parallel=2', ...others] },
    { ...pairs, args: [...BUN_TEST, ...alone] },
  ];
};
/** @param {string[]} args @returns {Step} */
const stories = (...args) => ({
  program: process.execPath,
  args: [playwright, 'test', '--config=e2e', ...args],
  report: 'playwright',
});
const biome = join(dirname(require.resolve('@biomejs/biome/package.json')), 'bin', 'biome');
const playwright = join(dirname(require.resolve('@playwright/test/package.json')), 'cli.js');

/** The web client is built before the suites whose relay serves it. @type {Record<string, Stage[]>} */
const SUITES = {
  format: [node(biome, 'ci', '--error-on-warnings', '--colors=off', '.')],
  types: [node('tools/types.mjs')],
  layers: [check('tools/layers.ts'), check('tools/logs.ts')],
  rules: [check('tools/rules.ts')],
  size: [check('tools/size.ts')],
  web: [node('tools/web.mjs'), bunTests('web/')],
  unit: bunTestsInPairs(
    ['wire/', 'core/', 'client/', 'relay/', 'bench/', 'tools/'],
    ['attacks/attacks', 'backlog', 'faults', 'listeners', 'places', 'proxies', 'server-', 'waiting'].map(
      (name) => `relay/test/${name}`,
    ),
  ),
  conformance: bunTestsInPairs(
    ['conformance/'],
    ['fuzz-relay', 'mutation', 'session', 'url'].map((name) => `conformance/test/${name}`),
  ),
  executable: [
    node('tools/web.mjs', '--if-stale'),
    check('site/src/build.ts'),
    check('tools/executable.ts'),
    {
      ...bunTests(
        'relay/test/server-process.test.ts',
        'relay/test/listeners.test.ts',
        'relay/test/attacks/system-calls.test.ts',
        'conformance/test/session.test.ts',
      ),
      env: { PUG_RELAY_COMMAND: join(root, 'relay', 'dist', 'pug-relay') },
    },
  ],
  site: [check('site/src/build.ts'), bunTests('site/')],
  go: [
    relayGo('build'),
    relayGo('lint'),
    { ...relayGo('test'), report: 'junit' },
    relayGo('fuzz'),
    relayGo('reproducible'),
    { ...relayGo('conformance'), report: 'junit' },
    relayGo('differential'),
    { ...relayGo('stories'), report: 'playwright' },
  ],
  // The stories that mostly wait are told by one who has the time, while two others are busy.
  e2e: [
    [
      stories('--project=chromium', '--project=firefox'),
      stories('--project=chromium-waits', '--project=firefox-waits', '--workers=1', '--output=log/e2e-waits'),
    ],
  ],
};

/** @param {Step} step @param {string} name of its report @param {number} log @returns {Promise<Counts>} */
function run(step, name, log) {
  const report = join(logs, `${name}.report`);
  rmSync(report, { force: true });
  const flags = {
    'exit code': [],
    junit: ['--reporter=junit', `--reporter-outfile=${report}`],
    playwright: ['--reporter=list,json'],
  }[step.report];
  const child = spawn(step.program, [...step.args, ...flags], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', PLAYWRIGHT_JSON_OUTPUT_FILE: report, ...step.env },
    stdio: ['ignore', log, log],
    timeout: SUITE_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const stop = () => child.kill('SIGTERM');
  process.once('SIGTERM', stop);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      process.off('SIGTERM', stop);
      resolve(readCounts(step.report, report, code === 0));
    });
  });
}

/** What must be installed first and cannot be, in words for a person; null when all is there. @param {string} name */
function whatIsMissing(name) {
  if (IN_BROWSERS.includes(name)) return ensureBrowsers(console.log);
  if (name !== 'go') return null;
  const go = ensureGo(console.log);
  return 'problem' in go ? go.problem : ensureBrowsers(console.log);
}

/** Runs one suite's steps, up to the first that fails, and says how it went. @param {string} name @returns {Promise<Counts>} */
async function runSuite(name) {
  const problem = whatIsMissing(name);
  if (problem !== null) {
    console.log(`${name}: not run. ${problem}`);
    return { ...NONE, skipped: 1 };
  }
  const lack = WITH_NEIGHBOURS.includes(name) ? ensureNeighbours(console.log) : null;
  if (lack !== null) console.log(`${name}: the tests that need them are skipped. ${lack}`);
  const startedAtMs = performance.now();
  process.stdout.write(`${name}: `);
  const path = `log/${name}.log`;
  const log = openSync(join(root, path), 'w');
  let counts = NONE;
  for (const stage of SUITES[name] ?? []) {
    if (counts.failed > 0) break;
    const steps = [stage].flat();
    const nameOf = (/** @type {number} */ at) => (steps.length > 1 ? `${name}-${at + 1}` : name);
    counts = (await Promise.all(steps.map((step, at) => run(step, nameOf(at), log)))).reduce(sum, counts);
  }
  closeSync(log);
  console.log(`${describeCounts(counts)} (${((performance.now() - startedAtMs) / 1000).toFixed(1)} s)`);
  if (counts.failed > 0) {
    console.log(readFileSync(join(root, path), 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n'));
    console.log(`The whole log: ${path}`);
  }
  return counts;
}

const usage = `npm test -- [SUITE …]
Runs everything that must hold, or the suites that are named: ${Object.keys(SUITES).join(', ')}.`;
const { names: chosen } = ask(usage, { names: true });
const unknown = chosen.filter((name) => !Object.hasOwn(SUITES, name));
if (unknown.length > 0) refuse(usage, `No suite is called ${unknown.join(', ')}.`);
mkdirSync(logs, { recursive: true });
let total = NONE;
for (const name of Object.keys(SUITES)) {
  if (chosen.length === 0 || chosen.includes(name)) total = sum(total, await runSuite(name));
}
console.log(describeCounts(total));
process.exitCode = total.failed === 0 ? 0 : 1;
