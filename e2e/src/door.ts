/** A network between a browser and the relay: it can be cut, go silent without a word, and move to another address. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export class Door {
  /** Whether a request for the socket has passed. */
  socketsAsked = 0;
  /** What browsers have sent, as far as it is not masked: heads and bodies of requests. */
  sent = '';
  readonly #server: Server;
  readonly #relayPort: number;
  readonly #open = new Set<Socket>();
  #way: 'open' | 'shut' = 'open';
  #silence = 0;
  #localAddress = '127.0.0.1';

  private constructor(relayPort: number) {
    this.#relayPort = relayPort;
    this.#server = createServer((outer) => this.#let(outer));
  }

  static async before(relayPort: number): Promise<Door> {
    const door = new Door(relayPort);
    await new Promise<void>((resolve) => door.#server.listen(0, '127.0.0.1', resolve));
    return door;
  }

  get origin(): string {
    const address = this.#server.address();
    return `http://localhost:${typeof address === 'object' ? address?.port : 0}`;
  }

  /** Cuts every connection and refuses new ones. */
  shut(): void {
    this.#way = 'shut';
    for (const socket of this.#open) socket.destroy();
  }

  /** Nothing passes any more on the connections there are, and neither side is told: to the relay they still count. New ones are refused. */
  freeze(): void {
    this.#way = 'shut';
    this.#silence++;
  }

  /** Lets new connections through, which reach the relay from `localAddress`. */
  reopen(localAddress = '127.0.0.1'): void {
    this.#way = 'open';
    this.#localAddress = localAddress;
  }

  stop(): void {
    this.shut();
    this.#server.close();
  }

  #let(outer: Socket): void {
    if (this.#way === 'shut') {
      outer.destroy();
      return;
    }
    const bornIn = this.#silence;
    const isSilent = () => this.#silence !== bornIn;
    const inner = connect({ port: this.#relayPort, host: '127.0.0.1', localAddress: this.#localAddress });
    this.#pass(outer, inner, isSilent);
    this.#pass(inner, outer, isSilent);
    outer.on('data', (chunk) => this.#note(chunk));
  }

  #pass(from: Socket, to: Socket, isSilent: () => boolean): void {
    this.#open.add(from);
    from.on('data', (chunk) => {
      if (!isSilent()) to.write(chunk);
    });
    from.on('error', () => from.destroy());
    from.on('close', () => {
      this.#open.delete(from);
      // What was passed on before, such as a close code, still arrives.
      if (!isSilent()) to.end();
    });
  }

  #note(chunk: Buffer): void {
    const text = chunk.toString('latin1');
    if (/^GET \/ws /.test(text)) this.socketsAsked++;
    this.sent += text;
  }
}
