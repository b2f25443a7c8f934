/** The HTTP side: which path is answered by what, and the checks that come before (HT-9, HT-13 … HT-15, LK-8, SK-1). */
import {
  type Created,
  decodeCreateRequest,
  encodeChallenge,
  encodeCreated,
  encodePolicy,
  type Policy,
  problems,
  subprotocol,
} from '@pug/wire';
import type { Assets } from './assets.ts';
import { readBody } from './body.ts';
import type { Counts, CreationResult } from './counts.ts';
import type { Creation } from './creation.ts';
import { isOriginAllowed } from './origin.ts';
import { json, keyExposed, methodNotAllowed, plain, problem, served } from './reply.ts';

/** What the HTTP side needs of the rest of the relay. */
export interface Parts {
  readonly policy: Policy;
  readonly allowedOrigins: readonly string[];
  readonly assets: Assets | null;
  readonly creation: Creation;
  readonly counts: Counts;
  readonly isDraining: () => boolean;
  /** Hands the request's connection to the socket side; false when it is not a WebSocket upgrade. */
  readonly upgrade: (request: Request) => boolean;
}

/** Undefined when the connection has become a WebSocket. */
type Answer = Response | undefined;
type Handler = (request: Request) => Answer | Promise<Answer>;
type Methods = { readonly GET: Handler } | { readonly POST: Handler };

/** The function that answers every request. */
export function createHttp(parts: Parts): Handler {
  const routes = routesOf(parts);
  return (request) => {
    if (request.headers.get('service-worker') === 'script') return problem('service_worker_refused');
    const target = targetOf(request.url);
    if (/%23|#/.test(target)) return keyExposed();
    const query = target.indexOf('?');
    const methods = routes.get(query < 0 ? target : target.slice(0, query));
    return methods === undefined ? problem('not_found') : dispatch(methods, request);
  };
}

function routesOf(parts: Parts): ReadonlyMap<string, Methods> {
  const routes = new Map<string, Methods>([
    ['/healthz', { GET: () => plain(200, 'ok') }],
    ['/readyz', { GET: () => (parts.isDraining() ? plain(503, 'draining') : plain(200, 'ready')) }],
    ['/api/v1/policy', { GET: () => json(200, encodePolicy(parts.policy)) }],
    ['/api/v1/challenge', { GET: guarded(parts, () => json(200, encodeChallenge(parts.creation.challenge()))) }],
    ['/api/v1/rooms', { POST: (request) => create(parts, request) }],
    ['/ws', { GET: guarded(parts, (request) => upgrade(parts, request)) }],
  ]);
  for (const [path, asset] of parts.assets ?? []) routes.set(path, { GET: () => served(asset) });
  return routes;
}

function dispatch(methods: Methods, request: Request): Answer | Promise<Answer> {
  if ('POST' in methods) return request.method === 'POST' ? methods.POST(request) : methodNotAllowed('POST');
  // The runtime leaves out the body of an answer to HEAD by itself.
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isRead ? methods.GET(request) : methodNotAllowed('GET, HEAD');
}

/** Path and query as they were requested. The runtime gives an absolute URL, or the bare target where there is no Host. */
function targetOf(url: string): string {
  if (url.startsWith('/')) return url;
  const start = url.indexOf('/', url.indexOf('://') + 3);
  return start < 0 ? '/' : url.slice(start);
}

function guarded(parts: Parts, handler: Handler): Handler {
  return (request) =>
    isOriginAllowed(request.headers, parts.allowedOrigins) ? handler(request) : problem('origin_refused');
}

function upgrade(parts: Parts, request: Request): Answer {
  if (parts.isDraining()) return problem('draining');
  const offered = request.headers.get('sec-websocket-protocol')?.split(',') ?? [];
  const isOffered = offered.some((name) => name.trim() === subprotocol);
  return isOffered && parts.upgrade(request) ? undefined : problem('upgrade_refused');
}

async function create(parts: Parts, request: Request): Promise<Response> {
  const outcome = await outcomeOf(parts, request);
  parts.counts.creations[typeof outcome === 'string' ? outcome : 'created']++;
  return typeof outcome === 'string' ? refused(parts, outcome) : json(201, encodeCreated(outcome));
}

type Refusal = Exclude<CreationResult, 'created'>;

async function outcomeOf(
  { allowedOrigins, isDraining, creation }: Parts,
  request: Request,
): Promise<Created | Refusal> {
  if (!isOriginAllowed(request.headers, allowedOrigins)) return 'origin_refused';
  if (isDraining()) return 'draining';
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') return 'media_type';
  const body = await readBody(request);
  if (body === 'too_large') return body;
  const wanted = body === 'malformed' ? null : decodeCreateRequest(body.text);
  return wanted === null ? 'malformed' : creation.create(wanted);
}

/** PW-14: whatever a client can mend by solving again comes with the puzzle to solve. */
function refused(parts: Parts, code: Refusal): Response {
  const { status } = problems[code];
  return status === 400 || status === 409 ? problem(code, parts.creation.challenge()) : problem(code);
}
