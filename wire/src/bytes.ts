/** Bytes and their two spellings on the wire: big-endian integers and strict base64url. */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const sextetOf = new Int8Array(128).fill(-1);
for (let value = 0; value < alphabet.length; value++) sextetOf[alphabet.charCodeAt(value)] = value;

/** Two characters for each 12 bits. */
const pairs: string[] = [];
for (const first of alphabet) for (const second of alphabet) pairs.push(first + second);

/** base64url without padding (RFC 4648 section 5). Joined at the end: a text that grew by the character would be kept as a tree of them. */
export function toBase64url(bytes: Uint8Array): string {
  const parts: (string | undefined)[] = [];
  const whole = bytes.length - (bytes.length % 3);
  for (let at = 0; at < whole; at += 3) {
    const bits = (readU16(bytes, at) << 8) | (bytes[at + 2] ?? 0);
    parts.push(pairs[bits >> 12], pairs[bits & 4095]);
  }
  // What is left is 8 or 16 bits; zeros fill the last character.
  if (bytes.length - whole === 1) parts.push(pairs[(bytes[whole] ?? 0) << 4]);
  if (bytes.length - whole === 2) {
    const bits = readU16(bytes, whole);
    parts.push(pairs[bits >> 4], alphabet.charAt((bits & 15) << 2));
  }
  return parts.join('');
}

/**
 * The bytes that `text` spells, or null when it is not their one spelling: another character, padding, an impossible length,
 * non-zero trailing bits, or not `lengthBytes` long where that is given.
 */
export function fromBase64url(text: string, lengthBytes?: number): Uint8Array | null {
  if (text.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  if (lengthBytes !== undefined && bytes.length !== lengthBytes) return null;
  let at = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < text.length; i++) {
    const sextet = sextetOf[text.charCodeAt(i)] ?? -1;
    if (sextet < 0) return null;
    held = (held << 6) | sextet;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits;
    held &= (1 << bits) - 1;
  }
  return held === 0 ? bytes : null;
}

/** Joins byte strings: the `‖` of the specification. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether two byte strings are the same. Not for secrets: it stops at the first difference. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  // A loop: the relay compares for every request, and a closure called for each byte takes many times as long until it is compiled.
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** A text label as ASCII bytes, without a terminator. */
export function ascii(label: string): Uint8Array {
  return Uint8Array.from(label, (character) => character.charCodeAt(0));
}

/** `value` (0 … 65,535) as 2 bytes. */
export function u16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}

/** `value` (0 … 2^32−1) as 4 bytes. */
export function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** The 2-byte integer at `at`, which must lie within `bytes`. */
export function readU16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** The 4-byte integer at `at`, which must lie within `bytes`. */
export function readU32(bytes: Uint8Array, at: number): number {
  return ((readU16(bytes, at) << 16) | readU16(bytes, at + 2)) >>> 0;
}

/** Writes `value` (0 … 2^32−1) as 4 bytes at `at`. */
export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
