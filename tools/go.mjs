// Finds Go, or installs it: node tools/go.mjs <arguments of go>, run in relay-go/. As root on Debian or Ubuntu what is
// missing comes from apt; its Go is older than relay-go needs, but can fetch the pinned one, as the module that Go's own
// tool fetches, verified against the public checksum database.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { become } from './bun.mjs';
import { ensureInstalled } from './debian.mjs';

export const relayGo = join(dirname(dirname(fileURLToPath(import.meta.url))), 'relay-go');
const EXE = process.platform === 'win32' ? '.exe' : '';
// Fetched where no Go is new enough. The least is what relay-go/go.mod asks for.
const PINNED = 'go1.26.8';
// gcc is for the race detector.
const PACKAGES = ['golang-go', 'gcc', 'libc6-dev'];
const FETCH_LIMIT_MS = 5 * 60_000;

/** The program of the pinned Go, once it was fetched. */
function pinnedPath() {
  const system = `${process.platform}-${process.arch}`.replace('win32', 'windows').replace('x64', 'amd64');
  const cache = process.env.GOMODCACHE ?? join(process.env.GOPATH ?? join(homedir(), 'go'), 'pkg', 'mod');
  return join(cache, 'golang.org', `toolchain@v0.0.1-${PINNED}.${system}`, 'bin', `go${EXE}`);
}

function candidates() {
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/local/go/bin', '/usr/lib/go/bin');
  return [...folders.map((folder) => join(folder, `go${EXE}`)), pinnedPath()].filter((path) => existsSync(path));
}

/** @param {string} text such as `go1.26.8` @returns {readonly [number, number]} */
function release(text) {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(text) ?? [];
  return [Number(major), Number(minor)];
}

/** Whether this Go is as new as relay-go/go.mod asks. @param {string} path */
function isNewEnough(path) {
  const [major, minor] = release(/^go .*$/m.exec(readFileSync(join(relayGo, 'go.mod'), 'utf8'))?.[0] ?? '');
  const env = { ...process.env, GOTOOLCHAIN: 'local' };
  const { stdout } = spawnSync(path, ['env', 'GOVERSION'], { env, encoding: 'utf8' });
  const [ownMajor, ownMinor] = release(stdout ?? '');
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** Has any Go fetch the pinned one. @param {string} path of that Go @returns {boolean} success */
function fetchPinned(path) {
  const folder = mkdtempSync(join(tmpdir(), 'pug-go-'));
  writeFileSync(join(folder, 'go.mod'), 'module fetch\n');
  const pinned = pinnedPath();
  const version = /toolchain@([^/\\]+)/.exec(pinned)?.[1];
  const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' };
  const args = ['mod', 'download', `golang.org/toolchain@${version}`];
  const { status } = spawnSync(path, args, { cwd: folder, env, stdio: ['ignore', 2, 2], timeout: FETCH_LIMIT_MS });
  rmSync(folder, { recursive: true });
  if (status !== 0 || !existsSync(pinned)) return false;
  // Files of a module are stored without the right to run them.
  const root = dirname(dirname(pinned));
  const tools = join(root, 'pkg', 'tool');
  const folders = [join(root, 'bin'), ...readdirSync(tools).map((name) => join(tools, name))];
  for (const place of folders) for (const name of readdirSync(place)) chmodSync(join(place, name), 0o755);
  return isNewEnough(pinned);
}

/**
 * Makes sure that there is a Go for relay-go.
 * @param {(line: string) => void} say told before anything is installed
 * @returns {{ path: string } | { problem: string }} its program, or what a person should do
 */
export function ensureGo(say) {
  const found = candidates().find(isNewEnough);
  if (found) return { path: found };
  let [any] = candidates();
  if (!any && ensureInstalled({ files: ['/usr/bin/go', '/usr/bin/cc'], packages: PACKAGES }, say) === null) {
    [any] = candidates();
  }
  if (any) {
    say(`no Go here is new enough for relay-go; fetching ${PINNED}`);
    if (fetchPinned(any)) return { path: pinnedPath() };
  }
  return { problem: `Go is missing or too old for relay-go. Install ${PINNED} or newer and put it on the PATH` };
}

/** What Go is run with: a build that is the same everywhere, and nothing from this machine's own settings of Go. */
export const goEnvironment = { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-buildvcs=false' };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const go = ensureGo(console.error);
  if ('problem' in go) {
    console.error(go.problem);
    process.exit(1);
  }
  process.chdir(relayGo);
  Object.assign(process.env, goEnvironment);
  become(go.path, process.argv.slice(2));
}
