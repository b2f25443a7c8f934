// Builds the web client: node tools/web.mjs. Its sources are web/src and everything of ours that it imports.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask } from './usage.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const PAGE = 'web/dist/index.html';
const SOURCES = ['web', 'client/src', 'core/src', 'wire/src', 'tsconfig.base.json', 'package-lock.json'];
const NOT_SOURCES = new Set(['dist', 'test', 'node_modules', 'screens']);

/**
 * The latest change to a file or to anything in a folder, in milliseconds since 1970.
 * @param {string} path
 * @returns {number}
 */
function changedAtMs(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const names = readdirSync(path).filter((name) => !NOT_SOURCES.has(name));
  return Math.max(stat.mtimeMs, ...names.map((name) => changedAtMs(join(path, name))));
}

/**
 * Whether web/dist stands and is newer than all its sources.
 * @param {string} [tree] the root of the tree, this one unless told
 */
export function isWebBuilt(tree = root) {
  const builtAtMs = statSync(join(tree, PAGE), { throwIfNoEntry: false })?.mtimeMs;
  return builtAtMs !== undefined && SOURCES.every((path) => changedAtMs(join(tree, path)) <= builtAtMs);
}

/** Builds web/dist with the build command of web/package.json; output on this terminal. @returns {boolean} success */
export function buildWeb() {
  // npm names itself to the commands it runs; a bare "npm" is a batch file on Windows, which cannot be spawned.
  const npm = process.env.npm_execpath;
  const args = ['run', 'build', '--silent', '--workspace=web'];
  const [program, programArgs] = npm ? [process.execPath, [npm, ...args]] : ['npm', args];
  return spawnSync(program, programArgs, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { flags } = ask(
    'node tools/web.mjs [--if-stale]\nBuilds the web client into web/dist, with --if-stale only where it is not up to date.',
    { flags: ['if-stale'] },
  );
  process.exit((flags.has('if-stale') && isWebBuilt()) || buildWeb() ? 0 : 1);
}
