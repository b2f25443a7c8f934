// A small client of its own for these tests: real sockets, no code of the client packages.
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, pbkdf2Sync, sign } from 'node:crypto';
import {
  bindInput,
  type Challenge,
  type ClientMessage,
  type Created,
  type CreateRequest,
  decodeChallenge,
  decodeCreated,
  decodeServerFrame,
  decodeServerMessage,
  decodeToken,
  encodeClientFrame,
  encodeClientMessage,
  encodeCreateRequest,
  encodeSolution,
  fromBase64url,
  isHit,
  iterationsPerTry,
  joinProofInput,
  nonceSalt,
  ownerProofInput,
  puzzleInput,
  roomIdInput,
  type ServerFrame,
  type ServerMessage,
  subprotocol,
  toBase64url,
  tryBytes,
} from '@pug/wire';

export interface Keys {
  readonly join: KeyObject;
  readonly joinKey: Uint8Array;
  readonly owner: KeyObject;
  readonly ownerKey: Uint8Array;
  readonly room: string;
}

export function makeKeys(): Keys {
  const [join, owner] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
  return keysOf(join.privateKey, owner.privateKey);
}

export function keysOf(join: KeyObject, owner: KeyObject): Keys {
  const [joinKey, ownerKey] = [rawKey(createPublicKey(join)), rawKey(createPublicKey(owner))];
  const room = toBase64url(sha256(roomIdInput(joinKey)).subarray(0, 16));
  return { join, joinKey, owner, ownerKey, room };
}

function rawKey(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ format: 'der', type: 'spki' })).slice(-32);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

export async function challengeOf(origin: string): Promise<Challenge> {
  const challenge = decodeChallenge(await (await fetch(`${origin}/api/v1/challenge`)).text());
  if (challenge === null) throw new Error('the challenge is not of its form');
  return challenge;
}

/** Works until `k` tries are hits. `isWanted` turns the search round for tests that need misses. */
export function solve(request: Omit<CreateRequest, 'solution'>, isWanted = isHit): Uint8Array {
  const token = decodeToken(request.token);
  if (token === null) throw new Error('the token is not of its form');
  const puzzle = sha256(puzzleInput(request.token, sha256(bindInput(request))));
  const nonces: number[] = [];
  for (let nonce = 0; nonces.length < token.k; nonce++) {
    const output = pbkdf2Sync(puzzle, nonceSalt(nonce), iterationsPerTry, tryBytes, 'sha256');
    if (isWanted(output, token.target)) nonces.push(nonce);
  }
  return encodeSolution(nonces);
}

export interface Wanted {
  readonly ttlSeconds?: number;
  readonly capacity?: number;
}

export async function solvedRequest(origin: string, keys: Keys, wanted: Wanted = {}): Promise<CreateRequest> {
  const { token } = await challengeOf(origin);
  const { joinKey, ownerKey } = keys;
  const open = { token, joinKey, ownerKey, ttlSeconds: wanted.ttlSeconds ?? 3600, capacity: wanted.capacity ?? 6 };
  return { ...open, solution: solve(open) };
}

export function post(origin: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const all = { 'Content-Type': 'application/json', ...headers };
  return fetch(`${origin}/api/v1/rooms`, { method: 'POST', headers: all, body });
}

export async function createRoom(origin: string, wanted: Wanted = {}, keys = makeKeys()): Promise<Keys & Created> {
  const answer = await post(origin, encodeCreateRequest(await solvedRequest(origin, keys, wanted)));
  const created = decodeCreated(await answer.text());
  if (created === null) throw new Error(`room not created: ${answer.status}`);
  return { ...keys, ...created };
}

export type Received = { readonly kind: 'frame'; readonly frame: ServerFrame } | ServerMessageReceived;
type ServerMessageReceived = { readonly kind: 'message'; readonly message: ServerMessage };
export type Joined = Extract<ServerMessage, { type: 'joined' }>;

export interface JoinChoices {
  readonly owner?: boolean;
  readonly ticket?: Uint8Array;
}

/** One connection. Everything received is kept in order; `next` hands it out once each. */
export class Peer {
  readonly received: Received[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly socket: WebSocket;
  #taken = 0;
  #wake: (() => void) | null = null;

  constructor(origin: string, options: Bun.WebSocketOptions = { protocols: [subprotocol] }) {
    this.socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/ws`, options);
    this.socket.binaryType = 'arraybuffer';
    this.socket.onmessage = (event) => this.#receive(event.data);
    this.closed = new Promise((resolve) => {
      this.socket.onclose = ({ code, reason }) => {
        resolve({ code, reason });
        this.#wake?.();
      };
    });
  }

  static async joined(origin: string, keys: Keys, choices: JoinChoices = {}): Promise<Peer & { readonly as: Joined }> {
    const peer = new Peer(origin);
    const as = await peer.join(keys, choices);
    return Object.assign(peer, { as });
  }

  /** The next thing received. Throws when the connection has ended, or when nothing comes in time. */
  async next(withinMs = 20_000): Promise<Received> {
    const deadline = performance.now() + withinMs;
    while (this.received.length <= this.#taken) {
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('the connection has ended');
      if (performance.now() > deadline) throw new Error('nothing was received in time');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, withinMs + 100).unref();
      });
    }
    const taken = this.received[this.#taken++];
    if (taken === undefined) throw new Error('unreachable: the loop above waited for it');
    return taken;
  }

  async nextMessage<T extends ServerMessage['type']>(type: T): Promise<Extract<ServerMessage, { type: T }>> {
    const next = await this.next();
    if (next.kind !== 'message' || next.message.type !== type) throw new Error(`expected ${type}, got ${shown(next)}`);
    // The type was compared just above.
    return next.message as Extract<ServerMessage, { type: T }>;
  }

  async nextFrame(): Promise<ServerFrame> {
    const next = await this.next();
    if (next.kind !== 'frame') throw new Error(`expected a frame, got ${shown(next)}`);
    return next.frame;
  }

  async join(keys: Keys, choices: JoinChoices = {}): Promise<Joined> {
    const { nonce } = await this.nextMessage('hello');
    this.send(joinOf(keys, nonce, choices));
    return this.nextMessage('joined');
  }

  send(message: ClientMessage): void {
    this.socket.send(encodeClientMessage(message));
  }

  say(payload: Uint8Array, to = 0): void {
    this.socket.send(encodeClientFrame({ to, payload }));
  }

  /** Waits until the relay has handled everything sent before. */
  async ping(): Promise<void> {
    this.send({ type: 'ping' });
    await this.nextMessage('pong');
  }

  /** Waits until everything has come that the relay had told this peer by now. */
  async caughtUp(): Promise<void> {
    this.send({ type: 'ping' });
    for (let got = await this.next(); got.kind !== 'message' || got.message.type !== 'pong'; ) got = await this.next();
  }

  async close(): Promise<void> {
    this.socket.close(1000);
    await this.closed;
  }

  #receive(data: unknown): void {
    this.received.push(decoded(data));
    this.#wake?.();
  }
}

export function joinOf(keys: Keys, nonce: Uint8Array, choices: JoinChoices = {}): ClientMessage & { type: 'join' } {
  const roomId = fromBase64url(keys.room, 16) ?? new Uint8Array(16);
  const proof = new Uint8Array(sign(null, joinProofInput(roomId, nonce), keys.join));
  const ownerProof = choices.owner && new Uint8Array(sign(null, ownerProofInput(roomId, nonce), keys.owner));
  const { room, joinKey } = keys;
  const { ticket } = choices;
  return { type: 'join', room, joinKey, proof, ...(ownerProof && { ownerProof }), ...(ticket && { ticket }) };
}

function decoded(data: unknown): Received {
  if (typeof data === 'string') {
    const message = decodeServerMessage(data);
    if (message === null) throw new Error('a control message is not of its form');
    return { kind: 'message', message };
  }
  const frame = data instanceof ArrayBuffer ? decodeServerFrame(new Uint8Array(data)) : null;
  if (frame === null) throw new Error('a frame is not of its form');
  return { kind: 'frame', frame };
}

function shown(received: Received): string {
  return received.kind === 'frame' ? `frame ${received.frame.seq}` : received.message.type;
}
