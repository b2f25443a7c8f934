// Type-checks every tsconfig.json of the tree: node tools/types.mjs [folder …]. Prints the compiler's errors; exits 1 on any.
// One program per folder and not one for all, because the settings differ: wire and core see neither DOM nor Node.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask, refuse } from './usage.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
/** @type {{ workspaces: string[] }} */
const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const usage = `npm run types -- [FOLDER …]
Type-checks these folders, or all: ${workspaces.join(', ')}.`;
const { names: chosen } = ask(usage, { names: true });
const unknown = chosen.filter((folder) => !existsSync(join(root, folder, 'tsconfig.json')));
if (unknown.length > 0) refuse(usage, `There is no tsconfig.json in ${unknown.join(', ')}.`);
const projects = (chosen.length > 0 ? chosen : workspaces)
  .flatMap((folder) => [folder, join(folder, 'test')])
  .filter((folder) => existsSync(join(root, folder, 'tsconfig.json')));
const failed = projects.filter((project) => {
  const { status } = spawnSync(process.execPath, [compiler, '-p', project, '--pretty', 'false'], {
    cwd: root,
    stdio: 'inherit',
  });
  return status !== 0;
});
console.log(failed.length === 0 ? `types: ${projects.length} programs` : `types: errors in ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
