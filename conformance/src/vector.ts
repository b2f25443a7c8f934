/** What a vector is, and the few things all generators use. Nothing here is random: generating again leaves no difference. */
import { createHash } from 'node:crypto';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** One scenario: what is given, and whether it is accepted or refused with which error. */
export interface Vector {
  /** Where it is written: folder and name, without `.json`. */
  readonly path: string;
  /** The rule or rules it proves. */
  readonly rule: string | readonly string[];
  readonly expect: 'accept' | 'refuse';
  /** How it is refused, where a rule names it. */
  readonly error?: string;
  readonly comment: string;
  readonly data: { readonly [name: string]: Json };
}

/** The file that holds a vector. */
export function fileOf({ rule, expect, error, comment, data }: Vector): string {
  const header = { rule, expect, ...(error === undefined ? {} : { error }), comment };
  return `${JSON.stringify({ ...header, ...data }, null, 2)}\n`;
}

/** Bytes that look random and are the same every time: SHA-256 over a label and a counter. */
export function fixed(label: string, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, at) => sha256(ascii(`vector ${label} ${at}`)));
  return concat(...blocks).subarray(0, length);
}

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(
    createHash('sha256')
      .update(concat(...parts))
      .digest(),
  );
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export function ascii(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

/** `value` as `length` big-endian bytes. */
export function big(value: number, length: number): Uint8Array {
  return unhex(value.toString(16).padStart(2 * length, '0'));
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export function unhex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** base64url without padding, by the platform and not by our own code. */
export function b64u(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
