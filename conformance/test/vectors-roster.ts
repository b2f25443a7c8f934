/** Vectors of what members agree by, against core: credentials, bodies, transcripts, names, safety codes. */
import { expect } from 'bun:test';
import * as core from '@pug/core';
import { Transcript } from '../../core/src/roster/transcript.ts';
import { safetySymbols } from '../../core/src/safety/symbols.ts';
import { safetyWords } from '../../core/src/safety/words.ts';
import { hex, unhex } from '../src/vector.ts';
import { bytes, number, type Reader, text } from './vectors-read.ts';

const credential: Reader = async (vector) => {
  const linkKey = bytes(vector, 'linkKey');
  const { memberKey } = await core.deriveKeys({ roomSecret: new Uint8Array(16), linkKey });
  const room = { memberKey, roomIdBytes: bytes(vector, 'roomId') };
  const key = bytes(vector, 'signatureKey');
  expect(await core.isCredential(room, bytes(vector, 'credential'), key)).toBe(vector.expect === 'accept');
  if (vector.expect === 'refuse') return;
  const made = await core.makeCredential(room, number(vector, 'member'), bytes(vector, 'random'), key);
  expect(hex(made)).toBe(text(vector, 'credential'));
};

/** Decodes and encodes again, with the fields in between as the vectors write them. */
function pair<T extends object>(decode: (body: Uint8Array) => T | null, encode: (value: T) => Uint8Array) {
  return (body: Uint8Array) => {
    const value = decode(body);
    if (value === null) return null;
    const spelt = Object.entries(value).map(([name, field]) => [
      name,
      field instanceof Uint8Array ? hex(field) : field,
    ]);
    return { fields: Object.fromEntries(spelt), bytes: hex(encode(value)) };
  };
}

const pairs = {
  found: pair(core.decodeFound, core.encodeFound),
  commit: pair(core.decodeCommit, core.encodeCommit),
  welcome: pair(core.decodeWelcome, core.encodeWelcome),
  beat: pair(core.decodeBeat, core.encodeBeat),
};

const bodies: Reader = (vector) => {
  const kind = text(vector, 'body');
  if (!(kind === 'found' || kind === 'commit' || kind === 'welcome' || kind === 'beat'))
    throw new Error(`${kind} is no body`);
  const read = pairs[kind](bytes(vector, 'bytes'));
  if (vector.expect === 'refuse') return expect(read).toBeNull();
  expect(read).toEqual({ fields: vector.fields, bytes: text(vector, 'bytes') });
};

/** An event as the vectors write it. */
interface Event {
  readonly kind: 'frame' | 'join' | 'leave' | 'lock';
  readonly seq: number;
  readonly member: number;
  readonly frame?: string;
  readonly hash: string;
}

function logged({ kind, seq, member, frame = '' }: Event): core.LogEvent {
  if (kind === 'lock') return { type: 'lock', seq, locked: member === 1 };
  if (kind === 'frame') return { type: 'frame', seq, member, frame: unhex(frame) };
  return { type: kind, seq, member };
}

const transcript: Reader = async (vector) => {
  const held = new Transcript(number(vector, 'seq'), bytes(vector, 'start'));
  // Our own generator wrote them, and the hashes tell.
  for (const event of vector.events as readonly Event[]) {
    await held.extend(logged(event));
    expect(hex(held.hash)).toBe(event.hash);
    expect(held.compare(event.seq, unhex(event.hash.slice(0, 32)))).toBe(true);
  }
};

const names: Reader = async (vector, name) => {
  if (vector.list === undefined) {
    const { name: derived, tag } = await core.personaOf(bytes(vector, 'signatureKey'));
    return expect({ derived, tag }).toEqual({ derived: text(vector, 'name'), tag: text(vector, 'tag') });
  }
  const place = name.includes('adjectives') ? 0 : 1;
  const all = Array.from({ length: 64 }, (_, at) => core.nameFrom(Uint8Array.of(at, at)).split(' ')[place]);
  expect(all).toEqual(vector.list as string[]);
};

const safety: Reader = async (vector) => {
  if (vector.list !== undefined) return expect([...safetySymbols]).toEqual(vector.list as string[]);
  const keys = (vector.signatureKeys as string[]).map(unhex);
  const code = await core.safetyCode(bytes(vector, 'roomId'), bytes(vector, 'groupId'), keys);
  const words = code.words.map((word) => safetyWords.indexOf(word));
  expect({ words, symbols: [...code.symbols] }).toEqual({
    words: vector.words as number[],
    symbols: vector.symbols as string[],
  });
};

export const rosterReaders: { readonly [folder: string]: Reader } = {
  credential,
  bodies,
  transcript,
  names,
  safety,
};
