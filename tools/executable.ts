// npm run build:executable: the relay as one file, with the built web client in it and the documentation where that is built:
// relay/dist/pug-relay, for this machine's system and processor. Written for Bun, whose compiler it calls.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { ask } from './usage.mjs';

ask('npm run build:executable\nBuilds the relay, with the web client in it, as one file: relay/dist/pug-relay.');
const root = resolve(import.meta.dir, '..');
const outfile = join(root, 'relay', 'dist', process.platform === 'win32' ? 'pug-relay.exe' : 'pug-relay');

/** The paths in a built folder, sorted, so that the same files make the same executable. */
function built(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort();
}

/** The module that stands in for relay/src/embedded.ts: each file becomes a part of the executable, known by a path. */
function embeddedModule(folders: Readonly<Record<'web' | 'docs', string>>): string {
  const imports: string[] = [];
  const parts = Object.entries(folders).map(([part, folder]) => {
    const entries = built(folder).map((path) => {
      const name = `file${imports.length}`;
      imports.push(`import ${name} from ${JSON.stringify(join(folder, path))} with { type: 'file' };`);
      return `${JSON.stringify(path.split(sep).join('/'))}: ${name}`;
    });
    return `${part}: { ${entries.join(', ')} }`;
  });
  return `${imports.join('\n')}\nexport const embedded = { ${parts.join(', ')} };\n`;
}

const folders = { web: join(root, 'web', 'dist'), docs: join(root, 'site', 'dist') };
if (!existsSync(join(folders.web, 'index.html'))) {
  console.error('The web client is not built: node tools/web.mjs');
  process.exit(1);
}
await Bun.build({
  entrypoints: [join(root, 'relay', 'src', 'main.ts')],
  target: 'bun',
  minify: true,
  // Settings come from where the operator put them, and not from files that happen to lie in the current folder.
  compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
  plugins: [
    {
      name: 'embedded',
      setup: (build) => {
        build.onLoad({ filter: /[\\/]relay[\\/]src[\\/]embedded\.ts$/ }, () => ({
          contents: embeddedModule(folders),
          loader: 'ts',
        }));
      },
    },
  ],
});
const counts = Object.entries(folders).map(([part, folder]) => `${built(folder).length} files of ${part}`);
console.log(`${relative(root, outfile)}: ${Math.round(statSync(outfile).size / 1e6)} MB, ${counts.join(', ')}`);
