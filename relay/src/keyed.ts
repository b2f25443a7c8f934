/** Address prefixes as nobody can read them back: hashes under a random key that is replaced every 5 minutes (LM-4). */
import { createHmac, randomBytes } from 'node:crypto';
import { type Address, prefixOf } from './addresses.ts';

const keyLifeMs = 5 * 60 * 1000;
const keyBytes = 32;
const ipv4PrefixBits = 24;
const ipv6PrefixBits = 56;

export class PrefixKey {
  #secret: Uint8Array = randomBytes(keyBytes);
  #renewedAtMs: number;

  constructor(nowMs: number) {
    this.#renewedAtMs = nowMs;
  }

  /** Makes a new key when the old one is 5 minutes old. @returns whether it did: then every hash is another one */
  renew(nowMs: number): boolean {
    if (nowMs - this.#renewedAtMs < keyLifeMs) return false;
    this.#secret = randomBytes(keyBytes);
    this.#renewedAtMs = nowMs;
    return true;
  }

  /** The 32 bytes that stand for the address's prefix under the present key. Addresses that are unknown (null) are one prefix. */
  hash(address: Address | null): Buffer {
    const known = address ?? new Uint8Array(0);
    const prefix = prefixOf(known, known.length === 4 ? ipv4PrefixBits : ipv6PrefixBits);
    return createHmac('sha256', this.#secret).update(prefix).digest();
  }
}

/** A number for a hash: enough of it that two prefixes do not meet. */
export function numberOf(hash: Buffer): number {
  return hash.readUIntBE(0, 6);
}
