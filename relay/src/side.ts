/** The two listeners beside the main one, both in plain HTTP and off unless asked for: the way to TLS (OP-6), and the metrics (OP-8). */
import { parseAddress } from './addresses.ts';
import type { Pausable } from './descriptors.ts';
import { isKeyExposed } from './exposed.ts';
import { otherHeaders } from './headers.ts';
import { targetOf } from './http.ts';
import { metricsType } from './metrics.ts';
import { paced } from './pace.ts';
import { keyExposed, methodNotAllowed, moved, problem } from './reply.ts';
import type { Address } from './settings.ts';

export interface SideListener extends Pausable {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

const hostHeader = /^((?:[a-z\d-]+\.)*[a-z\d-]+\.?|\[[\da-f.]*:[\da-f:.]*\])(?::\d{1,5})?$/i;

/** The `Host` header's host, or null where it is no name and no address (OP-6). */
function hostOf(request: Request): string | null {
  const host = hostHeader.exec(request.headers.get('host') ?? '')?.[1] ?? null;
  // What ends in a number is an address to a browser, not a name.
  const address = host === null ? null : (/^\[(.*)\]$/.exec(host)?.[1] ?? (/(^|\.)\d+\.?$/.test(host) ? host : null));
  return address === null || parseAddress(address) !== null ? host : null;
}

/** Answers everybody with where the same page is over TLS. @throws when the address cannot be listened on */
export function startRedirect(address: Address, tlsPort: () => number | null): SideListener {
  return start(address, (request) => {
    const target = targetOf(request.url);
    if (isKeyExposed(target)) return keyExposed();
    if (!isRead(request)) return methodNotAllowed('GET, HEAD');
    const host = hostOf(request);
    if (host === null) return problem('malformed');
    const port = tlsPort();
    return moved(`https://${host}${port === 443 ? '' : `:${port}`}${target}`);
  });
}

/** @throws when the address cannot be listened on */
export function startMetrics(address: Address, text: () => string): SideListener {
  return start(address, (request) => {
    if (targetOf(request.url) !== '/metrics') return problem('not_found');
    if (!isRead(request)) return methodNotAllowed('GET, HEAD');
    return new Response(text(), { headers: { ...otherHeaders, 'Content-Type': metricsType } });
  });
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

function start({ host, port }: Address, answer: (request: Request) => Response): SideListener {
  const error = () => problem('internal');
  const fetch = paced(answer);
  const serve = (at: number) =>
    Bun.serve({ hostname: host, port: at, development: false, maxRequestBodySize: 0, fetch, error });
  let server = serve(port);
  let isPaused = false;
  const own = server.port ?? port;
  const pause = () => {
    isPaused = true;
    void server.stop(false);
  };
  const resume = () => {
    if (isPaused) server = serve(own);
    isPaused = false;
  };
  return { port: own, pause, resume, stop: () => server.stop(true) };
}
