/** What members say to each other (CR-4), and the whole way into and out of a payload. */
import { concat, readU32, u32 } from '@pug/wire';
import { messageType, type Opening, openFrame, type Sender, sealFrame } from './envelope.ts';
import { pad, unpad } from './padding.ts';

/** One thing a member says. `counter` is 1 … 2^32−1 and grows by 1 with each frame of a membership (CR-5). */
export type Content = TextContent | NameContent;

export interface TextContent {
  readonly kind: 'text';
  readonly counter: number;
  /** 16 random bytes: the same when a text is sent again, so that it is seen once (CL-6). */
  readonly id: Uint8Array;
  /** 1 … 16,384 bytes of UTF-8. */
  readonly text: string;
}

export interface NameContent {
  readonly kind: 'name';
  readonly counter: number;
  /** 1 … 64 bytes of UTF-8. */
  readonly name: string;
}

/** The longest text, in bytes of UTF-8. */
export const maxTextBytes = 16_384;
/** The longest name, in bytes of UTF-8. */
export const maxNameBytes = 64;

const kindBytes = { text: 1, name: 2 } as const;
const headerBytes = 5;
const idBytes = 16;
const maxCounter = 2 ** 32 - 1;

const encoder = new TextEncoder();
// ignoreBOM keeps a leading U+FEFF: dropping it would give two byte strings one meaning.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The length of `text` in bytes of UTF-8. */
export function utf8Bytes(text: string): number {
  return encoder.encode(text).length;
}

/** Throws RangeError when counter, id, text or name are not of their range, or hold half a surrogate pair. */
export function encodeContent(content: Content): Uint8Array {
  const { kind, counter } = content;
  if (!Number.isInteger(counter) || counter < 1 || counter > maxCounter) throw new RangeError('counter is 1 … 2^32−1');
  const header = concat(Uint8Array.of(kindBytes[kind]), u32(counter));
  if (content.kind === 'name') return concat(header, encodeWords(content.name, maxNameBytes));
  if (content.id.length !== idBytes) throw new RangeError('an id has 16 bytes');
  return concat(header, content.id, encodeWords(content.text, maxTextBytes));
}

/** The content that these bytes spell, or null: unknown kind, counter 0, a length out of range, invalid UTF-8. */
export function decodeContent(bytes: Uint8Array): Content | null {
  if (bytes.length < headerBytes) return null;
  const counter = readU32(bytes, 1);
  if (counter === 0) return null;
  if (bytes[0] === kindBytes.name) {
    const name = decodeWords(bytes.subarray(headerBytes), maxNameBytes);
    return name === null ? null : { kind: 'name', counter, name };
  }
  if (bytes[0] !== kindBytes.text) return null;
  const text = decodeWords(bytes.subarray(headerBytes + idBytes), maxTextBytes);
  return text === null ? null : { kind: 'text', counter, id: bytes.slice(headerBytes, headerBytes + idBytes), text };
}

/** The payload that says `content` to the room. `nonce`: 12 bytes, random for each frame (CR-2). */
export function sealMessage(sender: Sender, nonce: Uint8Array, content: Content): Promise<Uint8Array> {
  return sealFrame({ ...sender, nonce, type: messageType, body: pad(encodeContent(content)) });
}

/** What a payload says, or null when it does not open, is no message, or is not of its form (CR-6). */
export async function openMessage(opening: Opening): Promise<Content | null> {
  const opened = await openFrame(opening);
  if (opened?.type !== messageType) return null;
  const bytes = unpad(opened.body);
  return bytes === null ? null : decodeContent(bytes);
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
