/** Join proofs (JN-1 … JN-3): the bytes to hash and to sign, and the checks that make Ed25519 mean the same everywhere. */
import { ascii, concat } from './bytes.ts';

export const roomIdBytes = 16;

/** What `roomId` is the first 16 bytes of the SHA-256 of (LK-5). `joinKey` is 32 bytes. */
export function roomIdInput(joinKey: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(ascii('pug/1 room'), joinKey);
}

/** What a join proof signs (JN-1). `roomId` is 16 bytes, `nonce` 32. */
export function joinProofInput(roomId: Uint8Array, nonce: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(ascii('pug/1 join'), roomId, nonce);
}

/** What an owner proof signs (JN-2). `roomId` is 16 bytes, `nonce` 32. */
export function ownerProofInput(roomId: Uint8Array, nonce: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(ascii('pug/1 owner'), roomId, nonce);
}

/** 2^255 − 19, the field's prime (RFC 7748 section 4.1). */
const p = 2n ** 255n - 19n;
/** The order of the base point (RFC 8032 section 5.1). */
const groupOrder = 2n ** 252n + 27742317777372353535851937790883648493n;
/** A y coordinate of the points of order 8, a root of d·y⁴ + 2·y² − 1; the other is its negative. */
const yOfOrder8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
const smallOrderYs: readonly bigint[] = [0n, 1n, p - 1n, yOfOrder8, p - yOfOrder8];

/** Whether `key` (32 bytes) may stand as a public key: a canonical y coordinate, not of small order. Whether it is a point at all the signature check tells. */
export function isAcceptableKey(key: Uint8Array): boolean {
  if (key.length !== 32) return false;
  const y = littleEndian(key) & (2n ** 255n - 1n);
  return y < p && !smallOrderYs.includes(y);
}

/** Whether the S of `signature` (64 bytes) is below the group order, so that a signature has one spelling. */
export function isCanonicalSignature(signature: Uint8Array): boolean {
  return signature.length === 64 && littleEndian(signature.subarray(32)) < groupOrder;
}

function littleEndian(bytes: Uint8Array): bigint {
  let hex = '0x';
  for (let at = bytes.length - 1; at >= 0; at--) hex += (bytes[at] ?? 0).toString(16).padStart(2, '0');
  return BigInt(hex);
}
