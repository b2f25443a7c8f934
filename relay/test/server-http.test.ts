import { afterAll, describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decodeChallenge,
  decodePolicy,
  decodeProblem,
  decodeToken,
  defaultPolicy,
  effortOf,
  floorEffort,
  type ProblemCode,
  problems,
} from '@pug/wire';
import about from '../package.json' with { type: 'json' };
import { readFolder, siteOf } from '../src/assets.ts';
import { isOriginAllowed } from '../src/origin.ts';
import { post } from './peer.ts';
import { rawRequest, startedRelay } from './started.ts';

const folder = mkdtempSync(join(tmpdir(), 'pug-web-'));
afterAll(() => rmSync(folder, { recursive: true }));
const page = '<!doctype html><title>Pug</title>';
mkdirSync(join(folder, 'assets'));
writeFileSync(join(folder, 'index.html'), page);
writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
writeFileSync(join(folder, 'assets', 'app-3f9a.js'), 'export {};');
writeFileSync(join(folder, 'assets', 'notes.unlisted'), 'not for serving');
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

async function expectProblem(response: Response, code: ProblemCode): Promise<void> {
  const text = await response.text();
  expect(decodeProblem(text)?.code, text).toBe(code);
  expect(response.status).toBe(problems[code].status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
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

describe('calls', () => {
  test('HT-3 PW-7 a challenge says what its token says, at the floor', async () => {
    const challenge = decodeChallenge(await (await fetch(`${origin}/api/v1/challenge`)).text());
    const token = challenge && decodeToken(challenge.token);
    expect(challenge).toMatchObject({ algorithm: 'pbkdf2', k: 8, effort: floorEffort, raisedBy: 'none' });
    expect(token?.target).toBe(challenge?.target ?? -1);
    expect(effortOf(8, challenge?.target ?? 0)).toBe(floorEffort);
    expect(challenge?.expiresAt).toBe(1000 * ((token?.issuedAt ?? 0) + 120));
  });

  test('HT-8 LM-1 the policy is published', async () => {
    const response = await fetch(`${origin}/api/v1/policy`);
    expect(decodePolicy(await response.text())).toEqual(defaultPolicy);
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  test('HT-14 healthz and readyz', async () => {
    for (const [path, text] of [
      ['/healthz', 'ok'],
      ['/readyz', 'ready'],
    ] as const) {
      const response = await fetch(origin + path);
      expect([response.status, await response.text()]).toEqual([200, text]);
    }
  });

  test('HT-9 HEAD is answered as GET without a body', async () => {
    for (const path of ['/', '/healthz', '/assets/app-3f9a.js', '/api/v1/policy', '/nothing']) {
      const [head, get] = [await fetch(origin + path, { method: 'HEAD' }), await fetch(origin + path)];
      expect(head.status).toBe(get.status);
      expect(await head.text()).toBe('');
      for (const [name, value] of get.headers)
        if (name !== 'date') expect([name, head.headers.get(name)]).toEqual([name, value]);
    }
  });

  test.each([
    ['POST', '/', 'GET, HEAD'],
    ['DELETE', '/healthz', 'GET, HEAD'],
    ['OPTIONS', '/api/v1/challenge', 'GET, HEAD'],
    ['GET', '/api/v1/rooms', 'POST'],
    ['HEAD', '/api/v1/rooms', 'POST'],
    ['PUT', '/api/v1/rooms', 'POST'],
    ['POST', '/ws', 'GET, HEAD'],
  ])('HT-9 %s %s is not allowed, and Allow says what is', async (method, path, allow) => {
    const response = await fetch(origin + path, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
    if (method !== 'HEAD') await expectProblem(response, 'method_not_allowed');
  });

  test.each(['/', '/sw.js', '/assets/app-3f9a.js', '/api/v1/policy'])('HT-13 no service worker at %s', async (path) => {
    await expectProblem(
      await fetch(origin + path, { headers: { 'Service-Worker': 'script' } }),
      'service_worker_refused',
    );
  });

  test.each(['/r%23AbCd', '/%23', '/assets/%23.js', '/r?x=%23AbCd', '/api/v1/policy%23', '/r#AbCd'])(
    'LK-8 %s is answered by a page that does not repeat the key',
    async (path) => {
      const raw = await rawRequest(origin, `GET ${path} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n`);
      expect(raw).toStartWith('HTTP/1.1 400 ');
      expect(raw).toContain('Content-Type: text/html; charset=utf-8');
      expect(raw).toContain('Open a new room');
      expect(raw).not.toContain('AbCd');
      expect(raw).not.toMatch(/<script|<form|<img|<link|style=/);
    },
  );
});

describe('bodies of POST /api/v1/rooms', () => {
  test.each(['', '{}', '[]', 'null', '{"token":"AA"}', '{"a":1', '\u0000', '{"__proto__":{}}', 'ä'.repeat(500)])(
    'HT-1 HT-2 %j is malformed, and PW-14 comes with a fresh challenge',
    async (body) => {
      const response = await post(origin, body);
      const problem = decodeProblem(await response.text());
      expect([response.status, problem?.code, problem?.challenge?.effort]).toEqual([400, 'malformed', floorEffort]);
    },
  );

  test('HT-1 bytes that are not UTF-8 are malformed', async () => {
    expect((await post(origin, new Uint8Array([0x22, 0xff, 0xfe, 0x22]))).status).toBe(400);
  });

  test('HT-2 1,024 bytes are read, one more is too large', async () => {
    expect((await post(origin, 'x'.repeat(1024))).status).toBe(400);
    await expectProblem(await post(origin, 'x'.repeat(1025)), 'too_large');
  });

  test('HT-2 a body without a length is cut off at the limit, however long it would be', async () => {
    const chunk = `400\r\n${'x'.repeat(1024)}\r\n`;
    const head = 'POST /api/v1/rooms HTTP/1.1\r\nHost: relay\r\nContent-Type: application/json\r\n';
    const raw = await rawRequest(origin, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(200)}`);
    expect(raw).toStartWith('HTTP/1.1 413 ');
    expect(raw).toContain('urn:pug:error:too_large');
    const declared = await rawRequest(origin, `${head}Content-Length: 99999999999\r\n\r\nxx`);
    expect(declared).toContain('urn:pug:error:too_large');
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp', ''])(
    'HT-2 the media type %j is refused',
    async (type) => expectProblem(await post(origin, '{}', { 'Content-Type': type }), 'media_type'),
  );

  test('HT-2 the media type may have a parameter and any case', async () => {
    const response = await post(origin, '{}', { 'Content-Type': 'Application/JSON; charset=utf-8' });
    await expectProblem(response, 'malformed');
  });
});

describe('origins', () => {
  const own = origin.replace('127.0.0.1', 'localhost');

  test.each(['/api/v1/challenge', '/api/v1/rooms', '/ws'])('HT-15 %s refuses pages of other origins', async (path) => {
    const method = path.endsWith('rooms') ? 'POST' : 'GET';
    for (const other of [
      'https://evil.example',
      'null',
      'http://127.0.0.1',
      'http://127.0.0.1:1',
      `${origin}.evil.example`,
      own,
    ]) {
      await expectProblem(await fetch(origin + path, { method, headers: { Origin: other } }), 'origin_refused');
    }
  });

  test('HT-15 its own origin, one on the list, and none at all are allowed', async () => {
    const listed = startedRelay(['--allowed-origins', 'https://pug.example,null']);
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${listed.origin}/api/v1/challenge`, { headers })).status;
    expect(await status({})).toBe(200);
    expect(await status({ Origin: listed.origin })).toBe(200);
    expect(await status({ Origin: 'https://pug.example' })).toBe(200);
    expect(await status({ Origin: 'null' })).toBe(200);
    expect(await status({ Origin: 'https://other.example' })).toBe(403);
  });

  test.each([
    ['https://pug.example', 'pug.example', true],
    ['https://pug.example', 'pug.example:443', true],
    ['https://pug.example:8443', 'pug.example:8443', true],
    ['http://[::1]:3000', '[::1]:3000', true],
    ['https://pug.example', 'pug.example:8443', false],
    ['https://pug.example', 'example', false],
    ['https://pug.example/', 'pug.example', false],
    ['https://a@pug.example', 'pug.example', false],
    ['ftp://pug.example', 'pug.example', false],
    ['https://pug.example', '', false],
    ['https://a, https://a', 'a', false],
    ['', '', false],
  ])('HT-15 origin %j under host %j: %p', (from, host, allowed) => {
    expect(isOriginAllowed(new Headers({ origin: from, host }), { isTls: false, allowedOrigins: [] })).toBe(allowed);
  });

  test('HT-15 the policy and the page are for everybody', async () => {
    const headers = { Origin: 'https://evil.example' };
    expect((await fetch(`${origin}/api/v1/policy`, { headers })).status).toBe(200);
    expect((await fetch(`${origin}/`, { headers })).status).toBe(200);
  });
});
