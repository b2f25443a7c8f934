/** Proof of work (PW-1 … PW-7): the token, what is hashed, what is a hit. Hashing itself is the caller's. */
import { ascii, concat, readU16, readU32, u16, u32 } from './bytes.ts';
import { maxU32 } from './limits.ts';

export const tokenBytes = 52;
export const macBytes = 20;
/** The part of a token that its mac covers. */
export const tokenClaimBytes = tokenBytes - macBytes;
export const tokenVersion = 1;
/** PBKDF2-HMAC-SHA-256: the one algorithm of protocol 1. */
export const algorithmPbkdf2 = 1;
export const hitsPerSolution = 8;
export const iterationsPerTry = 1024;
/** The PBKDF2 output of one try. */
export const tryBytes = 32;
export const tokenLifeSeconds = 120;
export const clockSkewSeconds = 30;
/** Expected iterations of a calm relay's challenge, of the hardest it sets, and beyond which a client refuses (PW-7, PW-8). */
export const floorEffort = 2 ** 18;
export const ceilingEffort = 2 ** 23;
export const clientMaxEffort = 2 ** 27;

/** What keeps the things that are hashed apart. Spelt once: the relay needs them for every request. */
const labels = { token: ascii('pug/1 token'), create: ascii('pug/1 create'), puzzle: ascii('pug/1 puzzle') };

/** A token's fields (PW-1). Times are in seconds, `issuedAt` since 1970; `random` is 16 bytes, `mac` 20. */
export interface Token {
  readonly version: number;
  readonly algorithm: number;
  readonly k: number;
  readonly keyId: number;
  readonly target: number;
  readonly issuedAt: number;
  readonly ttl: number;
  readonly audience: number;
  readonly random: Uint8Array;
  readonly mac: Uint8Array;
}

/** The token's 52 bytes. */
export function encodeToken(token: Token): Uint8Array<ArrayBuffer> {
  const head = Uint8Array.of(token.version, token.algorithm, token.k, token.keyId);
  const times = concat(u32(token.issuedAt), u16(token.ttl), u16(token.audience));
  return concat(head, u32(token.target), times, token.random, token.mac);
}

/** The fields of 52 bytes, or null for another length. Whether the values are known and the mac is good is judged by PW-9. */
export function decodeToken(bytes: Uint8Array): Token | null {
  if (bytes.length !== tokenBytes) return null;
  const [version = 0, algorithm = 0, k = 0, keyId = 0] = bytes;
  return {
    version,
    algorithm,
    k,
    keyId,
    target: readU32(bytes, 4),
    issuedAt: readU32(bytes, 8),
    ttl: readU16(bytes, 12),
    audience: readU16(bytes, 14),
    random: bytes.slice(16, tokenClaimBytes),
    mac: bytes.slice(tokenClaimBytes),
  };
}

/** What a token's mac is the HMAC-SHA-256 of (PW-2). */
export function tokenMacInput(token: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(labels.token, token.subarray(0, tokenClaimBytes));
}

/** The room that work is done for, as it is requested: keys of 32 bytes, 1 … 2^32−1 seconds, 1 … 65,535 members. */
export interface RoomTerms {
  readonly joinKey: Uint8Array;
  readonly ownerKey: Uint8Array;
  readonly ttlSeconds: number;
  readonly capacity: number;
}

/** What `bind` is the SHA-256 of (PW-3). */
export function bindInput({ joinKey, ownerKey, ttlSeconds, capacity }: RoomTerms): Uint8Array<ArrayBuffer> {
  return concat(labels.create, joinKey, ownerKey, u32(ttlSeconds), u16(capacity));
}

/** What `puzzle` is the SHA-256 of (PW-4). `token` is 52 bytes, `bind` 32. */
export function puzzleInput(token: Uint8Array, bind: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(labels.puzzle, token, bind);
}

/** The salt of try number `nonce` (PW-5). */
export function nonceSalt(nonce: number): Uint8Array {
  return u32(nonce);
}

/** Whether the output of a try is a hit (PW-5). */
export function isHit(output: Uint8Array, target: number): boolean {
  return readU32(output, 0) <= target;
}

/** The expected number of iterations for `k` hits (PW-7). */
export function effortOf(k: number, target: number): number {
  return Math.floor((k * 2 ** 32) / (target + 1)) * iterationsPerTry;
}

/** The target whose effort is nearest to `effort` iterations without being below it, for `k` hits. */
export function targetFor(k: number, effort: number): number {
  const tries = Math.max(k, Math.ceil(effort / iterationsPerTry));
  return Math.min(maxU32, Math.floor((k * 2 ** 32) / tries) - 1);
}

/** A solution's bytes (PW-6). */
export function encodeSolution(nonces: readonly number[]): Uint8Array<ArrayBuffer> {
  return concat(...nonces.map(u32));
}

/** The `k` nonces of a solution, or null when it is not 4·k bytes. */
export function decodeSolution(solution: Uint8Array, k: number): readonly number[] | null {
  return solution.length === 4 * k ? Array.from({ length: k }, (_, at) => readU32(solution, 4 * at)) : null;
}

/** Whether the nonces strictly ascend, so that each counts once and a solution has one spelling (PW-6). */
export function isAscending(nonces: readonly number[]): boolean {
  return nonces.every((nonce, at) => at === 0 || nonce > (nonces[at - 1] ?? maxU32));
}
