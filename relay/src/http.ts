/** The HTTP side: which path is answered by what, and the checks that come before (HT-9, HT-13 … HT-15, LK-8, SK-1). */
import {
  type Created,
  decodeCreateRequest,
  encodeChallenge,
  encodeCreated,
  encodePolicy,
  type Policy,
  problems,
  protocolVersion,
  subprotocol,
} from '@pug/wire';
import type { Server } from 'bun';
import about from '../package.json' with { type: 'json' };
import type { Address } from './addresses.ts';
import type { Site } from './assets.ts';
import { readBody } from './body.ts';
import type { Connection } from './connection.ts';
import type { Counts, CreationResult } from './counts.ts';
import type { Creation } from './creation.ts';
import { isKeyExposed } from './exposed.ts';
import { isOriginAllowed } from './origin.ts';
import { paced } from './pace.ts';
import { json, keyExposed, methodNotAllowed, plain, problem, served } from './reply.ts';
import type { Turns } from './turns.ts';

/** What the HTTP side needs of the rest of the relay. */
export interface Parts {
  readonly policy: Policy;
  readonly allowedOrigins: readonly string[];
  /** Whether the origin's scheme is known to be https (HT-15). */
  readonly isTls: boolean;
  readonly site: Site;
  readonly creation: Creation;
  readonly counts: Counts;
  readonly turns: Turns;
  readonly isDraining: () => boolean;
  /** Where the request comes from, as far as it is known (LM-5). */
  readonly addressOf: (request: Request, server: Server<Connection>) => Address | null;
  /** Hands the request's connection to the socket side; false when it is not a WebSocket upgrade. */
  readonly upgrade: (request: Request, server: Server<Connection>) => boolean;
}

/** RFC 6455 section 4.1. */
const webSocketVersion = '13';

/** Undefined when the connection has become a WebSocket. */
export type Answer = Response | undefined;
export type Handler = (request: Request, server: Server<Connection>) => Answer | Promise<Answer>;
type Methods = { readonly GET: Handler } | { readonly POST: Handler };

/** The function that answers every request. */
export function createHttp(parts: Parts): Handler {
  const routes = routesOf(parts);
  return paced((request, server) => {
    if (request.headers.get('service-worker') === 'script') return problem('service_worker_refused');
    const target = targetOf(request.url);
    if (isKeyExposed(target)) return keyExposed();
    const query = target.indexOf('?');
    const methods = routes.get(query < 0 ? target : target.slice(0, query));
    return methods === undefined ? problem('not_found') : dispatch(methods, request, server);
  });
}

function routesOf(parts: Parts): ReadonlyMap<string, Methods> {
  const routes = new Map<string, Methods>([
    ['/healthz', { GET: () => plain(200, 'ok') }],
    ['/readyz', { GET: () => (parts.isDraining() ? plain(503, 'draining') : plain(200, 'ready')) }],
    ['/api/v1/policy', { GET: () => json(200, encodePolicy(parts.policy)) }],
    ['/api/v1/challenge', { GET: guarded(parts, (request, server) => challenge(parts, request, server)) }],
    ['/api/v1/rooms', { POST: (request, server) => create(parts, request, server) }],
    ['/ws', { GET: guarded(parts, (request, server) => upgrade(parts, request, server)) }],
    ['/version', { GET: () => json(200, versionText(parts.site)) }],
  ]);
  for (const [path, asset] of parts.site.assets) {
    routes.set(path, { GET: ({ headers }) => served(asset, headers.get('accept-encoding')) });
  }
  return routes;
}

function dispatch(methods: Methods, request: Request, server: Server<Connection>): Answer | Promise<Answer> {
  if ('POST' in methods) return request.method === 'POST' ? methods.POST(request, server) : methodNotAllowed('POST');
  // The runtime leaves out the body of an answer to HEAD by itself.
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isRead ? methods.GET(request, server) : methodNotAllowed('GET, HEAD');
}

/** Path and query as they were requested. The runtime gives an absolute URL, or the bare target where there is no Host. */
export function targetOf(url: string): string {
  if (url.startsWith('/')) return url;
  const start = url.indexOf('/', url.indexOf('://') + 3);
  return start < 0 ? '/' : url.slice(start);
}

/** HT-16, in the one form of HT-1. */
function versionText({ manifest }: Site): string {
  return JSON.stringify({ version: about.version, protocol: protocolVersion, ...(manifest !== null && { manifest }) });
}

function guarded(parts: Parts, handler: Handler): Handler {
  return (request, server) =>
    isOriginAllowed(request.headers, parts) ? handler(request, server) : problem('origin_refused');
}

function upgrade(parts: Parts, request: Request, server: Server<Connection>): Answer {
  if (parts.isDraining()) return problem('draining');
  const { headers } = request;
  const isOffered = namesOf(headers.get('sec-websocket-protocol')).includes(subprotocol);
  // The runtime does not look at this one: without it a proxy in between may not know that the connection is none of HTTP any more.
  const isMeant = namesOf(headers.get('connection')?.toLowerCase()).includes('upgrade');
  // The runtime answers any other version by itself, and not as HT-11 asks.
  const isOurVersion = headers.get('sec-websocket-version') === webSocketVersion;
  return isOffered && isMeant && isOurVersion && parts.upgrade(request, server)
    ? undefined
    : problem('upgrade_refused');
}

function namesOf(list: string | null | undefined): readonly string[] {
  return list?.split(',').map((name) => name.trim()) ?? [];
}

function challenge({ creation, addressOf }: Parts, request: Request, server: Server<Connection>): Response {
  return json(200, encodeChallenge(creation.challenge(addressOf(request, server))));
}

async function create(parts: Parts, request: Request, server: Server<Connection>): Promise<Response> {
  // Asked before the body is read: afterwards the connection may be gone, and its address with it.
  const from = parts.addressOf(request, server);
  const outcome = await outcomeOf(parts, request, from);
  parts.counts.creations[typeof outcome === 'string' ? outcome : 'created']++;
  return typeof outcome === 'string' ? refused(parts, outcome, from) : json(201, encodeCreated(outcome));
}

type Refusal = Exclude<CreationResult, 'created'>;

async function outcomeOf(parts: Parts, request: Request, from: Address | null): Promise<Created | Refusal> {
  if (!isOriginAllowed(request.headers, parts)) return 'origin_refused';
  if (parts.isDraining()) return 'draining';
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') return 'media_type';
  const body = await readBody(request);
  if (body === 'too_large') return body;
  await new Promise<void>((resolve) => parts.turns.take(resolve));
  const wanted = body === 'malformed' ? null : decodeCreateRequest(body.text);
  return wanted === null ? 'malformed' : parts.creation.create(wanted, from);
}

/** PW-14: whatever a client can mend by solving again comes with the puzzle to solve. */
function refused(parts: Parts, code: Refusal, from: Address | null): Response {
  const { status } = problems[code];
  return status === 400 || status === 409 ? problem(code, parts.creation.challenge(from)) : problem(code);
}
