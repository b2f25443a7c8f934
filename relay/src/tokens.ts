/** Tokens (PW-1, PW-2, PW-11, PW-12): puzzles that this relay hands out and knows again without remembering them. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  algorithmPbkdf2,
  type Challenge,
  clockSkewSeconds,
  concat,
  effortOf,
  encodeToken,
  hitsPerSolution,
  macBytes,
  type Token,
  targetFor,
  tokenLifeSeconds,
  tokenMacInput,
  tokenVersion,
} from '@pug/wire';

const keyBytes = 32;
const keyLifeMs = 24 * 3600 * 1000;

interface Key {
  readonly id: number;
  readonly secret: Uint8Array;
  readonly madeAtMs: number;
}

/** A token with the 52 bytes it was read from. */
export interface ReadToken {
  readonly bytes: Uint8Array;
  readonly fields: Token;
}

export type TokenFault = 'unsupported' | 'expired' | 'clock' | 'forged';

/** The issuer and judge of one process's tokens. Its keys never leave it and die with it. */
export class Tokens {
  /** No token is of the second in which the process started: one that bears it is of a process before (PW-11). */
  readonly #firstSecond: number;
  readonly #audience: number;
  #key: Key;
  #previous: Key | null = null;

  /**
   * @param audience 0 … 65,535: tokens of another are forged, even under the same key
   * @param first the first key, which only the vectors choose
   */
  constructor(nowMs: number, audience = 0, first: Omit<Key, 'madeAtMs'> = firstKey(nowMs)) {
    this.#firstSecond = Math.floor(nowMs / 1000) + 1;
    this.#audience = audience;
    this.#key = { ...first, madeAtMs: nowMs };
  }

  /** A fresh challenge of at least `effort` iterations (HT-3, PW-7), and what they are said to be raised by. */
  challenge(effort: number, nowMs: number, raisedBy: Challenge['raisedBy'] = 'none'): Challenge {
    this.#rotate(nowMs);
    const [k, target] = [hitsPerSolution, targetFor(hitsPerSolution, effort)];
    const issuedAt = Math.max(Math.floor(nowMs / 1000), this.#firstSecond);
    const unsigned = encodeToken({
      version: tokenVersion,
      algorithm: algorithmPbkdf2,
      k,
      keyId: this.#key.id,
      target,
      issuedAt,
      ttl: tokenLifeSeconds,
      audience: this.#audience,
      random: randomBytes(16),
      mac: new Uint8Array(macBytes),
    });
    const token = concat(unsigned.subarray(0, -macBytes), macOf(this.#key, unsigned));
    const expiresAt = 1000 * (issuedAt + tokenLifeSeconds);
    return { token, algorithm: 'pbkdf2', k, target, effort: effortOf(k, target), raisedBy, expiresAt };
  }

  /** Judges a token by itself, in the order of PW-9 from `unsupported` to `forged`. @returns null when it is this relay's and valid */
  check({ bytes, fields }: ReadToken, nowMs: number): TokenFault | null {
    this.#rotate(nowMs);
    const { version, algorithm, k, keyId, issuedAt } = fields;
    if (version !== tokenVersion || algorithm !== algorithmPbkdf2 || k !== hitsPerSolution) return 'unsupported';
    const key = [this.#key, this.#previous].find((candidate) => candidate?.id === keyId);
    if (!key) return 'expired';
    if (1000 * (issuedAt - clockSkewSeconds) > nowMs) return 'clock';
    if (1000 * validUntil(fields) < nowMs || issuedAt < this.#firstSecond) return 'expired';
    const isOurs = timingSafeEqual(macOf(key, bytes), fields.mac);
    return isOurs && fields.audience === this.#audience ? null : 'forged';
  }

  #rotate(nowMs: number): void {
    if (nowMs - this.#key.madeAtMs < keyLifeMs) return;
    this.#previous = this.#key;
    this.#key = { id: (this.#key.id + 1) % 256, secret: randomBytes(keyBytes), madeAtMs: nowMs };
  }
}

/** The last second at which the token is accepted, since 1970 (PW-9). */
export function validUntil({ issuedAt, ttl }: Token): number {
  return issuedAt + ttl + clockSkewSeconds;
}

/** The id is the 4 ms of the start, so that no two processes that start in one second have the same (PW-11). */
function firstKey(nowMs: number): Omit<Key, 'madeAtMs'> {
  return { id: Math.floor(nowMs / 4) % 256, secret: randomBytes(keyBytes) };
}

function macOf(key: Key, token: Uint8Array): Uint8Array {
  return createHmac('sha256', key.secret).update(tokenMacInput(token)).digest().subarray(0, macBytes);
}
