/** A page on this machine around one module, built from a source of the tree as the web client is built. */
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const page = `<!doctype html><title>module</title>
<script type="module">import * as built from './module.js'; globalThis.built = built;</script>`;

export interface Site {
  /** The page; what the module exports is its `globalThis.built`, once that is there. */
  readonly address: string;
  readonly stop: () => void;
}

/** Serves the module whose source is at `path`, from the root of the tree. */
export async function serveModule(path: string): Promise<Site> {
  const script = await buildModule(join(root, path));
  const server = createServer(({ url }, response) => {
    const [type, body] = url === '/module.js' ? ['text/javascript', script] : ['text/html', page];
    response.writeHead(200, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { address: `http://localhost:${port}/`, stop: () => void server.close() };
}

async function buildModule(source: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: source, formats: ['es'], fileName: 'module' },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const output = Array.isArray(built) ? built.flatMap((one) => one.output) : 'output' in built ? built.output : [];
  const [chunk] = output;
  if (output.length !== 1 || chunk?.type !== 'chunk') throw new Error(`${source} is not one module`);
  return chunk.code;
}
