/** One socket of a churning room, which believes nothing: every event must have the next number, every end the code it should. */
import { sign } from 'node:crypto';
import type { Room } from './rooms.ts';

const joinLabel = 'pug/1 join';
const ownerLabel = 'pug/1 owner';
const headerBytes = 8;
/** The machine may be busy with other things; a wait beyond this is a fault. */
const longestWaitMs = 120_000;

/** What a room's members have done so far: the number of its last event. */
export class Visitor {
  readonly #socket: WebSocket;
  readonly #room: Room;
  readonly #isOwner: boolean;
  readonly #shown: string | undefined;
  readonly #ended = Promise.withResolvers<number>();
  readonly #joined = Promise.withResolvers<void>();
  #seq = 0;
  #ticket: string | undefined;
  #wake = () => {};

  /** Connects, and joins as soon as the relay says hello. `ticket` is of a membership before. */
  constructor(port: number, room: Room, isOwner: boolean, ticket?: string) {
    this.#room = room;
    this.#isOwner = isOwner;
    this.#shown = ticket;
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, 'pug.1');
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onmessage = ({ data }) => (typeof data === 'string' ? this.#heard(data) : this.#received(data));
    this.#socket.onclose = ({ code }) => {
      this.#joined.reject(new Error(`closed with ${code} before it had joined`));
      this.#ended.resolve(code);
      this.#wake();
    };
    // Whoever waits for it hears of it; a member that is closed later is waited for by `ended`.
    this.#joined.promise.catch(() => {});
  }

  get ticket(): string | undefined {
    return this.#ticket;
  }

  get seq(): number {
    return this.#seq;
  }

  joined(): Promise<void> {
    return inTime(this.#joined.promise, 'joined');
  }

  /** Waits until event `seq` has come. */
  async reached(seq: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#wake = () => {
      if (this.#seq >= seq) resolve();
      else if (this.#socket.readyState === WebSocket.CLOSED) reject(new Error('closed while it waited for an event'));
    };
    this.#wake();
    await inTime(promise, 'an event');
  }

  /** Waits for the end of the connection. @throws {Error} when it has another code */
  async ended(code: number): Promise<void> {
    const got = await inTime(this.#ended.promise, 'the end');
    if (got !== code) throw new Error(`closed with ${got} instead of ${code}`);
  }

  /** Says something of so many bytes to everybody. */
  say(payloadBytes: number): void {
    this.#socket.send(new Uint8Array(4 + payloadBytes));
  }

  purge(): void {
    this.#socket.send('{"type":"purge"}');
  }

  leave(): void {
    this.#socket.close(1000);
  }

  /** Breaks the connection without a word, as a phone does that loses its network. */
  vanish(): void {
    // The runtime's sockets can be cut; the browsers' types, which it shares, do not know that.
    (this.#socket as WebSocket & { terminate(): void }).terminate();
  }

  #heard(text: string): void {
    const message = JSON.parse(text);
    if (message.type === 'hello') this.#socket.send(this.#joinText(Buffer.from(message.nonce, 'base64url')));
    else if (message.type === 'joined') this.#welcomed(message.seq, message.ticket);
    else if (typeof message.seq === 'number') this.#counted(message.seq);
  }

  #welcomed(seq: number, ticket: string): void {
    this.#seq = seq;
    this.#ticket = ticket;
    this.#joined.resolve();
  }

  #received(data: ArrayBuffer): void {
    if (data.byteLength <= headerBytes) throw new Error('a frame without a payload');
    this.#counted(new DataView(data).getUint32(0));
  }

  #counted(seq: number): void {
    if (seq !== this.#seq + 1) throw new Error(`event ${seq} after ${this.#seq}`);
    this.#seq = seq;
    this.#wake();
  }

  /** The join message (SK-5), signed (JN-1). */
  #joinText(nonce: Buffer): string {
    const { id, joinKey, key, ownerKey } = this.#room;
    const signed = (label: string) => Buffer.concat([Buffer.from(label), Buffer.from(id, 'base64url'), nonce]);
    const proof = sign(null, signed(joinLabel), key).toString('base64url');
    const ownerProof = this.#isOwner
      ? { ownerProof: sign(null, signed(ownerLabel), ownerKey).toString('base64url') }
      : {};
    const ticket = this.#shown === undefined ? {} : { ticket: this.#shown };
    return JSON.stringify({ type: 'join', room: id, joinKey, proof, ...ownerProof, ...ticket });
  }
}

async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`waited too long for ${what}`)), longestWaitMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
