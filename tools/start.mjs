// npm start: builds the web client when it is missing or out of date, then runs the relay, which prints the address.
// Flags go to the relay: npm start -- --port 8080, npm start -- --help.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { become, bunPath } from './bun.mjs';
import { buildWeb, isWebBuilt } from './web.mjs';

const relay = join(dirname(dirname(fileURLToPath(import.meta.url))), 'relay', 'src', 'main.ts');
if (!isWebBuilt() && !buildWeb()) {
  console.error('The web client could not be built; its errors stand above.');
  process.exit(1);
}
// Settings come from where the operator put them, and not from a file that happens to lie in the current folder.
become(bunPath(), ['--no-env-file', relay, ...process.argv.slice(2)]);
