import { describe, expect, test } from 'bun:test';
import {
  decodeChallenge,
  decodePolicy,
  decodeProblem,
  decodeToken,
  defaultPolicy,
  effortOf,
  floorEffort,
} from '@pug/wire';
import { siteOf } from '../src/assets.ts';
import { isOriginAllowed } from '../src/origin.ts';
import { post } from './peer.ts';
import { expectProblem, rawRequest, startedRelay } from './started.ts';

const { origin } = startedRelay(
  [],
  siteOf(new Map([['index.html', new Uint8Array(Buffer.from('<!doctype html>'))]]), new Map()),
);

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

  const head = 'POST /api/v1/rooms HTTP/1.1\r\nHost: relay\r\nContent-Type: application/json\r\n';
  const chunk = `400\r\n${'x'.repeat(1024)}\r\n`;

  test('HT-2 HT-4 a body in chunks has the same limit', async () => {
    const inChunks = (...chunks: string[]) =>
      rawRequest(origin, `${head}Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`);
    expect(await inChunks(chunk)).toContain('urn:pug:error:malformed');
    expect(await inChunks(chunk, '1\r\nx\r\n')).toContain('urn:pug:error:too_large');
  });

  test('HT-2 a body far over the limit is cut off, however long it would be', async () => {
    for (const rest of [
      `Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(200)}`,
      'Content-Length: 99999999999\r\n\r\nxx',
    ]) {
      expect(await rawRequest(origin, head + rest)).toStartWith('HTTP/1.1 413 ');
    }
    expect(await rawRequest(origin, `${head}Content-Length: 5000\r\n\r\nxx`)).toContain('urn:pug:error:too_large');
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

describe('requests in one piece', () => {
  test.each(['/api/v1/challenge', '/healthz', '/nothing'])(
    'LM-9 of thousands at once for %s a few are answered, and who is beside them too',
    async (path) => {
      const asked = `GET ${path} HTTP/1.1\r\nHost: relay\r\n\r\n`.repeat(5000);
      // The connection may end with a reset.
      const few = rawRequest(origin, asked, 2000).catch(() => '');
      const beside = await Promise.all(Array.from({ length: 40 }, () => fetch(origin + path)));
      expect(new Set(beside.map(({ status }) => status)).size).toBe(1);
      expect((await few).split('HTTP/1.1 ').length - 1).toBeWithin(0, 10);
    },
  );
});
