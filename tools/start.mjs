// npm start: builds the web client when it is missing or out of date, and the documentation, which takes a second; then runs the
// relay, which prints the address.
// Flags go to the relay: npm start -- --port 8080, npm start -- --help.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { become, bunPath } from './bun.mjs';
import { buildWeb, isWebBuilt } from './web.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const relay = join(root, 'relay', 'src', 'main.ts');
const docs = join(root, 'site', 'src', 'build.ts');
const flags = process.argv.slice(2);
const serves = !flags.includes('--help') && !flags.includes('--version');
if (serves && !isWebBuilt() && !buildWeb()) {
  console.error('The web client could not be built; its errors stand above.');
  process.exit(1);
}
// A relay without its documentation is still a relay.
if (serves && spawnSync(bunPath(), [docs], { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0) {
  console.error('The documentation could not be built: /docs is not served, or is not up to date.');
}
// Settings come from where the operator put them, and not from a file that happens to lie in the current folder.
become(bunPath(), ['--no-env-file', relay, ...flags]);
