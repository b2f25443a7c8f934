/** One socket from opening to its end: who may say what when, time-outs, and strict decoding. What the messages mean is decided elsewhere. */
import {
  type ClientMessage,
  decodeServerFrame,
  decodeServerMessage,
  encodeClientMessage,
  type ServerFrame,
  type ServerMessage,
  serverHeaderBytes,
  subprotocol,
} from '@pug/wire';
import type { Platform, Socket } from './api.ts';
import type { Journal } from './journal.ts';

/** How long opening, greeting and joining may each take: a socket that opens and never answers is as dead as one that does not. */
export const stageMs = 10_000;
/** Longer control messages are not read: `joined` with 65,535 members, the most a room can have, all of them owners, is shorter. */
const maxMessageCharacters = 2_097_152;
/** Not 1000, so that the others see `lost` and not `left` (RM-4). */
const droppedCode = 4900;

/** Something that arrived while joined, and `joined` itself. */
export type Arrival = { readonly atMs: number } & (
  | { readonly kind: 'message'; readonly message: Exclude<ServerMessage, { type: 'hello' }> }
  | { readonly kind: 'frame'; readonly frame: ServerFrame }
);

/** What a relay must not do at this border; what it must not do in the room is a `Violation`. */
export type Breach = 'malformed' | 'out_of_turn';

/**
 * How a connection ended: closed by the other side or the network, silent for too long, broken by the relay, given up because the join could
 * not be made, or too new for this client.
 */
export type Down =
  | { readonly kind: 'closed'; readonly code: number }
  | { readonly kind: 'silent' }
  | { readonly kind: 'broken'; readonly why: Breach }
  | { readonly kind: 'fault' }
  | { readonly kind: 'outdated' };

export interface ConnectionOptions {
  readonly platform: Platform;
  readonly journal: Journal;
  /** What to answer a greeting with this nonce (32 bytes). Until it is known nothing is sent. */
  readonly join: (nonce: Uint8Array) => Promise<Asking>;
  readonly onArrival: (arrival: Arrival) => void;
  /** Once, with how far it had come, and nothing after it; not after `drop` or `leave`. */
  readonly onDown: (down: Down, stage: Stage) => void;
}

/** A join, and how long payloads may be once it is answered. */
export interface Asking {
  readonly message: ClientMessage;
  readonly maxPayloadBytes: number;
}

/** How far a connection is: before the greeting, making the join, waiting for its answer, in the room. */
export type Stage = 'opening' | 'joining' | 'asked' | 'joined';

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  #stage: Stage | 'down' = 'opening';
  #maxPayloadBytes = 0;
  #cancelDeadline = (): void => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
    options.journal.note('opening');
    this.#socket = options.platform.openSocket(subprotocol);
    this.#socket.onopen = () => {
      options.journal.note('opened');
      this.#deadline();
    };
    this.#socket.onmessage = (data) => this.#receive(data);
    this.#socket.onclose = (code) => this.#fail({ kind: 'closed', code });
    this.#deadline();
  }

  /** Sends a control message or a frame; after the end nothing happens. */
  send(data: string | Uint8Array): void {
    if (this.#stage !== 'down') this.#socket.send(data);
  }

  /** Ends it as lost. Nothing is heard of it any more. */
  drop(): void {
    this.#finish(droppedCode);
  }

  /** Ends it as left (RM-4). */
  leave(): void {
    this.#finish(1000);
  }

  #receive(data: string | Uint8Array): void {
    if (typeof data === 'string') this.#readMessage(data);
    else this.#readFrame(data);
  }

  #readMessage(text: string): void {
    const message = text.length > maxMessageCharacters ? null : decodeServerMessage(text);
    if (message === null) this.#fail(isNewerHello(text) ? { kind: 'outdated' } : { kind: 'broken', why: 'malformed' });
    else if (!this.#mayCome(message.type)) this.#fail({ kind: 'broken', why: 'out_of_turn' });
    else if (message.type === 'hello') this.#greet(message.nonce);
    else {
      if (message.type === 'joined') this.#joined();
      this.#options.onArrival({ kind: 'message', message, atMs: this.#options.platform.now() });
    }
  }

  /** `closing` goes to every socket (SK-14), all else only to members, and `joined` only to who has asked. */
  #mayCome(type: ServerMessage['type']): boolean {
    if (type === 'hello') return this.#stage === 'opening';
    if (type === 'joined') return this.#stage === 'asked';
    return this.#stage === 'joined' || (type === 'closing' && this.#stage !== 'opening');
  }

  #readFrame(bytes: Uint8Array): void {
    const whole = bytes.length <= serverHeaderBytes + this.#maxPayloadBytes ? decodeServerFrame(bytes) : null;
    if (this.#stage !== 'joined') this.#fail({ kind: 'broken', why: 'out_of_turn' });
    else if (whole === null) this.#fail({ kind: 'broken', why: 'malformed' });
    else this.#options.onArrival({ kind: 'frame', frame: whole, atMs: this.#options.platform.now() });
  }

  #greet(nonce: Uint8Array): void {
    this.#stage = 'joining';
    this.#deadline();
    void this.#ask(nonce);
  }

  #joined(): void {
    this.#stage = 'joined';
    this.#cancelDeadline();
  }

  async #ask(nonce: Uint8Array): Promise<void> {
    const asking = await this.#options.join(nonce).catch(() => null);
    if (this.#stage !== 'joining') return;
    if (asking === null) return this.#fail({ kind: 'fault' });
    this.#stage = 'asked';
    this.#maxPayloadBytes = asking.maxPayloadBytes;
    this.send(encodeClientMessage(asking.message));
  }

  #deadline(): void {
    this.#cancelDeadline();
    this.#cancelDeadline = this.#options.platform.after(stageMs, () => this.#fail({ kind: 'silent' }));
  }

  #fail(down: Down): void {
    if (this.#stage === 'down') return;
    const stage = this.#stage;
    this.#options.journal.note(down.kind === 'closed' ? 'closed' : 'dropped', detailOf(down));
    this.#finish(droppedCode);
    this.#options.onDown(down, stage);
  }

  /** Takes the handlers away first: whatever the socket still does is nobody's business. */
  #finish(code: number): void {
    if (this.#stage === 'down') return;
    this.#stage = 'down';
    this.#cancelDeadline();
    this.#socket.onopen = null;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#socket.close(code);
  }
}

function detailOf(down: Down): string | number {
  if (down.kind === 'closed') return down.code;
  return down.kind === 'broken' ? down.why : down.kind;
}

/** A greeting of a protocol after this one: the client is too old for this relay. */
function isNewerHello(text: string): boolean {
  return /^\{"type":"hello",.*"protocol":(?:[2-9]|[1-9]\d{1,8})\}$/.test(text);
}
