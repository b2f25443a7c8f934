/**
 * Ed25519 in plain arithmetic (RFC 8032 section 5.1), to make the signatures that no library makes: keys and nonce points with a part of small
 * order, spellings that are not canonical. Slow and not secret-safe: for vectors only.
 */
import { createHash } from 'node:crypto';

/** The field's prime, 2^255 − 19. */
export const p = 2n ** 255n - 19n;
/** The order of the base point. */
export const groupOrder = 2n ** 252n + 27742317777372353535851937790883648493n;

/** An affine point of the curve −x² + y² = 1 + d·x²·y². */
export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

const mod = (value: bigint, modulus: bigint = p): bigint => ((value % modulus) + modulus) % modulus;
const d = mod(-121665n * inverse(121666n));

export const identity: Point = { x: 0n, y: 1n };
export const base: Point = { x: xOf(mod(4n * inverse(5n)), 0n) ?? 0n, y: mod(4n * inverse(5n)) };

function power(value: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = mod(value);
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}

function inverse(value: bigint): bigint {
  return power(value, p - 2n);
}

/** The x of parity `sign` on the curve at `y`, or null when there is none (RFC 8032 section 5.1.3). */
function xOf(y: bigint, sign: bigint): bigint | null {
  const square = mod((y * y - 1n) * inverse(d * y * y + 1n));
  let x = power(square, (p + 3n) / 8n);
  if (mod(x * x) !== square) x = mod(x * power(2n, (p - 1n) / 4n));
  if (mod(x * x) !== square || (x === 0n && sign === 1n)) return null;
  return (x & 1n) === sign ? x : mod(-x);
}

export function add(a: Point, b: Point): Point {
  const product = mod(d * a.x * b.x * a.y * b.y);
  const x = mod((a.x * b.y + a.y * b.x) * inverse(1n + product));
  return { x, y: mod((a.y * b.y + a.x * b.x) * inverse(1n - product)) };
}

export function negate({ x, y }: Point): Point {
  return { x: mod(-x), y };
}

export function multiply(point: Point, scalar: bigint): Point {
  let result = identity;
  let doubled = point;
  for (let left = scalar; left > 0n; left >>= 1n) {
    if (left & 1n) result = add(result, doubled);
    doubled = add(doubled, doubled);
  }
  return result;
}

/** 32 bytes, least significant first. */
export function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, at) => Number((value >> BigInt(8 * at)) & 255n));
}

export function fromLittleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** y in 255 bits and the parity of x in the last: the one canonical spelling of a point. */
export function encodePoint({ x, y }: Point): Uint8Array {
  return littleEndian(y | ((x & 1n) << 255n));
}

/** The point that 32 bytes spell, taking a y of p or more modulo p, or null when there is none. */
export function decodePoint(bytes: Uint8Array): Point | null {
  const value = fromLittleEndian(bytes);
  const y = mod(value & (2n ** 255n - 1n));
  const x = xOf(y, value >> 255n);
  return x === null ? null : { x, y };
}

/** The secret scalar of a seed (RFC 8032 section 5.1.5). */
export function scalarOf(seed: Uint8Array): bigint {
  const half = createHash('sha512').update(seed).digest().subarray(0, 32);
  return (fromLittleEndian(half) & (2n ** 254n - 8n)) | (2n ** 254n);
}

/** `h` of a signature: SHA-512(R ‖ A ‖ message) modulo the group order, over the bytes as they are spelt. */
export function challengeOf(r: Uint8Array, key: Uint8Array, message: Uint8Array): bigint {
  const hash = createHash('sha512').update(r).update(key).update(message).digest();
  return mod(fromLittleEndian(hash), groupOrder);
}

/** Whether JN-3 accepts `signature` (64 bytes) of `message` under `key` (32 bytes). */
export function verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const point = decodePoint(key);
  if (point === null || fromLittleEndian(key) % 2n ** 255n >= p) return false;
  if (multiply(point, 8n).x === 0n && multiply(point, 8n).y === 1n) return false;
  const [r, s] = [signature.subarray(0, 32), fromLittleEndian(signature.subarray(32))];
  if (s >= groupOrder) return false;
  const expected = add(multiply(base, s), negate(multiply(point, challengeOf(r, key, message))));
  return Buffer.compare(encodePoint(expected), r) === 0;
}
