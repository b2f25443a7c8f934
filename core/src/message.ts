/** What members say to each other inside the ratchet (CR-4), and the body of every frame (CR-5). */
import { concat, readU32, u32 } from '@pug/wire';
import { type OpenedFrame, type Opening, openFrame, type Sealing, sealFrame } from './envelope.ts';

/** One thing a member says. */
export type Content = TextContent | NameContent;

export interface TextContent {
  readonly kind: 'text';
  /** 16 random bytes: the same when a text is sent again, so that it is seen once (CL-6). */
  readonly id: Uint8Array;
  /** 1 … 16,384 bytes of UTF-8. */
  readonly text: string;
}

export interface NameContent {
  readonly kind: 'name';
  /** 1 … 64 bytes of UTF-8. */
  readonly name: string;
}

/** Where its sender was in the order: the last event it had handled, and the first 16 bytes of its transcript there (CR-14). */
export interface Position {
  readonly seq: number;
  readonly tag: Uint8Array;
}

/** A content and the position it was said at. */
export interface Said {
  readonly content: Content;
  readonly position: Position;
}

/** The longest text, in bytes of UTF-8. */
export const maxTextBytes = 16_384;
/** The longest name, in bytes of UTF-8. */
export const maxNameBytes = 64;

/** The byte that a content begins with. */
export const kindBytes = { text: 1, name: 2 } as const;
const tagBytes = 16;
const headerBytes = 1 + 4 + tagBytes;
const idBytes = 16;
const counterBytes = 4;
const maxCounter = 2 ** 32 - 1;

const encoder = new TextEncoder();
// ignoreBOM keeps a leading U+FEFF: dropping it would give two byte strings one meaning.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The length of `text` in bytes of UTF-8. */
export function utf8Bytes(text: string): number {
  return encoder.encode(text).length;
}

/** Throws RangeError when tag, id, text or name are not of their range, or hold half a surrogate pair. */
export function encodeSaid({ content, position }: Said): Uint8Array {
  if (position.tag.length !== tagBytes) throw new RangeError('a transcript tag has 16 bytes');
  const header = concat(Uint8Array.of(kindBytes[content.kind]), u32(position.seq), position.tag);
  if (content.kind === 'name') return concat(header, encodeWords(content.name, maxNameBytes));
  if (content.id.length !== idBytes) throw new RangeError('an id has 16 bytes');
  return concat(header, content.id, encodeWords(content.text, maxTextBytes));
}

/** What these bytes say, or null: unknown kind, a length out of range, invalid UTF-8. */
export function decodeSaid(bytes: Uint8Array): Said | null {
  if (bytes.length < headerBytes) return null;
  const content = decodeContent(bytes);
  return content && { content, position: { seq: readU32(bytes, 1), tag: bytes.slice(5, headerBytes) } };
}

/** A frame's body as it is numbered: `counter` is 1 … 2^32−1 and grows by 1 with each frame of a membership. */
export interface Numbered extends OpenedFrame {
  readonly counter: number;
}

/** The payload of a frame whose body is `counter(4) ‖ body`. Throws RangeError for a counter out of range. */
export function sealNumbered({ counter, ...sealing }: Sealing & Numbered): Promise<Uint8Array> {
  if (!Number.isInteger(counter) || counter < 1 || counter > maxCounter) throw new RangeError('counter is 1 … 2^32−1');
  return sealFrame({ ...sealing, body: concat(u32(counter), sealing.body) });
}

/** What a payload holds, or null when it does not open or has no counter (CR-6). */
export async function openNumbered(opening: Opening): Promise<Numbered | null> {
  const opened = await openFrame(opening);
  const counter = opened !== null && opened.body.length >= counterBytes ? readU32(opened.body, 0) : 0;
  return opened && counter > 0 ? { type: opened.type, counter, body: opened.body.slice(counterBytes) } : null;
}

function decodeContent(bytes: Uint8Array): Content | null {
  if (bytes[0] === kindBytes.name) {
    const name = decodeWords(bytes.subarray(headerBytes), maxNameBytes);
    return name === null ? null : { kind: 'name', name };
  }
  if (bytes[0] !== kindBytes.text) return null;
  const text = decodeWords(bytes.subarray(headerBytes + idBytes), maxTextBytes);
  return text === null ? null : { kind: 'text', id: bytes.slice(headerBytes, headerBytes + idBytes), text };
}

function encodeWords(words: string, maxBytes: number): Uint8Array {
  if (!words.isWellFormed()) throw new RangeError('half a surrogate pair has no UTF-8');
  const bytes = encoder.encode(words);
  if (bytes.length < 1 || bytes.length > maxBytes) throw new RangeError(`1 … ${maxBytes} bytes of UTF-8`);
  return bytes;
}

function decodeWords(bytes: Uint8Array, maxBytes: number): string | null {
  if (bytes.length < 1 || bytes.length > maxBytes) return null;
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
