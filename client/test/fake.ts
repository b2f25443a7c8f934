// A platform whose clock, timers and sockets belong to the test, where timing or a misbehaving relay is the subject.
// Cryptography is real: what arrives is opened, what leaves is sealed.
import type { Answer, Platform, Socket } from '@pug/client';
import { frameTypes } from '@pug/core';
import {
  type ClientMessage,
  decodeClientFrame,
  decodeClientMessage,
  defaultPolicy,
  encodePolicy,
  encodeServerMessage,
  type Policy,
  type ServerMessage,
  u32,
} from '@pug/wire';
import { settle } from './waiting.ts';

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
  #setBackMs = 0;

  constructor({ policy = defaultPolicy, answer }: FakeOptions = {}) {
    this.#answer = answer ?? (async () => ({ status: 200, text: encodePolicy(policy) }));
  }

  now(): number {
    return this.nowMs - this.#setBackMs;
  }

  /** A person, or the network, sets the clock back. What was started with `after` goes on. */
  setBack(ms: number): void {
    this.#setBackMs += ms;
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
    await settle();
    for (;;) {
      const due = this.#timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.nowMs = Math.max(this.nowMs, due.atMs);
      due.run();
      await settle();
    }
    this.nowMs = endMs;
  }
}

/** Whether a client's frame says something, and is no part of letting people in. The type is in the clear (CR-1). */
export function isMessage(frame: Uint8Array): boolean {
  return decodeClientFrame(frame)?.payload[1] === frameTypes.message;
}

export class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((data: string | Uint8Array) => void) | null = null;
  onclose: ((code: number) => void) | null = null;
  readonly protocol: string;
  readonly sent: (string | Uint8Array)[] = [];
  /** Told of everything that is sent. */
  onsent: ((data: string | Uint8Array) => void) | null = null;
  /** The code with which the client closed it. */
  closed: number | null = null;

  constructor(protocol: string) {
    this.protocol = protocol;
  }

  send(data: string | Uint8Array): void {
    this.sent.push(data);
    this.onsent?.(data);
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

  /** What was said: the frames of type MESSAGE. */
  get frames(): readonly Uint8Array[] {
    return this.sent.filter((data) => typeof data !== 'string').filter(isMessage);
  }
}

export type Joined = Extract<ServerMessage, { type: 'joined' }>;

export function joinedMessage(joined: Partial<Joined> = {}): Joined {
  const member = joined.member ?? 2;
  const base = { type: 'joined', members: member > 1 ? [1, member] : [member], seq: member, now: 5_000 } as const;
  const room = {
    expiresAt: 605_000,
    capacity: 6,
    locked: false,
    owners: [],
    ticket: new Uint8Array(16).fill(member),
  };
  return { ...base, ...room, ...joined, member };
}

export function textId(n: number): Uint8Array {
  return new Uint8Array(16).fill(n);
}
