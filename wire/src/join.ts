/** Join proofs (JN-1 … JN-3): the bytes to hash and to sign, and the checks that make Ed25519 mean the same everywhere. */
import { ascii, concat, equalBytes } from './bytes.ts';

export const roomIdBytes = 16;

/** What keeps the things that are hashed and signed apart. Spelt once: the relay needs them for every join. */
const labels = { room: ascii('pug/1 room'), join: ascii('pug/1 join'), owner: ascii('pug/1 owner') };

/** What `roomId` is the first 16 bytes of the SHA-256 of (LK-5). `joinKey` is 32 bytes. */
export function roomIdInput(joinKey: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(labels.room, joinKey);
}

/** What a join proof signs (JN-1). `roomId` is 16 bytes, `nonce` 32. */
export function joinProofInput(roomId: Uint8Array, nonce: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(labels.join, roomId, nonce);
}

/** What an owner proof signs (JN-2). `roomId` is 16 bytes, `nonce` 32. */
export function ownerProofInput(roomId: Uint8Array, nonce: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(labels.owner, roomId, nonce);
}

/** 2^255 − 19, the field's prime (RFC 7748 section 4.1). */
const p = 2n ** 255n - 19n;
/** A y coordinate of the points of order 8, a root of d·y⁴ + 2·y² − 1; the other is its negative. */
const yOfOrder8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
// Pure, or the page would bring along what only a relay judges by.
const prime = /* @__PURE__ */ littleEndian(p);
/** The order of the base point (RFC 8032 section 5.1). */
const groupOrder = /* @__PURE__ */ littleEndian(2n ** 252n + 27742317777372353535851937790883648493n);
const smallOrderYs = /* @__PURE__ */ [0n, 1n, p - 1n, yOfOrder8, p - yOfOrder8].map(littleEndian);

/** Whether `key` (32 bytes) may stand as a public key: a canonical y coordinate, not of small order. Whether it is a point at all the signature check tells. */
export function isAcceptableKey(key: Uint8Array): boolean {
  if (key.length !== 32) return false;
  const y = key.slice();
  // The topmost bit is the sign of x.
  y[31] = (y[31] ?? 0) & 0x7f;
  return isBelow(y, prime) && !smallOrderYs.some((small) => equalBytes(small, y));
}

/** Whether the S of `signature` (64 bytes) is below the group order, so that a signature has one spelling. */
export function isCanonicalSignature(signature: Uint8Array): boolean {
  return signature.length === 64 && isBelow(signature.subarray(32), groupOrder);
}

/** Compares two little-endian numbers of 32 bytes from the top. */
function isBelow(number: Uint8Array, bound: Uint8Array): boolean {
  for (let at = 31; at >= 0; at--) {
    const difference = (number[at] ?? 0) - (bound[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** A number below 2^256 as 32 bytes. */
function littleEndian(number: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, at) => Number((number >> BigInt(8 * at)) & 255n));
}
