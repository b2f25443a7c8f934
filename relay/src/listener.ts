/** The main listener: pages, calls and sockets, in plain or over TLS, where the certificate can be renewed under open sockets (OP-5). */
import type { Server, WebSocketHandler } from 'bun';
import { tolerableBodyBytes } from './body.ts';
import type { Listen } from './config.ts';
import type { Connection } from './connection.ts';
import type { Pausable } from './descriptors.ts';
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
 * The runtime can neither give a server another certificate nor let it pause. So a server that should do either stops to accept, but stays
 * with its sockets until the last has ended, while another takes over the address; what is published goes to all of them.
 */
export class Listener implements Pausable {
  readonly #serving: Serving;
  /** Null on a unix socket. */
  readonly port: number | null;
  #pair: Pair | null;
  #server: Server<Connection>;
  #isPaused = false;
  /** Servers that accept no more and still have sockets: those before `#server`, and it too while paused. */
  readonly #older = new Set<Server<Connection>>();

  /** @throws when the address cannot be listened on */
  constructor(serving: Serving, pair: Pair | null) {
    this.#serving = serving;
    this.#pair = pair;
    // Two relays on one port would share its connections without a word: `reusePort` lets them, this does not.
    if (pair !== null) refuseTaken(serving.listen);
    this.#server = this.#serve(serving.listen, pair);
    this.port = this.#server.port ?? null;
  }

  /** Connections accepted from now on are shown this pair (OP-5). @throws when it cannot be served; all is as before then */
  renew(pair: Pair): void {
    // While paused it cannot be shown to anybody yet, so it is tried out where nobody comes.
    if (this.#isPaused) tryOut(pair);
    else this.#replace(pair);
    this.#pair = pair;
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#retire(this.#server);
  }

  resume(): void {
    if (this.#isPaused) this.#replace(this.#pair);
    this.#isPaused = false;
  }

  publish(topic: string, data: string | Uint8Array): void {
    if (!this.#isPaused) this.#server.publish(topic, data);
    if (this.#older.size > 0) for (const server of this.#older) server.publish(topic, data);
  }

  /** Ends every connection. */
  async stop(): Promise<void> {
    await Promise.all([this.#server, ...this.#older].map((server) => server.stop(true)));
  }

  #replace(pair: Pair | null): void {
    const { listen } = this.#serving;
    const old = this.#server;
    const { port } = this;
    this.#server = this.#serve(listen.on === 'unix' || port === null ? listen : { ...listen, port }, pair);
    if (!this.#isPaused) this.#retire(old);
  }

  /** Lets a server accept no more. It ends with its last socket. */
  #retire(server: Server<Connection>): void {
    this.#older.add(server);
    void server.stop(false).then(() => this.#older.delete(server));
  }

  #serve(listen: Listen, pair: Pair | null): Server<Connection> {
    const { answer, fault, websocket } = this.#serving;
    const secured = <A extends Answer>(response: A): A => {
      if (pair !== null) response?.headers.set('Strict-Transport-Security', strictTransport);
      return response;
    };
    return Bun.serve<Connection>({
      ...addressOf(listen, pair),
      development: false,
      maxRequestBodySize: tolerableBodyBytes,
      fetch: (request, server) => {
        const response = answer(request, server);
        return response instanceof Promise ? response.then(secured) : secured(response);
      },
      error: () => secured(fault()),
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

/** @throws when the runtime would not serve it */
function tryOut(pair: Pair): void {
  void Bun.serve({ hostname: '127.0.0.1', port: 0, tls: pair, fetch: () => new Response() }).stop(true);
}
