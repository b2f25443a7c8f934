/** Rooms on a relay, made as any client makes them: a challenge, the work, a registration (spec/http.md, spec/proof-of-work.md). */
import { createHash, createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { Lines } from '../lib/lines.ts';
import { compile } from '../lib/machine.ts';

/** A room and the right to join it. `id` and `joinKey` are base64url, the seed is that of the join key (LK-4). */
export interface Room {
  readonly id: string;
  readonly joinKey: string;
  readonly seedHex: string;
}

const ttlSeconds = 7200;
const capacity = 6;
const solversAtOnce = 2;
// An Ed25519 private key is this, then its 32 bytes (RFC 8410 section 7).
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Compiles the native solver: at 1,024 iterations for each of 256 tries a browser's rate would make 20,000 rooms an affair of an hour. */
export function compileSolver(): string {
  return compile('native', ['create/native.c'], ['-O2', '-march=native']);
}

/** Makes `count` rooms on the relay at `port`. */
export async function makeRooms(port: number, count: number): Promise<Room[]> {
  const solver = compileSolver();
  const rooms: Room[] = [];
  let left = count;
  const worker = async () => {
    const solve = new Lines([solver, 'solve']);
    while (left-- > 0) rooms.push(await makeRoom(`http://127.0.0.1:${port}`, solve));
    await solve.stop();
  };
  await Promise.all(Array.from({ length: Math.min(solversAtOnce, count) }, worker));
  return rooms;
}

interface Challenge {
  readonly token: string;
  readonly k: number;
  readonly target: number;
}

async function makeRoom(origin: string, solve: Lines): Promise<Room> {
  const [seed, joinKey] = keyPair();
  const [, ownerKey] = keyPair();
  const challenge: Challenge = JSON.parse(await answerOf(await fetch(`${origin}/api/v1/challenge`)));
  const bind = sha256('pug/1 create', joinKey, ownerKey, u32(ttlSeconds), u16(capacity));
  const puzzle = sha256('pug/1 puzzle', Buffer.from(challenge.token, 'base64url'), bind);
  const nonces = (await solve.ask(`${puzzle.toString('hex')} ${challenge.target} ${challenge.k}`)).split(' ');
  const body = JSON.stringify({
    token: challenge.token,
    solution: Buffer.concat(nonces.map((nonce) => u32(Number(nonce)))).toString('base64url'),
    joinKey: joinKey.toString('base64url'),
    ownerKey: ownerKey.toString('base64url'),
    ttlSeconds,
    capacity,
  });
  const headers = { 'Content-Type': 'application/json' };
  const created: { readonly roomId: string } = JSON.parse(
    await answerOf(await fetch(`${origin}/api/v1/rooms`, { method: 'POST', headers, body })),
  );
  return { id: created.roomId, joinKey: joinKey.toString('base64url'), seedHex: seed.toString('hex') };
}

async function answerOf(response: Response): Promise<string> {
  const text = await response.text();
  if (!response.ok) throw new Error(`the relay refused to make a room: ${response.status} ${text}`);
  return text;
}

/** An Ed25519 seed and its public key, 32 bytes each. */
function keyPair(): readonly [Buffer, Buffer] {
  const seed = randomBytes(32);
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' });
  return [seed, Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url')];
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
