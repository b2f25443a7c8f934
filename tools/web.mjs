// Builds the web client: node tools/web.mjs. The archive of the source is part of it, so that each file of ours is one of its sources.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceFiles } from './source.mjs';
import { ask } from './usage.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const PAGE = 'web/dist/index.html';

/**
 * Whether web/dist stands and is newer than all its sources.
 * @param {string} [tree] the root of the tree, this one unless told
 */
export function isWebBuilt(tree = root) {
  const changedAtMs = (/** @type {string} */ path) => statSync(join(tree, path), { throwIfNoEntry: false })?.mtimeMs;
  const builtAtMs = changedAtMs(PAGE);
  return builtAtMs !== undefined && sourceFiles(tree).every((path) => (changedAtMs(path) ?? 0) <= builtAtMs);
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
