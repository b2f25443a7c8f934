/**
 * A WebSocket client (RFC 6455) that can also break every rule: wrong headers, wrong frames, silence, no reading.
 * It never takes anything from the relay for granted.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { dial, patienceMs, Silence } from './dial.ts';
import { type Answer, type Header, headerOf, parseHead, readAnswer, requestBytes } from './http.ts';

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** What arrived. `closed` is the last: with the relay's code and reason, or 1006 when there was no close frame. */
export type Received =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary'; readonly bytes: Uint8Array }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string };

export interface UpgradeOptions {
  readonly path?: string;
  /** Added to, or where the name is the same put in place of, the headers of a good upgrade; an empty value takes one away. */
  readonly headers?: readonly Header[];
  readonly localAddress?: string;
}

/** The headers of a good upgrade. */
export function upgradeHeaders(changes: readonly Header[] = []): Header[] {
  const good: Header[] = [
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Key', randomBytes(16).toString('base64')],
    ['Sec-WebSocket-Version', '13'],
    ['Sec-WebSocket-Protocol', 'pug.1'],
  ];
  const kept = good.filter(([name]) => !changes.some(([other]) => other.toLowerCase() === name.toLowerCase()));
  return [...kept, ...changes.filter(([, value]) => value !== '')];
}

/** Asks for `/ws`: a socket when the answer is 101, else the answer. @throws when none comes within 5 s, or a 101 for another request */
export async function upgrade(url: URL, options: UpgradeOptions = {}): Promise<RawSocket | Answer> {
  const socket = await dial(url, options.localAddress);
  const headers = upgradeHeaders(options.headers);
  socket.write(requestBytes(url, { path: options.path ?? '/ws', headers }));
  const first = await firstHead(socket);
  const head = parseHead(first);
  if (head?.status !== 101) return readAnswer(socket, false, first);
  const accepted = headerOf(head, 'sec-websocket-accept');
  if (accepted !== acceptOf(headerOf({ headers: lowerCase(headers) }, 'sec-websocket-key') ?? '')) {
    socket.destroy();
    throw new Error(`SK-1: Sec-WebSocket-Accept is not of this request: ${accepted}`);
  }
  return new RawSocket(socket, head.headers, first.subarray(head.bodyAt));
}

/** What answers a key (RFC 6455 section 4.2.2). */
function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

function lowerCase(headers: readonly Header[]): Header[] {
  return headers.map(([name, value]) => [name.toLowerCase(), value]);
}

function firstHead(socket: Socket): Promise<Buffer> {
  let received = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const done = (error?: Error) => {
      clearTimeout(timer);
      socket.removeAllListeners('data');
      socket.removeAllListeners('close');
      if (!error) return resolve(received);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => done(new Silence('no answer to an upgrade in time')), patienceMs);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.includes('\r\n\r\n')) done();
    });
    socket.once('close', () => done(new Error('connection closed before an answer to an upgrade')));
  });
}

/** One frame (RFC 6455 section 5.2), masked as a client's must be unless asked otherwise. */
export function webSocketFrame(
  opcode: number,
  payload: Uint8Array,
  { fin = true, rsv = 0, masked = true }: { fin?: boolean; rsv?: number; masked?: boolean } = {},
): Buffer {
  const { length } = payload;
  const size = length < 126 ? Buffer.of(length) : length < 65_536 ? Buffer.alloc(3) : Buffer.alloc(9);
  if (size.length === 3) size.writeUInt16BE(length, 1);
  if (size.length === 9) size.writeBigUInt64BE(BigInt(length), 1);
  if (size.length > 1) size[0] = size.length === 3 ? 126 : 127;
  size[0] = (size[0] ?? 0) | (masked ? 0x80 : 0);
  const head = Buffer.concat([Buffer.of((fin ? 0x80 : 0) | (rsv << 4) | opcode), size]);
  if (!masked) return Buffer.concat([head, payload]);
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, payload.map((byte, at) => byte ^ (mask[at & 3] ?? 0))]);
}

/** No frame of a relay is nearly that long: whoever began one will not end it. */
const mostUnreadBytes = 2 ** 26;

export class RawSocket {
  readonly headers: readonly Header[];
  /** Answer the relay's WebSocket pings; off to play dead. */
  answersPings = true;
  /** The payloads of the WebSocket pongs that arrived: they are not among the things that `next` tells. */
  readonly pongs: Buffer[] = [];
  readonly #socket: Socket;
  #unread: Buffer;
  #parts: Buffer[] = [];
  #partsOpcode = 0;
  #closed: Extract<Received, { kind: 'closed' }> | null = null;
  readonly #queue: Received[] = [];
  readonly #waiting: ((received: Received) => void)[] = [];

  constructor(socket: Socket, headers: readonly Header[], firstBytes: Buffer) {
    this.#socket = socket;
    this.headers = headers;
    this.#unread = firstBytes;
    socket.on('data', (chunk: Buffer) => {
      this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
      this.#parse();
      if (this.#unread.length > mostUnreadBytes) socket.destroy();
    });
    socket.once('close', () => this.#deliver(this.#closed ?? { kind: 'closed', code: 1006, reason: '' }));
    this.#parse();
  }

  /** How many bytes wait in this process to be sent: grows when the relay stops reading. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** The next thing that arrived. @throws when nothing does within `waitMs` */
  next(waitMs = patienceMs): Promise<Received> {
    const ready = this.#queue.shift();
    if (ready) return Promise.resolve(ready);
    return new Promise((resolve, reject) => {
      const taker = (received: Received) => {
        clearTimeout(timer);
        resolve(received);
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(taker), 1);
        reject(new Silence(`nothing arrived within ${waitMs} ms`));
      }, waitMs);
      this.#waiting.push(taker);
    });
  }

  sendText(text: string): void {
    this.write(webSocketFrame(opcodes.text, Buffer.from(text)));
  }

  sendBinary(bytes: Uint8Array): void {
    this.write(webSocketFrame(opcodes.binary, bytes));
  }

  /** Bytes as they stand. */
  write(bytes: Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /** Closes as RFC 6455 asks; `closed` arrives when the relay has answered. */
  close(code = 1000): void {
    this.write(webSocketFrame(opcodes.close, Buffer.of(code >> 8, code & 255)));
  }

  /** Ends the connection without a word. */
  cut(): void {
    this.#socket.destroy();
  }

  /** Stops reading: what the relay sends piles up on its side. */
  stopReading(): void {
    this.#socket.pause();
  }

  startReading(): void {
    this.#socket.resume();
  }

  #deliver(received: Received): void {
    const taker = this.#waiting.shift();
    if (taker) taker(received);
    else this.#queue.push(received);
  }

  #parse(): void {
    for (let used = this.#parseOne(); used > 0; used = this.#parseOne()) this.#unread = this.#unread.subarray(used);
  }

  /** Takes one whole frame from the front of what is unread; 0 when there is none yet. */
  #parseOne(): number {
    const bytes = this.#unread;
    if (bytes.length < 2) return 0;
    const short = (bytes[1] ?? 0) & 127;
    const headBytes = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < headBytes) return 0;
    const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (bytes.length < headBytes + length) return 0;
    this.#frame(bytes[0] ?? 0, bytes[1] ?? 0, Buffer.from(bytes.subarray(headBytes, headBytes + length)));
    return headBytes + length;
  }

  #frame(first: number, second: number, payload: Buffer): void {
    // A relay neither masks (RFC 6455 section 5.1) nor compresses (SK-1).
    if (first & 0x70 || second & 0x80) {
      this.#socket.destroy();
      return;
    }
    const opcode = first & 15;
    if (opcode === opcodes.ping && this.answersPings) this.write(webSocketFrame(opcodes.pong, payload));
    if (opcode === opcodes.pong) this.pongs.push(payload);
    if (opcode === opcodes.close) this.#closeFrame(payload);
    if (opcode > opcodes.binary) return;
    if (opcode !== opcodes.continuation) this.#partsOpcode = opcode;
    this.#parts.push(payload);
    if (!(first & 0x80)) return;
    const whole = Buffer.concat(this.#parts.splice(0));
    const isBinary = this.#partsOpcode === opcodes.binary;
    this.#deliver(isBinary ? { kind: 'binary', bytes: whole } : { kind: 'text', text: whole.toString('utf8') });
  }

  #closeFrame(payload: Buffer): void {
    const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
    this.#closed ??= { kind: 'closed', code, reason: payload.toString('utf8', 2) };
    this.#socket.end(webSocketFrame(opcodes.close, payload.subarray(0, 2)));
  }
}
