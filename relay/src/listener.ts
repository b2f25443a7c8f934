/** The main listener: pages, calls and sockets, in plain or over TLS, where the certificate can be renewed under open sockets (OP-5). */
import type { Server, WebSocketHandler } from 'bun';
import type { Listen } from './config.ts';
import type { Connection } from './connection.ts';
import { strictTransport } from './headers.ts';
import type { Answer, Handler } from './http.ts';
import type { Pair } from './tls.ts';

export interface Serving {
  readonly listen: Listen;
  readonly answer: Handler;
  /** What is answered when `answer` throws. */
  readonly fault: () => Response;
  readonly websocket: WebSocketHandler<Connection>;
}

/**
 * The runtime cannot give a server another certificate. So a renewed one comes with a server of its own on the same port, and the old server
 * stops to accept, but stays with its sockets until the last has ended; what is published goes to all of them.
 */
export class Listener {
  readonly #serving: Serving;
  #server: Server<Connection>;
  /** Servers that do not accept any more and still have sockets. Empty but after a renewal. */
  readonly #older = new Set<Server<Connection>>();

  /** @throws when the address cannot be listened on */
  constructor(serving: Serving, pair: Pair | null) {
    this.#serving = serving;
    // Two relays on one port would share its connections without a word: `reusePort` lets them, this does not.
    if (pair !== null) refuseTaken(serving.listen);
    this.#server = this.#serve(serving.listen, pair);
  }

  /** Null on a unix socket. */
  get port(): number | null {
    return this.#server.port ?? null;
  }

  /** Connections accepted from now on are shown this pair. @throws when it cannot be served; all is as before then */
  renew(pair: Pair): void {
    const { listen } = this.#serving;
    const port = this.#server.port;
    if (listen.on === 'unix' || port === undefined) throw new Error('TLS is not spoken on a unix socket');
    const old = this.#server;
    this.#server = this.#serve({ ...listen, port }, pair);
    this.#older.add(old);
    void old.stop(false).then(() => this.#older.delete(old));
  }

  publish(topic: string, data: string | Uint8Array): void {
    this.#server.publish(topic, data);
    if (this.#older.size > 0) for (const server of this.#older) server.publish(topic, data);
  }

  /** Ends every connection. */
  async stop(): Promise<void> {
    await Promise.all([this.#server, ...this.#older].map((server) => server.stop(true)));
  }

  #serve(listen: Listen, pair: Pair | null): Server<Connection> {
    const { answer, fault, websocket } = this.#serving;
    const secured = pair === null ? (response: Answer) => response : strict;
    return Bun.serve<Connection>({
      ...addressOf(listen, pair),
      development: false,
      // Bodies are bounded by this relay itself, so that its own answer is given.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      fetch: (request, server) => {
        const response = answer(request, server);
        return response instanceof Promise ? response.then(secured) : secured(response);
      },
      error: () => secured(fault()) ?? fault(),
      websocket,
    });
  }
}

function addressOf(listen: Listen, pair: Pair | null) {
  if (listen.on === 'unix') return { unix: listen.path };
  const address = { hostname: listen.host, port: listen.port };
  return pair === null ? address : { ...address, tls: pair, reusePort: true };
}

/** @throws when somebody listens there */
function refuseTaken(listen: Listen): void {
  void Bun.serve({ ...addressOf(listen, null), fetch: () => new Response() }).stop(true);
}

function strict(response: Answer): Answer {
  response?.headers.set('Strict-Transport-Security', strictTransport);
  return response;
}
