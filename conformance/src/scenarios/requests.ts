/** What HTTP lets a client say in many ways: methods, paths, hosts, media types (spec/http.md). */
import { randomBytes } from 'node:crypto';
import { type Answer, type Header, headerOf } from '../http.ts';
import { demand } from '../peer.ts';
import { type Scenario, scenario } from '../scenario.ts';
import type { Trial } from '../trial.ts';
import { RawSocket, upgrade } from '../websocket.ts';

/** Everything but what may differ between two answers of one kind. */
function comparable({ status, headers, text }: Answer): string {
  return JSON.stringify([status, headers.filter(([name]) => name !== 'date'), text]);
}

async function unknownByAnyMethod(trial: Trial): Promise<void> {
  const known = comparable(await trial.exchange({ path: '/nothing' }));
  const id = randomBytes(16).toString('base64url');
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    for (const path of [`/api/v1/rooms/${id}`, '/api/v1/rooms/', '/elsewhere']) {
      const answer = await trial.exchange({ method, path });
      demand(comparable(answer) === known, `HT-9: ${method} of an unknown path is answered like GET of another`);
    }
  }
  const room = await trial.room();
  const ids = [room.keys.roomId, id];
  for (const path of ids.flatMap((it) => [`/${it}`, `/r/${it}`, `/ws/${it}`, `/api/v1/rooms/${it}`])) {
    demand(comparable(await trial.exchange({ path })) === known, 'HT-9: a room is at no path, whether it lives or not');
  }
}

async function queries(trial: Trial): Promise<void> {
  for (const [path, text] of [
    ['/healthz?', 'ok'],
    ['/readyz?a=b&c', 'ready'],
  ] as const) {
    const answer = await trial.exchange({ path });
    demand(answer.status === 200 && answer.text === text, `HT-9: what follows the ? is not of the path: ${path}`);
  }
  const [plain, asked] = [
    await trial.exchange({ path: '/nothing' }),
    await trial.exchange({ path: '/nothing?api=/healthz' }),
  ];
  demand(comparable(plain) === comparable(asked), 'HT-9: nor does it tell unknown paths apart');
}

async function socketPath(trial: Trial): Promise<void> {
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const answer = await trial.exchange({ method, path: '/ws' });
    trial.refused(answer, 'method_not_allowed');
    const allowed = (headerOf(answer, 'allow') ?? '').split(/, */).sort().join();
    demand(allowed === 'GET,HEAD', `HT-9: Allow of /ws names GET and HEAD, not ${allowed}`);
  }
  const head = await trial.exchange({ method: 'HEAD', path: '/ws' });
  demand(head.status === 400 && head.text === '', 'HT-9: HEAD of /ws is the refusal without its body');
}

async function preflights(trial: Trial): Promise<void> {
  const asked: readonly Header[] = [
    ['Origin', 'https://other.example'],
    ['Access-Control-Request-Method', 'POST'],
    ['Access-Control-Request-Headers', 'content-type'],
  ];
  for (const path of ['/api/v1/rooms', '/api/v1/challenge', '/api/v1/policy', '/nothing']) {
    const answer = await trial.exchange({ method: 'OPTIONS', path, headers: asked });
    demand(answer.status >= 400, `HT-12: no page of another origin is let in by ${path}: ${answer.status}`);
    const cors = answer.headers.find(([name]) => name.startsWith('access-control-'));
    demand(cors === undefined, `HT-12: ${path} has no header ${cors?.[0]}`);
  }
  // Anybody may know the limits and whether the relay is well: HT-15 names what is guarded.
  for (const path of ['/api/v1/policy', '/healthz', '/readyz']) {
    const answer = await trial.exchange({ path, headers: asked.slice(0, 1) });
    demand(answer.status === 200, `HT-15: ${path} is open to pages of other origins`);
    demand(!answer.headers.some(([name]) => name.startsWith('access-control-')), `HT-12: ${path} has no CORS header`);
  }
}

/** A proxy in front may pass on its own hosts only. */
async function needsAnyHost(trial: Trial): Promise<void> {
  const answer = await trial.exchange({ path: '/api/v1/policy', headers: [['Host', 'relay.example']] });
  trial.needs(answer.status === 200, 'a relay that is reached under any host name');
}

async function ownOrigins(trial: Trial): Promise<void> {
  await needsAnyHost(trial);
  const cases: readonly (readonly [host: string, origin: string, own: boolean])[] = [
    ['relay.example', 'http://relay.example', true],
    ['relay.example', 'https://relay.example', true],
    ['relay.example:8443', 'https://relay.example:8443', true],
    ['relay.example:443', 'https://relay.example', true],
    ['relay.example:80', 'http://relay.example', true],
    ['relay.example:443', 'http://relay.example', false],
    ['relay.example', 'https://relay.example:8443', false],
    ['relay.example:8443', 'https://relay.example', false],
    ['relay.example', 'https://evil-relay.example', false],
    ['relay.example', 'https://relay.example.evil.example', false],
    ['relay.example', 'https://sub.relay.example', false],
    ['relay.example', 'ftp://relay.example', false],
    ['relay.example', 'https://relay.example/', false],
    ['relay.example', 'https://user@relay.example', false],
    ['relay.example', 'relay.example', false],
    ['relay.example', 'null', false],
  ];
  for (const [host, origin, own] of cases) {
    const headers: readonly Header[] = [
      ['Host', host],
      ['Origin', origin],
    ];
    const answer = await trial.exchange({ path: '/api/v1/challenge', headers });
    trial.note(`# ${origin} to ${host}`);
    if (!own) trial.refused(answer, 'origin_refused');
    else demand(answer.status === 200, `HT-15: ${origin} is the origin of a relay at ${host}`);
    const socket = await upgrade(trial.relay.url, { headers });
    demand(socket instanceof RawSocket === own, `HT-15: it is the same for /ws: ${origin} to ${host}`);
    if (socket instanceof RawSocket) socket.cut();
  }
}

async function mediaTypes(trial: Trial): Promise<void> {
  for (const type of [
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;x=y',
  ])
    trial.refused(await trial.post('{}', [['Content-Type', type]]), 'malformed');
  const others = ['application/problem+json', 'application/json-seq', 'application/*', '*/*', 'json', 'text/json'];
  for (const type of [...others, 'application/json, text/plain']) {
    trial.refused(await trial.post('{}', [['Content-Type', type]]), 'media_type');
  }
}

async function overTls(trial: Trial): Promise<void> {
  const secure = trial.relay.url.protocol === 'https:';
  for (const path of ['/', '/nothing', '/api/v1/policy', '/api/v1/challenge', '/healthz', '/ws', '/r%23x']) {
    const answer = await trial.exchange({ path });
    const sent = headerOf(answer, 'strict-transport-security');
    const wanted = secure ? 'max-age=63072000; includeSubDomains' : null;
    demand(sent === wanted, `HT-10, HT-11: ${path} has Strict-Transport-Security exactly over TLS, not ${sent}`);
  }
}

async function exposedByAnyMethod(trial: Trial): Promise<void> {
  const fragment = randomBytes(51).toString('base64url');
  trial.relay.plant(fragment);
  const page = await trial.exchange({ path: '/r%23x' });
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const answer = await trial.exchange({ method, path: `/r%23${fragment}` });
    demand(comparable(answer) === comparable(page), `LK-8: ${method} of such a path gets the same page`);
  }
  const head = await trial.exchange({ method: 'HEAD', path: `/r%23${fragment}` });
  demand(head.status === 400 && head.text === '', 'LK-8, HT-9: HEAD gets its head');
  const paths = [`/api/v1/policy%23${fragment}`, `/healthz%23${fragment}`, `/ws%23${fragment}`, `/%23/${fragment}`];
  for (const path of paths) {
    demand(comparable(await trial.exchange({ path })) === comparable(page), 'LK-8: in any position');
  }
}

export const requestScenarios: readonly Scenario[] = [
  scenario('HT-9 HT-2 an unknown path is unknown by every method, and a room is at none', unknownByAnyMethod),
  scenario('HT-9 HT-14 a query is not of the path', queries),
  scenario('HT-9 HT-2 SK-1 the path of the socket has its methods, too', socketPath),
  scenario('HT-12 HT-15 pages of other origins are told nothing by preflights', preflights),
  scenario('HT-15 SK-1 an origin is the own one when host and port are those of Host', ownOrigins),
  scenario('HT-2 HT-4 application/json is the one media type, however it is spelt', mediaTypes),
  scenario('HT-10 HT-11 Strict-Transport-Security is sent over TLS and only there', overTls),
  scenario('LK-8 HT-9 a path with an escaped fragment is told by every method, in any position', exposedByAnyMethod),
];
