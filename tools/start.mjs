// npm start: builds the web client when it is missing or out of date, and the documentation, which takes a second; then runs the
// relay, which prints the address. A relay that would not start, or only answers a question, waits for no build.
// Flags go to the relay: npm start -- --port 8080, npm start -- --help.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { become, bunPath } from './bun.mjs';
import { buildWeb, isWebBuilt } from './web.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Settings come from where the operator put them, and not from a file that happens to lie in the current folder.
const relay = ['--no-env-file', join(root, 'relay', 'src', 'main.ts')];
const docs = join(root, 'site', 'src', 'build.ts');
const flags = process.argv.slice(2);
const answers = ['--help', '--version', '--check-config', '--print-config'].some((flag) => flags.includes(flag));

/** Runs a script under Bun, which may complain. @param {string[]} args @returns {number} its exit code */
function run(...args) {
  return spawnSync(bunPath(), args, { stdio: ['ignore', 'ignore', 'inherit'] }).status ?? 1;
}

function prepare() {
  const refusal = run(...relay, '--check-config', ...flags);
  if (refusal !== 0) process.exit(refusal);
  if (!isWebBuilt() && !buildWeb()) {
    console.error('The web client could not be built; its errors stand above.');
    process.exit(1);
  }
  // A relay without its documentation is still a relay.
  if (run(docs) !== 0)
    console.error('The documentation could not be built: /docs is not served, or is not up to date.');
}

if (!answers) prepare();
become(bunPath(), [...relay, ...flags]);
