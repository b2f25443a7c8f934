// What is done with relay-go: node tools/relay-go.mjs build | all | test | lint | fuzz | reproducible | conformance |
// differential | stories. Each is a step of `npm test -- go`; relay-go/README.md says what each does.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureBrowsers } from './browsers.mjs';
import { bunPath } from './bun.mjs';
import { ensureGo, goEnvironment, relayGo } from './go.mjs';
import { ask, refuse } from './usage.mjs';
import { buildWeb, isWebBuilt } from './web.mjs';

const root = dirname(relayGo);
const EXE = process.platform === 'win32' ? '.exe' : '';
const program = join(relayGo, 'dist', `pug-relay${EXE}`);
const STATICCHECK = 'honnef.co/go/tools/cmd/staticcheck@v0.8.2';
// No paths of this machine, no symbols, no id that changes: the same source is the same file everywhere.
const BUILD = ['build', '-trimpath', '-ldflags=-s -w -buildid='];

/** Every system and processor a release is made for. */
const TARGETS = [
  ...['linux/amd64', 'linux/arm64', 'linux/arm', 'linux/386', 'linux/riscv64'],
  ...['darwin/amd64', 'darwin/arm64', 'freebsd/amd64', 'openbsd/amd64', 'openbsd/arm64', 'windows/amd64'],
];
/** Those whose own files the others do not compile. */
const LINTED = ['linux/amd64', 'openbsd/amd64', 'windows/amd64'];
const FUZZ_SECONDS = 3;
/** What the other relay's tests ask of any process that is one. */
const JUDGES = [
  'conformance/test/session',
  ...['relay/test/server-process', 'relay/test/listeners', 'relay/test/faults'],
  ...['relay/test/backlog', 'relay/test/places'],
].map((path) => `./${path}.test.ts`);
const STORIES = ['talk', 'expiry', 'purge', 'restart'];

/** Says what is wrong and ends the process. @param {string} problem @returns {never} */
function fail(problem) {
  console.error(problem);
  process.exit(1);
}

/** @returns {string} the path of Go */
function go() {
  const found = ensureGo(console.error);
  return 'problem' in found ? fail(found.problem) : found.path;
}

/** @param {string[]} args @param {Record<string, string>} [env] @param {string} [cwd] @returns {boolean} success */
function runGo(args, env = {}, cwd = relayGo) {
  const { status } = spawnSync(go(), args, { cwd, env: { ...goEnvironment, ...env }, stdio: ['ignore', 1, 2] });
  return status === 0;
}

/** @param {string} target @returns {Record<string, string>} */
function environmentOf(target) {
  const [GOOS = '', GOARCH = ''] = target.split('/');
  return { GOOS, GOARCH };
}

/** Builds the web client and the documentation and puts them into the folders that are embedded. */
function embed() {
  if (!isWebBuilt() && !buildWeb()) fail('The web client could not be built; its errors stand above.');
  const docs = spawnSync(bunPath(), [join(root, 'site', 'src', 'build.ts')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (docs.status !== 0) fail('The documentation could not be built; its errors stand above.');
  for (const [from, to] of /** @type {const} */ ([
    ['web/dist', 'web'],
    ['site/dist', 'docs'],
  ])) {
    const folder = join(relayGo, 'client', 'dist', to);
    for (const name of readdirSync(folder)) {
      if (name !== '.gitignore') rmSync(join(folder, name), { recursive: true });
    }
    cpSync(join(root, from), folder, { recursive: true });
  }
}

/** @param {string} path @returns {string} its SHA-256 */
const hashOf = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

function build() {
  embed();
  if (!runGo([...BUILD, '-o', program, '.'])) fail('relay-go could not be built');
  console.log(`${hashOf(program)}  ${program.slice(root.length + 1)}`);
}

/** Builds for every target, and writes what `sha256sum -c` reads. */
function buildAll() {
  embed();
  const folder = join(relayGo, 'dist', 'all');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const lines = TARGETS.map((target) => {
    const name = `pug-relay-${target.replace('/', '-')}${target.startsWith('windows') ? '.exe' : ''}`;
    if (!runGo([...BUILD, '-o', join(folder, name), '.'], environmentOf(target))) fail(`not built for ${target}`);
    return `${hashOf(join(folder, name))}  ${name}\n`;
  });
  writeFileSync(join(folder, 'SHA256SUMS'), lines.join(''));
  process.stdout.write(lines.join(''));
}

/** Builds a copy of the sources in another folder, with nothing that was compiled before; it must be the same file. */
function reproducible() {
  build();
  const folder = mkdtempSync(join(tmpdir(), 'another-folder-'));
  cpSync(relayGo, join(folder, 'copy'), { recursive: true, filter: (path) => path !== dirname(program) });
  const built = join(folder, 'built');
  const done = runGo([...BUILD, '-o', built, '.'], { GOCACHE: join(folder, 'cache') }, join(folder, 'copy'));
  const same = done && hashOf(built) === hashOf(program);
  rmSync(folder, { recursive: true });
  if (!same) fail('two builds of the same sources differ');
}

function lint() {
  const unformatted = spawnSync(join(dirname(go()), `gofmt${EXE}`), ['-l', '.'], { cwd: relayGo, encoding: 'utf8' });
  if (unformatted.status !== 0 || unformatted.stdout !== '') fail(`gofmt would change:\n${unformatted.stdout}`);
  for (const target of LINTED) {
    if (!runGo(['vet', './...'], environmentOf(target))) fail(`go vet is not content, for ${target}`);
  }
  if (!runGo(['run', STATICCHECK, './...'])) fail('staticcheck is not content');
}

/** One test or one of its parts, as `go test -json` reports it. @typedef {{ Action: string, Test?: string }} GoEvent */

/** Runs all tests, with the race detector where a C compiler is, and writes the counts as JUnit. @param {string[]} args */
function test(args) {
  const hasCompiler = spawnSync('cc', ['--version'], { stdio: 'ignore' }).status === 0;
  const flags = hasCompiler ? ['-race'] : [];
  if (!hasCompiler) console.log('without the race detector: it needs a C compiler (cc)');
  const { stdout, status } = spawnSync(go(), ['test', '-json', ...flags, './...'], {
    ...{ cwd: relayGo, encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 2] },
    env: { ...goEnvironment, CGO_ENABLED: hasCompiler ? '1' : '0' },
  });
  /** @type {(GoEvent & { Output?: string })[]} */
  const events = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  process.stdout.write(events.map(({ Output = '' }) => Output).join(''));
  const count = (/** @type {string} */ action) =>
    events.filter((event) => event.Test && event.Action === action).length;
  const counts = { passed: count('pass'), failed: count('fail'), skipped: count('skip') + (hasCompiler ? 0 : 1) };
  const tests = counts.passed + counts.failed + counts.skipped;
  const path = args.find((arg) => arg.startsWith('--reporter-outfile='))?.slice('--reporter-outfile='.length);
  const head = `<testsuites tests="${tests}" failures="${counts.failed}" skipped="${counts.skipped}"></testsuites>\n`;
  if (path) writeFileSync(path, head);
  process.exit(status === 0 ? 0 : 1);
}

/** Fuzzes each decoder for a while. @param {string[]} args `--seconds 30` */
function fuzz(args) {
  const { seconds } = ask(usage, { numbers: { seconds: FUZZ_SECONDS } }, args).numbers;
  const targets = readdirSync(relayGo, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('_test.go'))
    .flatMap((path) =>
      [...readFileSync(join(relayGo, path), 'utf8').matchAll(/^func (Fuzz\w+)/gm)].map(([, name = '']) => ({
        folder: dirname(path),
        name,
      })),
    );
  if (targets.length === 0) fail('nothing to fuzz was found');
  for (const { folder, name } of targets) {
    const args = ['test', `./${folder}`, '-run=^$', `-fuzz=^${name}$`, `-fuzztime=${seconds}s`, '-parallel=2'];
    if (!runGo(args)) fail(`${name} of ${folder} found something; its input stands in relay-go/${folder}/testdata`);
  }
  console.log(`${targets.length} decoders, ${seconds} s each`);
}

/** Runs a program against the relay that was built. @param {string} runner @param {string[]} args */
function against(runner, args) {
  if (!existsSync(program) && !args.includes('--help')) build();
  const env = { ...process.env, PUG_RELAY_COMMAND: program };
  const { status } = spawnSync(runner, args, { cwd: root, env, stdio: ['ignore', 1, 2] });
  process.exit(status ?? 1);
}

/** Tells the stories that a relay has most to do with, in browsers. @param {string[]} args */
function stories(args) {
  const problem = ensureBrowsers(console.error);
  if (problem !== null) fail(problem);
  const playwright = join(dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')), 'cli.js');
  // Two of the eight, one in each browser, wait for most of a minute.
  against(process.execPath, [playwright, 'test', '--config=e2e', '--workers=3', ...STORIES, ...args]);
}

/** Does something that takes nothing. @param {() => void} work @returns {(args: string[]) => void} */
const alone = (work) => (args) => {
  ask(usage, {}, args);
  work();
};

const [task = '', ...rest] = process.argv.slice(2);
/** @type {Record<string, (args: string[]) => void>} */
const TASKS = {
  build: alone(build),
  all: alone(buildAll),
  test,
  lint: alone(lint),
  fuzz,
  reproducible: alone(reproducible),
  conformance: (args) => against(bunPath(), ['test', ...JUDGES, ...args]),
  differential: (args) => against(bunPath(), ['conformance/src/differential.ts', ...args]),
  stories,
};
const usage = `node tools/relay-go.mjs TASK
Does one thing with relay-go: ${Object.keys(TASKS).join(', ')}. fuzz takes --seconds for each decoder, differential what it says itself;
what stands behind test, conformance or stories goes to its runner. relay-go/README.md says what each does.`;
const chosen = Object.hasOwn(TASKS, task) ? TASKS[task] : undefined;
if (chosen) chosen(rest);
else {
  ask(usage, { names: true });
  refuse(usage, task === '' ? 'A task must be named.' : `There is no task ${task}.`);
}
