/** Vectors of proof of work against wire: its parts, and the order of PW-9 put together from them. */
import { expect } from 'bun:test';
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import * as wire from '@pug/wire';
import { hex } from '../src/vector.ts';
import { bytes, number, type Read, type Reader, text } from './vectors-read.ts';

interface Relay {
  readonly macKey: string;
  readonly keyId: number;
  readonly audience: number;
  readonly nowSeconds: number;
  readonly startedAtSeconds: number;
  readonly effort: number;
  readonly used: boolean;
  readonly alive: boolean;
}

function sha256(input: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(input).digest());
}

function attempt(puzzle: Uint8Array, nonce: number): Uint8Array {
  const output = pbkdf2Sync(puzzle, wire.nonceSalt(nonce), wire.iterationsPerTry, wire.tryBytes, 'sha256');
  return new Uint8Array(output);
}

function macOf(key: Uint8Array, token: Uint8Array): Uint8Array {
  const mac = createHmac('sha256', key).update(wire.tokenMacInput(token)).digest();
  return new Uint8Array(mac.subarray(0, wire.macBytes));
}

function faultOfToken(token: Uint8Array, fields: wire.Token, relay: Relay): string | null {
  const { version, algorithm, k, keyId, issuedAt, ttl, audience, mac, target } = fields;
  if (version !== wire.tokenVersion || algorithm !== wire.algorithmPbkdf2 || k !== wire.hitsPerSolution)
    return 'unsupported';
  if (keyId !== relay.keyId) return 'expired';
  if (issuedAt > relay.nowSeconds + wire.clockSkewSeconds) return 'clock';
  if (issuedAt + ttl < relay.nowSeconds - wire.clockSkewSeconds || issuedAt < relay.startedAtSeconds) return 'expired';
  const isOurs = hex(mac) === hex(macOf(Buffer.from(relay.macKey, 'hex'), token)) && audience === relay.audience;
  if (!isOurs) return 'forged';
  return 4 * wire.effortOf(k, target) < relay.effort ? 'too_easy' : null;
}

/** The answer of PW-9 to a request, or null when it is good. */
function faultOf(body: string, relay: Relay): string | null {
  const request = wire.decodeCreateRequest(body);
  const fields = request && wire.decodeToken(request.token);
  const nonces = fields && wire.decodeSolution(request.solution, fields.k);
  if (!nonces || ![request.joinKey, request.ownerKey].every(wire.isAcceptableKey)) return 'malformed';
  const fault = faultOfToken(request.token, fields, relay);
  if (fault !== null) return fault;
  if (relay.used) return 'replayed';
  if (relay.alive) return 'taken';
  if (!wire.isAscending(nonces)) return 'malformed';
  const puzzle = sha256(wire.puzzleInput(request.token, sha256(wire.bindInput(request))));
  return nonces.every((nonce) => wire.isHit(attempt(puzzle, nonce), fields.target)) ? null : 'wrong';
}

function holdTry(vector: Read): void {
  const output = attempt(bytes(vector, 'puzzle'), number(vector, 'nonce'));
  expect(hex(output)).toBe(text(vector, 'output'));
  expect(wire.isHit(output, number(vector, 'target')) as unknown).toBe(vector.hit);
}

function holdToken(vector: Read): void {
  const token = bytes(vector, 'token');
  const fields = wire.decodeToken(token);
  if (fields === null) throw new Error('a good token was refused');
  expect(vector).toMatchObject({ ...fields, random: hex(fields.random), mac: hex(fields.mac) });
  expect(hex(wire.encodeToken(fields))).toBe(hex(token));
}

function holdBind(vector: Read): void {
  const [joinKey, ownerKey] = [bytes(vector, 'joinKey'), bytes(vector, 'ownerKey')];
  const hashed = wire.bindInput({
    joinKey,
    ownerKey,
    ttlSeconds: number(vector, 'ttlSeconds'),
    capacity: number(vector, 'capacity'),
  });
  expect([hex(hashed), hex(sha256(hashed))]).toEqual([text(vector, 'hashed'), text(vector, 'bind')]);
}

function holdSolution(vector: Read): void {
  const puzzle = bytes(vector, 'puzzle');
  const nonces = wire.decodeSolution(bytes(vector, 'solution'), wire.hitsPerSolution);
  expect(nonces as unknown).toEqual(vector.nonces);
  expect(wire.isAscending(nonces ?? [])).toBe(true);
  expect(hex(wire.encodeSolution(nonces ?? []))).toBe(text(vector, 'solution'));
  for (const nonce of nonces ?? []) expect(wire.isHit(attempt(puzzle, nonce), number(vector, 'target'))).toBe(true);
}

function holdEfforts(vector: Read): void {
  // Written by our generator.
  for (const { target, effort } of vector.efforts as { target: number; effort: number }[]) {
    expect(wire.effortOf(number(vector, 'k'), target)).toBe(effort);
    expect(wire.targetFor(number(vector, 'k'), effort)).toBeGreaterThanOrEqual(target);
    expect(wire.effortOf(number(vector, 'k'), wire.targetFor(number(vector, 'k'), effort))).toBe(effort);
  }
}

const parts: { readonly [name: string]: (vector: Read) => void } = {
  token: holdToken,
  mac: (vector) => {
    const token = bytes(vector, 'token');
    expect(hex(wire.tokenMacInput(token))).toBe(text(vector, 'covered'));
    expect(hex(macOf(bytes(vector, 'key'), token))).toBe(text(vector, 'mac'));
  },
  bind: holdBind,
  puzzle: (vector) => {
    const puzzle = sha256(wire.puzzleInput(bytes(vector, 'token'), bytes(vector, 'bind')));
    expect(hex(puzzle)).toBe(text(vector, 'puzzle'));
  },
  hit: holdTry,
  miss: holdTry,
  edge: holdTry,
  'edge-missed': holdTry,
  solution: holdSolution,
  effort: holdEfforts,
};

export const proofOfWorkReader: Reader = (vector, name) => {
  const part = /\/part-(.*)\.json$/.exec(name)?.[1];
  if (part !== undefined) {
    const hold = parts[part];
    if (hold === undefined) throw new Error(`nothing reads ${name}`);
    return hold(vector);
  }
  // Written by our generator.
  expect(faultOf(text(vector, 'request'), vector.relay as Relay)).toBe(vector.error ?? null);
};
