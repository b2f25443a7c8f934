/** How the tests read a vector. */
import { hex, unhex } from '../src/vector.ts';

/** A vector as it stands in its file: the header, and the data beside it. */
export interface Read {
  readonly rule: string | readonly string[];
  readonly expect: 'accept' | 'refuse';
  readonly error?: string;
  readonly [name: string]: unknown;
}

/** Holds an implementation to one vector; throws when it differs. `name` is the file's path in vectors/. */
export type Reader = (vector: Read, name: string) => void | Promise<void>;

export function text(vector: Read, name: string): string {
  const value = vector[name];
  if (typeof value !== 'string') throw new Error(`${name} is no text`);
  return value;
}

export function number(vector: Read, name: string): number {
  const value = vector[name];
  if (typeof value !== 'number') throw new Error(`${name} is no number`);
  return value;
}

/** Bytes are hexadecimal in vectors. */
export function bytes(vector: Read, name: string): Uint8Array {
  const value = text(vector, name);
  const read = unhex(value);
  if (hex(read) !== value) throw new Error(`${name} is not hexadecimal`);
  return read;
}
