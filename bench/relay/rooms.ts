/** Rooms on a server, made as any client makes them: a challenge, the work, a registration (spec/http.md, spec/proof-of-work.md). */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { Lines } from '../lib/lines.ts';
import { compile } from '../lib/machine.ts';
import type { Server } from './servers.ts';

/** A room, the right to join it, and the right to end it. `id` and `joinKey` are base64url, the keys are of LK-4. */
export interface Room {
  readonly id: string;
  readonly joinKey: string;
  readonly key: KeyObject;
  readonly ownerKey: KeyObject;
}

/** A room in the words in which the load generator is told of it. */
export type RoomLine = string;

const longTtlSeconds = 7200;
const capacity = 6;
const solversAtOnce = 2;

/** Compiles the native solver: at 1,024 iterations for each of 256 tries a browser's rate would make 20,000 rooms an affair of an hour. */
export function compileSolver(): string {
  return compile('native', ['create/native.c'], ['-O2', '-march=native']);
}

/** Makes `count` rooms on `server`, if it has to be told of rooms. */
export async function makeRooms(
  { protocol, port }: Server,
  count: number,
  ttlSeconds = longTtlSeconds,
): Promise<RoomLine[]> {
  const origin = `http://127.0.0.1:${port}`;
  if (protocol === 'reference') return Promise.all(Array.from({ length: count }, () => makeReferenceRoom(origin)));
  if (protocol !== 'pug') return [];
  const solver = compileSolver();
  const lines: RoomLine[] = [];
  let left = count;
  const worker = async () => {
    const solve = new Lines([solver, 'solve']);
    while (left-- > 0) lines.push(lineOf(await makeRoom(origin, solve, ttlSeconds)));
    await solve.stop();
  };
  await Promise.all(Array.from({ length: Math.min(solversAtOnce, count) }, worker));
  return lines;
}

function lineOf({ id, joinKey, key }: Room): RoomLine {
  const seed = Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url');
  return `room ${id} ${joinKey} ${seed.toString('hex')}`;
}

interface Challenge {
  readonly token: string;
  readonly k: number;
  readonly target: number;
}

/** Makes one room on the relay at `origin`. */
export async function makeRoom(origin: string, solve: Lines, ttlSeconds: number): Promise<Room> {
  const [key, joinKey] = keyPair();
  const [ownerKey, ownerPublicKey] = keyPair();
  const challenge: Challenge = JSON.parse(await answerOf(await fetch(`${origin}/api/v1/challenge`)));
  const bind = sha256('pug/1 create', joinKey, ownerPublicKey, u32(ttlSeconds), u16(capacity));
  const puzzle = sha256('pug/1 puzzle', Buffer.from(challenge.token, 'base64url'), bind);
  const nonces = (await solve.ask(`${puzzle.toString('hex')} ${challenge.target} ${challenge.k}`)).split(' ');
  const body = JSON.stringify({
    token: challenge.token,
    solution: Buffer.concat(nonces.map((nonce) => u32(Number(nonce)))).toString('base64url'),
    joinKey: joinKey.toString('base64url'),
    ownerKey: ownerPublicKey.toString('base64url'),
    ttlSeconds,
    capacity,
  });
  const created: { readonly roomId: string } = JSON.parse(await post(`${origin}/api/v1/rooms`, body));
  return { id: created.roomId, joinKey: joinKey.toString('base64url'), key, ownerKey };
}

async function makeReferenceRoom(origin: string): Promise<RoomLine> {
  const challenge = JSON.parse(await answerOf(await fetch(`${origin}/api/challenge`)));
  const isHit = (nonce: number) => {
    return sha256(`${challenge.token}${nonce}`).readUInt32BE() >>> (32 - challenge.bits) === 0;
  };
  let nonce = 0;
  while (!isHit(nonce)) nonce++;
  const [secret, creator] = [randomBytes(16), randomBytes(16)].map((bytes) => bytes.toString('base64url'));
  const wanted = { token: challenge.token, nonce, secret, creator, ttlSeconds: longTtlSeconds, capacity };
  const { roomId } = JSON.parse(await post(`${origin}/api/rooms`, JSON.stringify(wanted)));
  return `room ${roomId} ${secret}`;
}

async function post(url: string, body: string): Promise<string> {
  return answerOf(await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }));
}

async function answerOf(response: Response): Promise<string> {
  const text = await response.text();
  if (!response.ok) throw new Error(`the relay refused to make a room: ${response.status} ${text}`);
  return text;
}

/** A new Ed25519 key, and the 32 bytes of its public half. */
function keyPair(): readonly [KeyObject, Buffer] {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return [privateKey, Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')];
}

function sha256(label: string, ...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256').update(label);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
