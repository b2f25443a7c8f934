// A platform whose clock, timers and sockets belong to the test, where timing or a misbehaving relay is the subject.
// Cryptography is real: what arrives is opened, what leaves is sealed.
import { type Answer, openSession, type Platform, type Session, type Socket } from '@pug/client';
import { type Content, deriveKeys, type Link, openMessage, type RoomKeys, sealMessage } from '@pug/core';
import {
  type ClientMessage,
  decodeClientFrame,
  decodeClientMessage,
  defaultPolicy,
  encodePolicy,
  encodeServerFrame,
  encodeServerMessage,
  type Policy,
  type ServerMessage,
  u32,
} from '@pug/wire';
import { until } from './waiting.ts';

export const startMs = 1_800_000_000_000;

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

export interface FakeOptions {
  readonly policy?: Policy;
  /** Answers requests; otherwise each is answered with the policy. */
  readonly answer?: (method: string, path: string, body?: string) => Promise<Answer>;
}

export class FakePlatform implements Platform {
  nowMs = startMs;
  readonly sockets: FakeSocket[] = [];
  /** What the next random numbers of 4 bytes are: those that scatter retries. */
  jitter = 2 ** 32 - 1;
  readonly #answer: (method: string, path: string, body?: string) => Promise<Answer>;
  readonly asked: string[] = [];
  #timers: Timer[] = [];

  constructor({ policy = defaultPolicy, answer }: FakeOptions = {}) {
    this.#answer = answer ?? (async () => ({ status: 200, text: encodePolicy(policy) }));
  }

  now(): number {
    return this.nowMs;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.nowMs + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  random(length: number): Uint8Array {
    return length === 4 ? u32(this.jitter) : crypto.getRandomValues(new Uint8Array(length));
  }

  openSocket(protocol: string): Socket {
    const socket = new FakeSocket(protocol);
    this.sockets.push(socket);
    return socket;
  }

  request(method: 'GET' | 'POST', path: string, body?: string): Promise<Answer> {
    this.asked.push(`${method} ${path}`);
    return this.#answer(method, path, body);
  }

  get timers(): number {
    return this.#timers.length;
  }

  /** Lets `ms` pass: what falls due runs in order, and what it starts comes to its end. */
  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    await Bun.sleep(4);
    for (;;) {
      const due = this.#timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.nowMs = Math.max(this.nowMs, due.atMs);
      due.run();
      await Bun.sleep(4);
    }
    this.nowMs = endMs;
  }
}

export class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((data: string | Uint8Array) => void) | null = null;
  onclose: ((code: number) => void) | null = null;
  readonly protocol: string;
  readonly sent: (string | Uint8Array)[] = [];
  /** The code with which the client closed it. */
  closed: number | null = null;

  constructor(protocol: string) {
    this.protocol = protocol;
  }

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }

  close(code = 1005): void {
    this.closed ??= code;
  }

  /** What the relay does. */
  opens(): void {
    this.onopen?.();
  }

  says(message: ServerMessage): void {
    this.onmessage?.(encodeServerMessage(message));
  }

  hello(): void {
    this.opens();
    this.says({ type: 'hello', nonce: new Uint8Array(32).fill(7), protocol: 1 });
  }

  ends(code: number): void {
    this.onclose?.(code);
  }

  get messages(): readonly ClientMessage[] {
    return this.sent
      .flatMap((data) => (typeof data === 'string' ? [decodeClientMessage(data)] : []))
      .filter((m) => m !== null);
  }

  get frames(): readonly Uint8Array[] {
    return this.sent.filter((data) => typeof data !== 'string');
  }
}

export type Joined = Extract<ServerMessage, { type: 'joined' }>;

/** A session whose relay is played by the test. */
export class Stage {
  readonly platform: FakePlatform;
  readonly session: Session;
  readonly link: Link;
  readonly keys: RoomKeys;
  /** The next number of the room's stream. */
  seq = 1;
  readonly #counters = new Map<number, number>();

  private constructor(platform: FakePlatform, link: Link, keys: RoomKeys, ownerSeed: Uint8Array | null) {
    this.platform = platform;
    this.link = link;
    this.keys = keys;
    this.session = openSession({ platform, link, ownerSeed, name: 'Me' });
  }

  static async open({
    ownerSeed = null,
    ...fake
  }: FakeOptions & { ownerSeed?: Uint8Array | null } = {}): Promise<Stage> {
    const link = { roomSecret: new Uint8Array(16).fill(1), linkKey: new Uint8Array(32).fill(2) };
    return new Stage(new FakePlatform(fake), link, await deriveKeys(link), ownerSeed);
  }

  /** The latest socket; waits for the `count`th. */
  async socket(count = this.platform.sockets.length): Promise<FakeSocket> {
    await until(() => this.platform.sockets.length >= Math.max(1, count), `socket ${count}`);
    return this.platform.sockets.at(-1) as FakeSocket; // There is one: it was waited for.
  }

  /** Greets the `count`th socket and waits for its join. */
  async greet(count?: number): Promise<FakeSocket> {
    const socket = await this.socket(count);
    socket.hello();
    await until(() => socket.messages.some(({ type }) => type === 'join'), 'the join');
    return socket;
  }

  /** Answers the join of the `count`th socket. */
  async enter(joined: Partial<Joined> = {}, count?: number): Promise<FakeSocket> {
    const socket = await this.greet(count);
    const answer = joinedMessage(joined);
    this.seq = answer.seq + 1;
    socket.says(answer);
    await until(() => this.session.view.connection.state === 'joined', 'joined');
    return socket;
  }

  /** What `member` would send to everybody, or directed with `seq` 0. */
  async frame(
    member: number,
    content: Said,
    { seq = this.seq++, counter = this.#next(member) } = {},
  ): Promise<Uint8Array> {
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const { frameKey, roomIdBytes } = this.keys;
    const payload = await sealMessage({ frameKey, roomIdBytes, member }, nonce, { ...content, counter } as Content); // Said is Content without it.
    return encodeServerFrame({ seq, member, payload });
  }

  /** What the client sealed as `member`, to whom. */
  async read(frame: Uint8Array, member: number): Promise<{ to: number; content: Content }> {
    const decoded = decodeClientFrame(frame);
    if (!decoded) throw new Error('no frame');
    const { frameKey, roomIdBytes } = this.keys;
    const content = await openMessage({ frameKey, roomIdBytes, member, payload: decoded.payload });
    if (!content) throw new Error('does not open');
    return { to: decoded.to, content };
  }

  /** The texts that left through `socket`, sealed as `member`. */
  async texts(
    socket: FakeSocket,
    member: number,
  ): Promise<readonly { id: Uint8Array; text: string; counter: number }[]> {
    const all = await Promise.all(socket.frames.map((frame) => this.read(frame, member)));
    return all.flatMap(({ content }) => (content.kind === 'text' ? [content] : []));
  }

  /** Gives back what the client sent to everybody through `socket`, the first `count` frames of it, as an honest relay does. */
  echo(socket: FakeSocket, member: number, count = socket.frames.length): void {
    for (const frame of socket.frames.slice(0, count)) {
      const decoded = decodeClientFrame(frame);
      if (decoded?.to === 0) {
        socket.onmessage?.(encodeServerFrame({ seq: this.seq++, member, payload: decoded.payload }));
      }
    }
  }

  #next(member: number): number {
    const counter = (this.#counters.get(member) ?? 0) + 1;
    this.#counters.set(member, counter);
    return counter;
  }
}

type Said =
  | { readonly kind: 'text'; readonly id: Uint8Array; readonly text: string }
  | { readonly kind: 'name'; readonly name: string };

export function joinedMessage(joined: Partial<Joined> = {}): Joined {
  const member = joined.member ?? 2;
  const base = { type: 'joined', members: member > 1 ? [1, member] : [member], seq: member, now: 5_000 } as const;
  const room = {
    expiresAt: 605_000,
    capacity: 6,
    locked: false,
    owner: false,
    ticket: new Uint8Array(16).fill(member),
  };
  return { ...base, ...room, ...joined, member };
}

export function textId(n: number): Uint8Array {
  return new Uint8Array(16).fill(n);
}
