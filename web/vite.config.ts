/** Builds the page: a script, a stylesheet and its late parts (the ratchet, other languages), each one file named by its hash and pinned by `integrity`. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { build, defineConfig, type Plugin } from 'vite';
import { source } from './source.ts';

const relayAddress = process.env.PUG_RELAY ?? 'http://127.0.0.1:3000';
const tag = /<(?:script|link)\b[^>]*?\s(?:src|href)="(\/[^"]+)"[^>]*?>/g;
const takesIntegrity = /^<script\b|\brel="stylesheet"/;

function sha384(content: string | Uint8Array): string {
  return `sha384-${createHash('sha384').update(content).digest('base64')}`;
}

/** Writes `integrity` on every script and stylesheet of the page, as Integrity-Policy asks (HT-10). */
function integrity(): Plugin {
  return {
    name: 'integrity',
    enforce: 'post',
    apply: 'build',
    generateBundle(_options, bundle) {
      const page = bundle['index.html'];
      if (page?.type !== 'asset') throw new Error('the build made no index.html');
      const contentOf = (path: string): string | Uint8Array => {
        const built = bundle[path.slice(1)];
        if (built === undefined) return readFileSync(join(import.meta.dirname, 'public', path));
        return built.type === 'chunk' ? built.code : built.source;
      };
      page.source = String(page.source).replace(tag, (whole: string, path: string) =>
        takesIntegrity.test(whole) ? whole.replace('>', ` integrity="${sha384(contentOf(path))}">`) : whole,
      );
    },
  };
}

// Most of what is fetched runs on the way into a room. Chromium then compiles all of it ahead, beside the main thread, which has enough to do.
const compileAll = { postBanner: '//# allFunctionsCalledOnLoad' };

const partPlace = /<template id="(\w+)"><script type="module" src="\/([^"]+)"><\/script><\/template>/g;

/**
 * Builds each late part as a file of its own, sharing no chunk with the page's script: an imported chunk would need an import map with its
 * hash (HT-10). A classic script can be fetched again after a failure; of a module the browser keeps the failure.
 */
function lateParts(): Plugin {
  const sources = new Map<string, string>();
  const mark = (name: string) => `<meta name="part-${name}">`;
  return {
    name: 'late-parts',
    enforce: 'post',
    apply: 'build',
    // Two module scripts of one page would become one file.
    transformIndexHtml: {
      order: 'pre',
      handler: (html) =>
        html.replace(partPlace, (_whole, name: string, source: string) => {
          sources.set(name, source);
          return mark(name);
        }),
    },
    async generateBundle(_options, bundle) {
      const page = bundle['index.html'];
      if (page?.type !== 'asset') throw new Error('the build made no index.html');
      for (const [name, source] of sources) {
        const code = await buildPart(source);
        const hash = createHash('sha256').update(code).digest('base64url').slice(0, 8);
        const path = `assets/${name}-${hash}.js`;
        this.emitFile({ type: 'asset', fileName: path, source: code });
        const place = `<template id="${name}"><script crossorigin src="/${path}"></script></template>`;
        page.source = String(page.source).replace(mark(name), place);
      }
    },
  };
}

async function buildPart(source: string): Promise<string> {
  const input = join(import.meta.dirname, source);
  const rolldownOptions = { input, output: { format: 'iife', codeSplitting: false, ...compileAll } } as const;
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, target: 'es2022', modulePreload: false, rolldownOptions },
  });
  const output = 'output' in built ? built.output : Array.isArray(built) ? built.flatMap((one) => one.output) : [];
  const [chunk] = output;
  if (output.length !== 1 || chunk?.type !== 'chunk') throw new Error(`${source} does not become one file`);
  return chunk.code;
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Writes manifest.txt over all that was built, for people who compare what a server sends with what was built (HT-17). */
function manifest(): Plugin {
  let folder = '';
  return {
    name: 'manifest',
    apply: 'build',
    configResolved: (config) => {
      folder = resolve(config.root, config.build.outDir);
    },
    // After the last file is written: the bundle does not hold what comes from public/.
    closeBundle: () => {
      const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const paths = entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
      const lines = paths
        .filter((path) => path !== 'manifest.txt')
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        .map((path) => `${hashOf(join(folder, path))}  ${path}\n`);
      writeFileSync(join(folder, 'manifest.txt'), lines.join(''));
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [lateParts(), integrity(), source(join(import.meta.dirname, '..')), manifest()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // A preload helper or an inlined asset would be code or data: outside the page's policy.
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // A busy machine is no news.
    rolldownOptions: { output: compileAll, checks: { pluginTimings: false } },
  },
  server: {
    proxy: {
      // With the browser's own Host header: the relay takes requests from its own origin only.
      '/api': { target: relayAddress },
      '/ws': { target: relayAddress, ws: true },
    },
  },
});
