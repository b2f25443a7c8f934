/** Builds the page: one script, one stylesheet, both named by their hash and pinned by `integrity`. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

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

export default defineConfig({
  root: import.meta.dirname,
  plugins: [integrity()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // A preload helper or an inlined asset would be code or data: outside the page's policy.
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      '/api': { target: relayAddress, changeOrigin: true },
      '/ws': { target: relayAddress, ws: true, changeOrigin: true },
    },
  },
});
