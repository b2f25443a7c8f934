import { afterAll, describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import about from '../package.json' with { type: 'json' };
import { readFolder, siteOf } from '../src/assets.ts';
import { takesGzip } from '../src/reply.ts';
import { expectProblem, rawRequest, startedRelay } from './started.ts';

const folder = mkdtempSync(join(tmpdir(), 'pug-web-'));
afterAll(() => rmSync(folder, { recursive: true }));
const page = '<!doctype html><title>Pug</title>';
mkdirSync(join(folder, 'assets'));
writeFileSync(join(folder, 'index.html'), page);
writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
writeFileSync(join(folder, 'assets', 'app-3f9a.js'), 'export {};');
const long = 'export const pug = "dog";\n'.repeat(100);
writeFileSync(join(folder, 'assets', 'long-7b2d.js'), long);
writeFileSync(join(folder, 'assets', 'notes.unlisted'), 'not for serving');
writeFileSync(join(folder, 'source.tar.gz'), gzipSync(long));
writeFileSync(join(folder, '..', 'pug-outside.txt'), 'outside');
afterAll(() => rmSync(join(folder, '..', 'pug-outside.txt')));
symlinkSync('/etc/passwd', join(folder, 'assets', 'linked.txt'));

const manifest = 'the manifest of the built client\n';
writeFileSync(join(folder, 'manifest.txt'), manifest);

const docs = new Map(
  Object.entries({
    'index.html': '<!doctype html><title>Docs</title>',
    'faq.html': '<!doctype html><title>FAQ</title>',
    'reindex.html': '<!doctype html><title>Reindex</title>',
    'guide/index.html': '<!doctype html><title>Guide</title>',
    'assets/style-9c1e.css': 'body{}',
    'search.json': '[]',
    'notes.unlisted': 'not for serving',
  }).map(([path, text]) => [path, new Uint8Array(Buffer.from(text))]),
);

const { origin } = startedRelay([], siteOf(readFolder(folder), docs));

/** Headers as sent, without those that HTTP itself adds. */
async function headersOf(path: string): Promise<Record<string, string>> {
  const raw = await rawRequest(origin, `GET ${path} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n`);
  const lines = raw.split('\r\n\r\n')[0]?.split('\r\n').slice(1) ?? [];
  const all = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const);
  return Object.fromEntries(
    all.filter(([name]) => !['Date', 'Content-Length', 'Content-Type', 'Connection'].includes(name)),
  );
}

const otherHeaders = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Robots-Tag': 'noindex, nofollow, noarchive, nosnippet, noimageindex',
  'Cache-Control': 'no-store, no-transform',
};

describe('pages and files', () => {
  test.each(['/', '/r', '/r?from=messenger'])('HT-10 %s is the page, with exactly the listed headers', async (path) => {
    expect(await (await fetch(origin + path)).text()).toBe(page);
    const { 'Permissions-Policy': permissions, ...headers } = await headersOf(path);
    expect(headers).toEqual({
      'Content-Security-Policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
      'Integrity-Policy': 'blocked-destinations=(script)',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Origin-Agent-Cluster': '?1',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'X-Robots-Tag': 'noindex, nofollow, noarchive, nosnippet, noimageindex',
      'X-DNS-Prefetch-Control': 'off',
      'Cache-Control': 'no-store, no-transform',
    });
    const features = permissions?.split(', ') ?? [];
    expect(features.filter((feature) => !feature.endsWith('=()'))).toEqual([
      'clipboard-write=(self)',
      'web-share=(self)',
    ]);
    for (const name of ['camera', 'microphone', 'geolocation', 'display-capture', 'clipboard-read', 'local-fonts']) {
      expect(features).toContain(`${name}=()`);
    }
  });

  test('HT-11 a hashed asset is immutable, another file is not stored, both are sandboxed', async () => {
    const immutable = 'public, max-age=31536000, immutable, no-transform';
    expect(await headersOf('/assets/app-3f9a.js')).toEqual({ ...otherHeaders, 'Cache-Control': immutable });
    expect(await headersOf('/icon.svg')).toEqual(otherHeaders);
    expect((await fetch(`${origin}/icon.svg`)).headers.get('content-type')).toBe('image/svg+xml');
  });

  test('OP-14 a file is kept once, however many ask for it and do not read the answer', async () => {
    const fileBytes = 8 * 2 ** 20;
    const large = new Map([['index.html', new Uint8Array(1)]]).set('assets/large-1c4e.js', new Uint8Array(fileBytes));
    const { origin, port } = startedRelay([], siteOf(large, new Map()));
    const target = '/assets/large-1c4e.js';
    // It is compressed when it is first asked for.
    await fetch(origin + target, { method: 'HEAD' });
    const before = process.memoryUsage.rss();
    const deaf = Array.from({ length: 30 }, () => net.connect(port ?? 0, '127.0.0.1').pause());
    for (const socket of deaf) socket.write(`GET ${target} HTTP/1.1\r\nHost: relay\r\n\r\n`);
    // Whoever comes later is answered later.
    for (let time = 0; time < 20; time++) await (await fetch(`${origin}/healthz`, { keepalive: false })).text();
    expect(process.memoryUsage.rss() - before).toBeLessThan(10 * fileBytes);
    for (const socket of deaf) socket.destroy();
  });

  test('HT-19 a file is sent shorter to whoever takes that, and whole to all others', async () => {
    const get = (path: string, accepted: string) =>
      fetch(origin + path, { headers: { 'Accept-Encoding': accepted }, decompress: false });
    const [short, whole] = [await get('/assets/long-7b2d.js', 'gzip'), await get('/assets/long-7b2d.js', 'identity')];
    for (const { headers } of [short, whole]) expect(headers.get('vary')).toBe('Accept-Encoding');
    expect([short, whole].map(({ headers }) => headers.get('content-encoding'))).toEqual(['gzip', null]);
    const bytes = await short.bytes();
    expect(short.headers.get('content-length')).toBe(String(bytes.length));
    expect(bytes.length).toBeLessThan(long.length / 10);
    expect(gunzipSync(bytes).toString()).toBe(long);
    expect(await whole.text()).toBe(long);
    // It would be longer, and it is not the same for everybody.
    for (const path of ['/assets/app-3f9a.js', '/api/v1/challenge', '/nothing']) {
      const { headers } = await get(path, 'gzip');
      expect([headers.get('content-encoding'), headers.get('vary')], path).toEqual([null, null]);
    }
  });

  test('HT-19 HT-11 the archive of the source is sent as it is, to be kept and not to be shown', async () => {
    const answer = await fetch(`${origin}/source.tar.gz`, { headers: { 'Accept-Encoding': 'gzip' } });
    const { headers } = answer;
    expect([headers.get('content-type'), headers.get('content-encoding')]).toEqual(['application/gzip', null]);
    expect(gunzipSync(await answer.bytes()).toString()).toBe(long);
    expect(await headersOf('/source.tar.gz')).toEqual(otherHeaders);
  });

  test.each([
    ['gzip', true],
    ['deflate, GZIP ;q=0.001, br', true],
    ['br;q=1.0,gzip;q=1', true],
    ['gzip;q=0', false],
    ['gzip; q=0.000, br', false],
    ['gzip;q=1.0.0', false],
    ['x-gzip, gzipped', false],
    ['*', false],
    ['', false],
    [null, false],
  ])('HT-19 Accept-Encoding %p takes gzip: %p', (accepted, takes) => expect(takesGzip(accepted)).toBe(takes));

  test.each(['/healthz', '/version', '/api/v1/policy', '/api/v1/challenge', '/nothing', '/ws'])(
    'HT-11 HT-12 %s has exactly the other headers',
    async (path) => expect(await headersOf(path)).toEqual(otherHeaders),
  );

  test('HT-11 LK-8 the page of an exposed key lets its own style through, and nothing else', async () => {
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(await (await fetch(`${origin}/r%23x`)).text()) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(await headersOf('/r%23x')).toEqual({
      ...otherHeaders,
      'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'; sandbox`,
    });
  });

  test.each([
    '/../pug-outside.txt',
    '/..%2fpug-outside.txt',
    '/%2e%2e/pug-outside.txt',
    '/assets/../../pug-outside.txt',
    '/assets/notes.unlisted',
    '/assets/linked.txt',
    '/index.html',
    '/assets/',
    '//etc/passwd',
    '/r/',
  ])('HT-9 %s is not found, with the same bytes whatever the path', async (path) => {
    const get = (target: string) =>
      rawRequest(origin, `GET ${target} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n`);
    const withoutDate = (text: string) => text.replace(/Date: .*\r\n/, '');
    const answer = withoutDate(await get(path));
    expect(answer).toStartWith('HTTP/1.1 404 ');
    expect(answer).toBe(withoutDate(await get('/rooms')));
  });

  test('HT-9 no folder, or one without a page, serves the calls and no page', async () => {
    for (const other of ['assets', 'missing']) {
      expect(siteOf(readFolder(join(folder, other)), new Map())).toMatchObject({ webClient: false, manifest: null });
    }
    const bare = startedRelay();
    await expectProblem(await fetch(`${bare.origin}/`), 'not_found');
    expect((await fetch(`${bare.origin}/healthz`)).status).toBe(200);
  });
});

describe('documentation', () => {
  test.each([
    ['/docs/', 'Docs'],
    ['/docs/faq.html', 'FAQ'],
    ['/docs/guide/', 'Guide'],
  ])('HT-18 %s is a page with the headers of the page, to be asked about each time', async (path, title) => {
    expect(await (await fetch(origin + path)).text()).toContain(`<title>${title}</title>`);
    expect(await headersOf(path)).toEqual({ ...(await headersOf('/')), 'Cache-Control': 'no-cache, no-transform' });
  });

  test.each(['/docs', '/docs/guide'])(
    'HT-18 %s leads to the same with a slash, so that relative links hold',
    async (path) => {
      expect((await fetch(origin + path, { redirect: 'manual' })).status).toBe(308);
      expect(await headersOf(path)).toEqual({ ...otherHeaders, Location: `${path}/` });
    },
  );

  test('HT-18 HT-11 its other files have the other headers, hashed ones are immutable', async () => {
    const immutable = 'public, max-age=31536000, immutable, no-transform';
    expect(await headersOf('/docs/assets/style-9c1e.css')).toEqual({ ...otherHeaders, 'Cache-Control': immutable });
    expect(await headersOf('/docs/search.json')).toEqual(otherHeaders);
  });

  test('HT-18 HT-9 what is not there is not found, and without the documentation nothing is', async () => {
    for (const path of [
      '/docs/index.html',
      '/docs/guide/index.html',
      '/docs/notes.unlisted',
      '/docs/faq',
      '/docs/x',
      '/docs/re',
    ]) {
      await expectProblem(await fetch(origin + path), 'not_found');
    }
    // Its name only ends like that of a folder's page.
    expect((await fetch(`${origin}/docs/reindex.html`)).status).toBe(200);
    const bare = startedRelay([], siteOf(readFolder(folder), new Map()));
    for (const path of ['/docs', '/docs/']) await expectProblem(await fetch(bare.origin + path), 'not_found');
  });
});

describe('what is served', () => {
  test('HT-16 HT-17 /version names the protocol, the version, and the hash of the manifest that is served', async () => {
    const served = await (await fetch(`${origin}/manifest.txt`)).text();
    expect(served).toBe(manifest);
    const hash = createHash('sha256').update(served).digest('hex');
    const response = await fetch(`${origin}/version`);
    expect(await response.text()).toBe(`{"version":"${about.version}","protocol":1,"manifest":"${hash}"}`);
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  test('HT-16 without a client there is no hash', async () => {
    const bare = startedRelay();
    expect(await (await fetch(`${bare.origin}/version`)).text()).toBe(`{"version":"${about.version}","protocol":1}`);
  });
});
