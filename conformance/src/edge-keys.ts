/** Keys and signatures on which implementations of Ed25519 disagree (JN-3), made against a live relay's nonce. */
import { randomBytes } from 'node:crypto';
import { joinProofInput, ownerProofInput, toBase64url } from '@pug/wire';
import {
  add,
  base,
  challengeOf,
  decodePoint,
  encodePoint,
  fromLittleEndian,
  groupOrder,
  littleEndian,
  multiply,
  type Point,
  p,
  scalarOf,
} from './ed25519.ts';
import { newSigner, type RoomKeys, roomIdOf } from './keys.ts';

const signBit = 2n ** 255n;

/** A point of order 8: what is left of a point when its part of the large order is multiplied away. */
export function pointOfOrder8(): Point {
  for (let y = 2n; ; y++) {
    const point = decodePoint(littleEndian(y));
    if (point === null) continue;
    const rest = multiply(point, groupOrder);
    if (multiply(rest, 4n).y !== 1n) return rest;
  }
}

const torsion = pointOfOrder8();

/** Every canonical spelling of a point of small order, with either sign bit. */
export const smallOrderKeys: readonly Uint8Array[] = [0n, 1n, p - 1n, torsion.y, p - torsion.y]
  .flatMap((y) => [y, y | signBit])
  .map(littleEndian);

/** Spellings of a y of p or more: of small order, of large order, and the largest there is. */
export const tooLargeKeys: readonly Uint8Array[] = [p, p + 1n, p + 3n, p + 9n, 2n ** 255n - 1n]
  .flatMap((y) => [y, y | signBit])
  .map(littleEndian);

/** A y below p that no point of the curve has: acceptable, and never the key of a signature. */
export function offCurveKey(): Uint8Array {
  for (let y = fromLittleEndian(randomBytes(31)); ; y++) {
    if (decodePoint(littleEndian(y)) === null) return littleEndian(y);
  }
}

/** The keys of a room whose join key has a part of order 8. Nobody can tell it from its look. */
export function mixedKeys(): {
  readonly keys: RoomKeys;
  /** A proof for `nonce` that holds as RFC 8032 section 5.1.7 has it without the cofactor, or one that holds with it only. */
  readonly sign: (nonce: Uint8Array, holds: boolean) => Uint8Array;
} {
  const secret = scalarOf(randomBytes(32));
  const joinKey = encodePoint(add(multiply(base, secret), torsion));
  const id = roomIdOf(joinKey);
  const owner = newSigner();
  const sign = (nonce: Uint8Array, holds: boolean): Uint8Array => {
    const message = joinProofInput(id, nonce);
    let r = fromLittleEndian(randomBytes(31));
    // The next point is one addition away: multiplying anew would take long.
    for (let point = multiply(base, r); ; point = add(point, base), r++) {
      const spelling = encodePoint(point);
      const h = challengeOf(spelling, joinKey, message);
      // h times the part of order 8 vanishes by itself, or only under the cofactor.
      if ((h % 8n === 0n) === holds) return Buffer.concat([spelling, littleEndian((r + h * secret) % groupOrder)]);
    }
  };
  const keys: RoomKeys = {
    roomId: toBase64url(id),
    joinKey,
    ownerKey: owner.publicKey,
    signJoin: (nonce) => sign(nonce, true),
    signOwner: (nonce) => owner.sign(ownerProofInput(id, nonce)),
  };
  return { keys, sign };
}
