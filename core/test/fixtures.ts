/** One room that the tests talk in, and bytes of every kind for the property tests. */
import { fromBase64url } from '@pug/wire';
import fc from 'fast-check';
import { deriveKeys, type Link } from '../src/index.ts';

export const link: Link = {
  roomSecret: Uint8Array.from({ length: 16 }, (_, at) => at),
  linkKey: Uint8Array.from({ length: 32 }, (_, at) => 0xa0 + at),
};

export const room = await deriveKeys(link);

export const sender = { frameKey: room.frameKey, roomIdBytes: room.roomIdBytes, member: 3 };

/** Byte strings of exactly `length`. */
export function bytesOf(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}

/** `bytes` with one bit turned. */
export function withFlippedBit(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = bytes.slice();
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export function unhex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** The bytes of a text that is known to be base64url. */
export function decoded(text: string): Uint8Array {
  const bytes = fromBase64url(text);
  if (bytes === null) throw new Error('not base64url');
  return bytes;
}
