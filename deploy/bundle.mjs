// Collects what a relay needs to run, and nothing else, into a new folder: node deploy/bundle.mjs <folder>.
// Build the web client and the site first. Run it: <folder>/bin/bun <folder>/relay/src/main.ts
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bunPath } from '../tools/bun.mjs';
import { ask, refuse } from '../tools/usage.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** From the tree → in the bundle. Below `relay` and `wire` there is no other package: that is a rule (CONTRIBUTING.md). */
const CONTENT = [
  ['LICENSE', 'LICENSE'],
  ['relay/package.json', 'relay/package.json'],
  ['relay/src', 'relay/src'],
  ['wire/package.json', 'node_modules/@pug/wire/package.json'],
  ['wire/src', 'node_modules/@pug/wire/src'],
  ['web/dist', 'web/dist'],
  ['site/dist', 'site/dist'],
];

const usage = `node deploy/bundle.mjs FOLDER
Collects what a relay needs to run into a new folder. Build the web client and the site first.`;
const [folder, ...others] = ask(usage, { names: true }).names;
const missing = CONTENT.map(([from]) => from ?? '').filter((from) => !existsSync(join(root, from)));
if (folder === undefined || others.length > 0) refuse(usage, 'One folder must be named.');
if (existsSync(folder)) {
  console.error(`${folder} is there already. Take it away, or name another: a bundle holds nothing old.`);
  process.exit(1);
}
if (missing.length > 0) {
  console.error(`Build first: npm run build -w web && npm run build:site (missing: ${missing.join(', ')})`);
  process.exit(1);
}
for (const [from = '', to = ''] of CONTENT) cpSync(join(root, from), join(folder, to), { recursive: true });
mkdirSync(join(folder, 'bin'));
copyFileSync(bunPath(), join(folder, 'bin', 'bun'));
chmodSync(join(folder, 'bin', 'bun'), 0o755);
console.log(`bundle: ${folder}`);
