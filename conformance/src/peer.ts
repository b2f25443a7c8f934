/** One socket of a scenario: what it says and hears is written down, and everything it hears must be of protocol 1's form. */
import { isDeepStrictEqual } from 'node:util';
import {
  type ClientMessage,
  type CloseName,
  closeCodes,
  closeNameOf,
  decodeServerFrame,
  decodeServerMessage,
  encodeClientFrame,
  encodeClientMessage,
  type LeaveReason,
  type ServerFrame,
  type ServerMessage,
} from '@pug/wire';
import type { RawSocket } from './websocket.ts';

export type Joined = Extract<ServerMessage, { type: 'joined' }>;

export type Heard =
  | { readonly kind: 'message'; readonly message: ServerMessage }
  | { readonly kind: 'frame'; readonly frame: ServerFrame }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string };

/** What a scenario asks of a message: its type and any of its fields. */
export type Expected = {
  readonly [T in ServerMessage as T['type']]: { readonly type: T['type'] } & Partial<T>;
}[ServerMessage['type']];

/** A scenario's demand that the relay did not meet. */
export class Unmet extends Error {}

export function demand(met: boolean, what: string): asserts met {
  if (!met) throw new Unmet(what);
}

/** Text without what a relay would call a secret: base64url of 16 bytes or more is cut to what tells it apart. */
export function masked(text: string): string {
  return text.replace(/(?=[\w-]*[A-Z\d])[\w-]{22,}/g, (secret) => `${secret.slice(0, 6)}…`);
}

/** One line for a transcript; byte strings are cut to what tells them apart. */
export function describe(value: unknown): string {
  const text = JSON.stringify(cut(value));
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}

/** Before it is made a text: a Buffer would become a list of numbers first, which takes ten times as long as to send it. */
function cut(value: unknown): unknown {
  if (value instanceof Uint8Array)
    return `${Buffer.from(value.subarray(0, 6)).toString('hex')}… (${value.length} bytes)`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, cut(field)]));
}

export class Peer {
  readonly name: string;
  readonly raw: RawSocket;
  /** Set by the relay's hello. */
  nonce: Uint8Array = new Uint8Array(0);
  readonly #note: (line: string) => void;
  #joined: Joined | null = null;

  constructor(name: string, raw: RawSocket, note: (line: string) => void) {
    this.name = name;
    this.raw = raw;
    this.#note = (line) => note(`${name} ${line}`);
  }

  /** How the relay answered its join. @throws before it is joined */
  get joined(): Joined {
    demand(this.#joined !== null, `${this.name} has joined`);
    return this.#joined;
  }

  /** Its member number. */
  get number(): number {
    return this.joined.member;
  }

  /** Whether the relay told it that it is an owner (SK-6). */
  get isOwner(): boolean {
    return this.joined.owners.includes(this.number);
  }

  say(message: ClientMessage): void {
    this.#note(`→ ${describe(message)}`);
    this.raw.sendText(encodeClientMessage(message));
  }

  sayText(text: string): void {
    this.#note(`→ text ${describe(text)}`);
    this.raw.sendText(text);
  }

  sayBytes(bytes: Uint8Array): void {
    this.#note(`→ binary ${describe(bytes)}`);
    this.raw.sendBinary(bytes);
  }

  /** Sends a frame; `to` 0 is everybody. */
  send(payload: Uint8Array | string, to = 0): void {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    this.#note(`→ frame to ${to}: ${describe(bytes)}`);
    this.raw.sendBinary(encodeClientFrame({ to, payload: bytes }));
  }

  /** The next thing heard. @throws {Unmet} when nothing comes, or it is of no known form */
  async hear(waitMs?: number): Promise<Heard> {
    const heard = await this.#receive(waitMs);
    this.#note(`← ${describe(heard.kind === 'message' ? heard.message : heard)}`);
    if (heard.kind === 'message' && heard.message.type === 'joined') this.#joined = heard.message;
    return heard;
  }

  async #receive(waitMs?: number): Promise<Heard> {
    const received = await this.raw.next(waitMs).catch((error: Error) => {
      throw new Unmet(`${this.name}: ${error.message}`);
    });
    if (received.kind === 'closed') return this.#closing(received);
    if (received.kind === 'text') {
      const message = decodeServerMessage(received.text);
      demand(message !== null, `SK-6: a message of the relay is of its form: ${received.text.slice(0, 300)}`);
      return { kind: 'message', message };
    }
    const frame = decodeServerFrame(received.bytes);
    demand(frame !== null, `SK-8: a frame of the relay is of its form: ${describe(received.bytes)}`);
    return { kind: 'frame', frame };
  }

  #closing(received: Extract<Heard, { kind: 'closed' }>): Heard {
    const name = closeNameOf(received.code);
    const known = name === null ? received.code < 4000 : received.reason === name;
    demand(known, `SK-12: close code ${received.code} carries its name as reason, not "${received.reason}"`);
    return received;
  }

  /** The next thing is a message with these fields. */
  async expect<E extends Expected>(expected: E, waitMs?: number): Promise<Extract<ServerMessage, { type: E['type'] }>> {
    const heard = await this.hear(waitMs);
    const fields = heard.kind === 'message' ? Object.entries(expected) : [];
    const message: Record<string, unknown> = heard.kind === 'message' ? { ...heard.message } : {};
    const met = fields.length > 0 && fields.every(([name, value]) => isDeepStrictEqual(message[name], value));
    demand(met, `${this.name} hears ${describe(expected)}, not ${describe(heard)}`);
    // Its type was just compared.
    return message as Extract<ServerMessage, { type: E['type'] }>;
  }

  /** The next thing is a frame with this payload (and sender and number where given). */
  async expectFrame(expected: { payload: Uint8Array | string; member?: number; seq?: number }): Promise<ServerFrame> {
    const heard = await this.hear();
    demand(heard.kind === 'frame', `${this.name} hears a frame, not ${describe(heard)}`);
    const { member = heard.frame.member, seq = heard.frame.seq } = expected;
    const same = Buffer.from(expected.payload).equals(heard.frame.payload);
    const wanted = `member ${member}, seq ${seq}, ${describe(Buffer.from(expected.payload))}`;
    demand(same && heard.frame.member === member && heard.frame.seq === seq, `${this.name} hears frame ${wanted}`);
    return heard.frame;
  }

  /** The next thing is the end of the connection, with this name of SK-12 or one of these codes. */
  async expectClose(expected: CloseName | readonly number[], waitMs?: number): Promise<number> {
    const heard = await this.hear(waitMs);
    const codes: readonly number[] = typeof expected === 'string' ? [closeCodes[expected]] : expected;
    const met = heard.kind === 'closed' && codes.includes(heard.code);
    demand(met, `${this.name} is closed with ${expected}, not ${describe(heard)}`);
    return heard.code;
  }

  /** The connection was ended by this side, and the relay answered with a close frame that carries one of these codes. */
  async expectEnd(...codes: readonly number[]): Promise<void> {
    let received = await this.raw.next();
    while (received.kind !== 'closed') received = await this.raw.next();
    const { code } = received;
    demand(codes.includes(code), `SK-16: ${this.name}'s close is answered with ${codes.join(' or ')}, not ${code}`);
  }

  /** Nothing was waiting: the answer to a ping is the next thing heard. Only for a member. */
  async expectQuiet(): Promise<void> {
    this.say({ type: 'ping' });
    await this.expect({ type: 'pong' });
  }

  /** Hears on until the event numbered `seq`; what came before it is not looked at. */
  async untilSeq(seq: number): Promise<void> {
    for (;;) {
      const heard = await this.#receive();
      demand(heard.kind !== 'closed', `${this.name} hears event ${seq}, not ${describe(heard)}`);
      const event = heard.kind === 'frame' ? heard.frame : heard.message;
      if ('seq' in event && event.seq === seq) return;
    }
  }

  /** Hears on until member `member` leaves, which must be for the reason `why`. */
  async untilLeave(member: number, why: LeaveReason): Promise<void> {
    for (;;) {
      const heard = await this.hear();
      demand(heard.kind !== 'closed', `${this.name} hears that ${member} leaves, not ${describe(heard)}`);
      if (heard.kind !== 'message' || heard.message.type !== 'leave' || heard.message.member !== member) continue;
      demand(heard.message.why === why, `RM-4: member ${member} leaves as ${why}, not ${heard.message.why}`);
      return;
    }
  }

  /** Closes in good order and waits for the end. What was still on its way is not looked at. */
  async leave(): Promise<void> {
    this.#note('→ close 1000');
    this.raw.close(1000);
    await this.untilClosed();
  }

  /** Reads on until the end of the connection. @returns its code */
  async untilClosed(waitMs?: number): Promise<number> {
    for (;;) {
      const heard = await this.#receive(waitMs);
      if (heard.kind === 'closed') return heard.code;
    }
  }

  /** Ends the connection without a word. */
  cut(): void {
    this.#note('→ cuts the connection');
    this.raw.cut();
  }
}
