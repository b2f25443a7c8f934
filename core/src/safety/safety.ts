/** The safety code: what everybody in the room can compare to know that nobody is in between (CR-15). */
import { ascii, concat } from '@pug/wire';
import { unshared } from '../webcrypto.ts';
import { safetySymbols } from './symbols.ts';
import { safetyWords } from './words.ts';

const rounds = 100_000;
const wordCount = 8;
const bitsPerWord = 11;
const symbolCount = 14;
const bitsPerSymbol = 6;

/** The same code in two spellings. */
export interface SafetyCode {
  /** 8 words of 2,048: 88 bits. */
  readonly words: readonly string[];
  /** 14 symbols of 64: the first 84 of these bits. */
  readonly symbols: readonly string[];
}

/**
 * The code of a group: it changes exactly when the set of signature keys does (or the group). `roomId` and `groupId` are 16 bytes,
 * signature keys 32 each, in any order.
 */
export async function safetyCode(
  roomId: Uint8Array,
  groupId: Uint8Array,
  signatureKeys: readonly Uint8Array[],
): Promise<SafetyCode> {
  const sorted = signatureKeys.toSorted(compareBytes);
  const key = await crypto.subtle.importKey('raw', concat(...sorted, ascii('pug/1 safety')), 'PBKDF2', false, [
    'deriveBits',
  ]);
  const algorithm = {
    name: 'PBKDF2',
    hash: 'SHA-256',
    salt: unshared(concat(roomId, groupId)),
    iterations: rounds,
  } as const;
  const bits = new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, wordCount * bitsPerWord));
  return {
    words: indices(bits, wordCount, bitsPerWord).map((index) => safetyWords[index] ?? ''),
    symbols: indices(bits, symbolCount, bitsPerSymbol).map((index) => safetySymbols[index] ?? ''),
  };
}

/** The first `count` numbers of `width` bits, most significant bit first. */
function indices(bytes: Uint8Array, count: number, width: number): readonly number[] {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: count }, (_, at) => Number.parseInt(bits.slice(at * width, (at + 1) * width), 2));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? 0);
}
