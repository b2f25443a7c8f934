/** A page with core's ratchet in it, built from its source as the web client is built, and the measurement next to it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { builtPath, root } from '../lib/machine.ts';

const page = `<!doctype html><title>ratchet</title><script type="module" src="./script.js"></script>`;
// Isolated from other origins, as the web client is: else clocks are coarse.
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** The page at `/` has `globalThis.ours` and `globalThis.Room`. */
export async function serveRatchet(): Promise<Bun.Server<undefined>> {
  const script = await buildScript();
  return Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) =>
      new URL(request.url).pathname === '/script.js'
        ? new Response(script, { headers: { ...headers, 'Content-Type': 'text/javascript' } })
        : new Response(page, { headers: { ...headers, 'Content-Type': 'text/html' } }),
  });
}

async function buildScript(): Promise<string> {
  const source = (...parts: readonly string[]) => JSON.stringify(join(root, ...parts));
  const entry = builtPath('ratchet-page.ts');
  writeFileSync(
    entry,
    `import * as core from ${source('core', 'src', 'index.ts')};
import { makeRatchet } from ${source('core', 'src', 'ratchet', 'ratchet.ts')};
import { makeSuite } from ${source('core', 'src', 'ratchet', 'suite.ts')};
import { hasNativeXWing } from ${source('core', 'src', 'ratchet', 'xwing.ts')};
import { Room } from ${source('bench', 'ratchet', 'page.ts')};
Object.assign(globalThis, { ours: { ...core, makeRatchet, makeSuite, hasNativeXWing }, Room });`,
  );
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: { input: entry, output: { codeSplitting: false } },
    },
  });
  const output = Array.isArray(built) ? built.flatMap((one) => one.output) : 'output' in built ? built.output : [];
  const [chunk] = output;
  if (output.length !== 1 || chunk?.type !== 'chunk') throw new Error('the ratchet is not one file');
  return chunk.code;
}
