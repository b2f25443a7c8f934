// The built site, served as any web server would, under a prefix and under the policy of HT-10 as the specification has it.
import { readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { buildSite } from '../src/build.ts';

const root = resolve(import.meta.dir, '..', '..');
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

/** The headers of HT-10, but for the two that it gives in words. */
function pageHeaders(): Headers {
  const spec = readFileSync(resolve(root, 'spec/http.md'), 'utf8');
  const [, block = ''] = /\*\*HT-10\*\*[\s\S]*?```\n([\s\S]*?)```/.exec(spec) ?? [];
  const headers = new Headers();
  for (const [, name = '', value = ''] of block.matchAll(/^([\w-]+): (.*)$/gm)) {
    if (!['Permissions-Policy', 'Strict-Transport-Security'].includes(name)) headers.set(name, value);
  }
  if (!headers.get('content-security-policy')?.includes("trusted-types 'none'"))
    throw new Error('HT-10 is not where it was');
  return headers;
}

export interface Served {
  /** Where the pages are, with a slash at the end. */
  readonly address: string;
  readonly pages: readonly string[];
  readonly requested: string[];
  stop(): void;
}

export async function serveSite(prefix: string): Promise<Served> {
  const { files } = await buildSite(root, '../');
  const headers = pageHeaders();
  const requested: string[] = [];
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: ({ url }) => {
      const { pathname } = new URL(url);
      requested.push(pathname);
      const path = pathname.slice(prefix.length) || 'index.html';
      const bytes = pathname.startsWith(prefix) ? files.get(path) : undefined;
      if (bytes === undefined) return new Response('nothing here', { status: 404 });
      const type = types[extname(path)] ?? 'application/octet-stream';
      const own = path.endsWith('.html')
        ? new Headers(headers)
        : new Headers({ 'Cross-Origin-Resource-Policy': 'same-origin' });
      own.set('Content-Type', type);
      return new Response(new Uint8Array(bytes), { headers: own });
    },
  });
  return {
    address: `http://127.0.0.1:${server.port}${prefix}`,
    pages: [...files.keys()].filter((path) => path.endsWith('.html')),
    requested,
    stop: () => void server.stop(true),
  };
}
