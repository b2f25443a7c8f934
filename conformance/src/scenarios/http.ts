/** Calls, errors and headers of spec/http.md that need no room. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  ceilingEffort,
  decodePolicy,
  decodeToken,
  defaultPolicy,
  effortOf,
  floorEffort,
  hitsPerSolution,
  tokenLifeSeconds,
} from '@pug/wire';
import { type Answer, headerOf } from '../http.ts';
import { demand } from '../peer.ts';
import { type Scenario, scenario, withPage } from '../scenario.ts';
import { Skipped, type Trial } from '../trial.ts';

const calls = [
  { path: '/api/v1/challenge', allow: ['GET', 'HEAD'] },
  { path: '/api/v1/policy', allow: ['GET', 'HEAD'] },
  { path: '/api/v1/rooms', allow: ['POST'] },
  { path: '/healthz', allow: ['GET', 'HEAD'] },
  { path: '/readyz', allow: ['GET', 'HEAD'] },
] as const;

const otherHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow, noarchive, nosnippet, noimageindex',
  'cache-control': 'no-store, no-transform',
};

const neverSent =
  /^(set-cookie|server|x-powered-by|via|report-to|reporting-endpoints|nel|access-control-.*|timing-allow-origin)$/;

/** Everything but what may differ between two answers of one kind. */
function comparable(answer: Answer): string {
  const headers = answer.headers.filter(([name]) => name !== 'date');
  return JSON.stringify([answer.status, headers, answer.text]);
}

/** Demands the headers of HT-11, and none of HT-12's. */
export function hasOtherHeaders(answer: Answer, path: string): void {
  for (const [name, value] of Object.entries(otherHeaders)) {
    const values = answer.headers.filter(([key]) => key === name).map(([, text]) => text);
    demand(
      values.length === 1 && values[0] === value,
      `HT-11: ${path} has ${name}: ${value}, not ${values.join(' and ')}`,
    );
  }
  const leaking = answer.headers.find(([name]) => neverSent.test(name));
  demand(leaking === undefined, `HT-12: ${path} has no header ${leaking?.[0]}`);
}

async function challengeScenario(trial: Trial): Promise<void> {
  const [challenge, another] = [await trial.challenge(), await trial.challenge()];
  const token = decodeToken(challenge.token);
  demand(token !== null && token.version === 1 && token.algorithm === 1, 'PW-1: a token of version 1, algorithm 1');
  demand(token.k === challenge.k && challenge.k === hitsPerSolution, 'PW-7: k is 8, in the token as beside it');
  demand(token.target === challenge.target, 'HT-3: the target is that of the token');
  demand(challenge.effort === effortOf(challenge.k, challenge.target), 'PW-7: effort follows from k and target');
  const { effort } = challenge;
  demand(effort >= floorEffort && effort <= ceilingEffort, 'PW-7: effort lies between the floor and the ceiling');
  demand(token.ttl === tokenLifeSeconds, 'PW-12: a token lives 120 s');
  demand(challenge.expiresAt === (token.issuedAt + token.ttl) * 1000, 'HT-3: expiresAt is the end of the token');
  demand(Math.abs(token.issuedAt * 1000 - Date.now()) < 30_000, 'PW-1: issuedAt is now');
  demand(!Buffer.from(challenge.token).equals(another.token), 'PW-1: two tokens differ');
}

async function policyScenario(trial: Trial): Promise<void> {
  const answer = await trial.exchange({ path: '/api/v1/policy' });
  const policy = decodePolicy(answer.text);
  demand(answer.status === 200 && policy !== null, 'HT-8: the policy is of its form');
  demand(headerOf(answer, 'content-type') === 'application/json', 'HT-8: the policy is application/json');
  const { ttlSeconds, capacity, maxPayloadBytes, byteBurst, queueBytes } = policy;
  for (const { min, max, default: usual } of [ttlSeconds, capacity])
    demand(min >= 1 && min <= usual && usual <= max, 'LM-1: a default lies within its range');
  demand(maxPayloadBytes >= 4096 * capacity.max, 'LM-1: maxPayloadBytes is at least 4,096 for each seat');
  demand(byteBurst >= maxPayloadBytes + 4, 'LM-1: a member may send the longest frame');
  demand(queueBytes >= maxPayloadBytes + 8, 'LM-1: a member may be sent the longest frame');
  const events = policy.ttlSeconds.max * policy.capacity.max * policy.messagesPerSecond;
  demand(events < 2 ** 31, 'RM-11: seq cannot wrap');
  if (trial.relay.process === null) return;
  demand(JSON.stringify(policy) === JSON.stringify(defaultPolicy), 'LM-1: without flags the defaults are published');
}

async function unknownPaths(trial: Trial): Promise<void> {
  const known = await trial.exchange({ path: '/nothing' });
  trial.refused(known, 'not_found');
  const id = randomBytes(16).toString('base64url');
  const paths = [
    '/api',
    '/api/v1',
    '/api/v1/',
    '/api/v1/policy/',
    '/API/v1/policy',
    `/api/v1/rooms/${id}`,
    '/.git/config',
  ];
  const odd = [
    '//',
    '/r/',
    `/r/${id}`,
    '/assets/none.js',
    '/../etc/passwd',
    '/%2e%2e/etc/passwd',
    '/a?b=c',
    '/%ff',
    '/%00',
  ];
  for (const path of [...paths, ...odd]) {
    const answer = await trial.exchange({ path });
    demand(comparable(answer) === comparable(known), `HT-9: ${path} is answered like any other unknown path`);
  }
}

async function methods(trial: Trial): Promise<void> {
  for (const { path, allow } of calls) {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      if ((allow as readonly string[]).includes(method)) continue;
      const answer = await trial.exchange({ method, path });
      trial.refused(answer, 'method_not_allowed');
      const allowed = (headerOf(answer, 'allow') ?? '').split(', ').sort().join();
      demand(allowed === [...allow].sort().join(), `HT-9: Allow of ${path} names ${allow.join(', ')}, not ${allowed}`);
    }
  }
}

async function headAsGet(trial: Trial): Promise<void> {
  for (const path of ['/api/v1/policy', '/healthz', '/readyz', '/nothing']) {
    const [get, head] = [await trial.exchange({ path }), await trial.exchange({ method: 'HEAD', path })];
    demand(head.text === '' && head.status === get.status, `HT-9: HEAD ${path} is GET without a body`);
    const names = (answer: Answer) => JSON.stringify(answer.headers.filter(([name]) => name !== 'date').sort());
    demand(names(head) === names(get), `HT-9: HEAD ${path} has the headers of GET: ${names(head)} ${names(get)}`);
  }
}

async function everyHeader(trial: Trial): Promise<void> {
  const foreign = [['Origin', 'https://other.example']] as const;
  for (const { path } of calls) hasOtherHeaders(await trial.exchange({ path }), path);
  hasOtherHeaders(await trial.exchange({ path: '/api/v1/challenge', headers: foreign }), 'a refused origin');
  for (const path of ['/nothing', '/ws']) hasOtherHeaders(await trial.exchange({ path }), path);
  hasOtherHeaders(await trial.post('{}'), 'a malformed body');
  hasOtherHeaders(await trial.exchange({ path: '/', headers: [['Service-Worker', 'script']] }), 'a service worker');
}

const pageHeaders: readonly (readonly [string, string])[] = [
  [
    'content-security-policy',
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  ],
  ['integrity-policy', 'blocked-destinations=(script)'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-embedder-policy', 'require-corp'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['origin-agent-cluster', '?1'],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['x-robots-tag', 'noindex, nofollow, noarchive, nosnippet, noimageindex'],
  ['x-dns-prefetch-control', 'off'],
  ['cache-control', 'no-store, no-transform'],
];
/** Only over TLS. */
const transport = ['strict-transport-security', 'max-age=63072000; includeSubDomains'] as const;
/** Told by the kind of answer or of this connection alone, or looked at by itself. */
const framing =
  'content-type content-length date vary permissions-policy connection keep-alive transfer-encoding'.split(' ');

/** A relay of this tree serves a page only after the web client was built. */
async function needsPage(trial: Trial): Promise<void> {
  const { status } = await trial.exchange({ path: '/' });
  if (status === 404 && trial.relay.process !== null) throw new Skipped('needs the web client: npm run build -w web');
}

async function page(trial: Trial): Promise<void> {
  await needsPage(trial);
  for (const path of ['/', '/r']) {
    const answer = await trial.exchange({ path });
    demand(
      answer.status === 200 && /^text\/html/.test(headerOf(answer, 'content-type') ?? ''),
      `HT-10: ${path} is a page`,
    );
    const rest = answer.headers.filter(([name]) => !framing.includes(name)).sort();
    const wanted = trial.relay.url.protocol === 'https:' ? [...pageHeaders, transport] : pageHeaders;
    demand(
      JSON.stringify(rest) === JSON.stringify([...wanted].sort()),
      `HT-10: ${path} has exactly its headers: ${rest}`,
    );
    const features = (headerOf(answer, 'permissions-policy') ?? '').split(', ').sort();
    const allowed = ['clipboard-write=(self)', 'web-share=(self)'];
    const wantedFeatures = [...refusedFeatures().map((name) => `${name}=()`), ...allowed].sort();
    demand(features.join() === wantedFeatures.join(), `HT-10: the features are those of the rule: ${features}`);
  }
}

/** The features that HT-10 lists, from the rule itself. */
function refusedFeatures(): readonly string[] {
  const spec = readFileSync(new URL('../../../spec/http.md', import.meta.url), 'utf8');
  const [, list = ''] = /^The features: ([^.]*)\.$/m.exec(spec) ?? [];
  return [...list.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name);
}

async function assets(trial: Trial): Promise<void> {
  await needsPage(trial);
  const { text } = await trial.exchange({ path: '/' });
  const paths = [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path);
  demand(paths.length > 0, 'the page names its scripts and styles');
  for (const path of paths) {
    const answer = await trial.exchange({ path });
    demand(answer.status === 200, `HT-11: ${path} is served`);
    const hashed = /-[\w-]{8,}\.\w+$/.test(path);
    const caching = headerOf(answer, 'cache-control');
    const lasting = 'public, max-age=31536000, immutable, no-transform';
    demand(
      caching === (hashed ? lasting : 'no-store, no-transform'),
      `HT-11: ${path} is not to be cached as ${caching}`,
    );
    hasOtherHeaders(
      {
        ...answer,
        headers: [
          ...answer.headers.filter(([name]) => name !== 'cache-control'),
          ['cache-control', 'no-store, no-transform'],
        ],
      },
      path,
    );
  }
}

async function serviceWorkers(trial: Trial): Promise<void> {
  for (const path of ['/', '/r', '/sw.js', '/nothing', '/api/v1/policy', '/healthz', '/ws']) {
    trial.refused(await trial.exchange({ path, headers: [['Service-Worker', 'script']] }), 'service_worker_refused');
  }
}

async function health(trial: Trial): Promise<void> {
  for (const [path, text] of [
    ['/healthz', 'ok'],
    ['/readyz', 'ready'],
  ] as const) {
    const answer = await trial.exchange({ path });
    demand(answer.status === 200 && answer.text === text, `HT-14: ${path} says ${text}`);
  }
}

async function exposedKey(trial: Trial): Promise<void> {
  const fragment = randomBytes(51).toString('base64url');
  trial.relay.plant(fragment);
  const pages: string[] = [];
  for (const path of [`/r%23${fragment}`, `/%23${fragment}`, `/r/%23${fragment}`, `/x/y%23${fragment}?z`, '/r%23']) {
    const answer = await trial.exchange({ path });
    demand(answer.status === 400, `LK-8: ${path.slice(0, 8)}… is answered with status 400, not ${answer.status}`);
    demand(/^text\/html/.test(headerOf(answer, 'content-type') ?? ''), 'LK-8: the answer is a page');
    demand(!answer.text.includes(fragment), 'LK-8: the page does not repeat the key');
    const style = /<style>(.*?)<\/style>/s.exec(answer.text)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'; sandbox`;
    demand(
      headerOf(answer, 'content-security-policy') === policy,
      'HT-11: its own style, and nothing else, is let through',
    );
    pages.push(answer.text);
  }
  demand(new Set(pages).size === 1, 'LK-8: the path is not used: every such page is the same');
}

const origins = ['https://other.example', 'null', 'http://127.0.0.1:1', 'http://localhost', 'file://', '', 'nonsense'];

async function foreignOrigins(trial: Trial): Promise<void> {
  const { url } = trial.relay;
  for (const origin of origins.filter((origin) => origin !== url.origin)) {
    const headers = [['Origin', origin]] as const;
    trial.refused(await trial.exchange({ path: '/api/v1/challenge', headers }), 'origin_refused');
    trial.refused(await trial.post('{}', [...headers, ['Content-Type', 'application/json']]), 'origin_refused');
  }
  const own = await trial.exchange({ path: '/api/v1/challenge', headers: [['Origin', url.origin]] });
  demand(own.status === 200, 'HT-15: the own origin is allowed');
}

async function bodies(trial: Trial): Promise<void> {
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonp',
    '',
  ]) {
    trial.refused(await trial.post('{}', type === '' ? [] : [['Content-Type', type]]), 'media_type');
  }
  for (const size of [1025, 5000]) trial.refused(await trial.post('x'.repeat(size)), 'too_large');
  trial.refused(await trial.post('x'.repeat(1024)), 'malformed');
}

export const httpScenarios: readonly Scenario[] = [
  scenario('HT-3 PW-1 PW-7 PW-12 a challenge says what its token says', challengeScenario),
  scenario('HT-8 LM-1 RM-11 the policy is published and holds together', policyScenario),
  scenario('HT-9 HT-2 unknown paths are answered with the same bytes', unknownPaths),
  scenario('HT-9 HT-2 another method of a known path is refused with Allow', methods),
  scenario('HT-9 HEAD is GET without a body', headAsGet),
  scenario('HT-11 HT-12 every answer that is not the page carries the headers, and none that tell', everyHeader),
  scenario('HT-10 HT-12 the page is sent with exactly its headers', page, withPage),
  scenario('HT-11 what the page loads is served, and cached only where the name holds the hash', assets, withPage),
  scenario('HT-13 no service worker is served from any path', serviceWorkers),
  scenario('HT-14 health and readiness are told', health),
  scenario('LK-8 a path with an escaped fragment gets a page and is not repeated', exposedKey),
  scenario('HT-15 pages of other origins cannot spend this relay', foreignOrigins),
  scenario('HT-2 bodies of other types or over 1,024 bytes are refused', bodies),
];
