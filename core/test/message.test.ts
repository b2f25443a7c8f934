import { describe, expect, test } from 'bun:test';
import { concat, u32 } from '@pug/wire';
import fc from 'fast-check';
import {
  type Content,
  decodeSaid,
  encodeSaid,
  maxNameBytes,
  maxTextBytes,
  openNumbered,
  pad,
  type Said,
  sealFrame,
  sealNumbered,
  utf8Bytes,
} from '../src/index.ts';
import { bytesOf, hex, sender, unhex, withFlippedBit } from './fixtures.ts';

const id = new Uint8Array(16).fill(0xd1);
const tag = new Uint8Array(16).fill(0x7a);
const position = { seq: 9, tag };
const nonce = new Uint8Array(12);
const where = `00000009${hex(tag)}`;

const u32s = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }).filter((text) => utf8Bytes(text) > 0);
const names = words.filter((name) => utf8Bytes(name) <= maxNameBytes);
const contents: fc.Arbitrary<Content> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), id: bytesOf(16), text: words }),
  fc.record({ kind: fc.constant('name' as const), name: names }),
);
const things: fc.Arbitrary<Said> = fc.record({
  content: contents,
  position: fc.record({ seq: u32s, tag: bytesOf(16) }),
});

const text = (words: string) => ({ kind: 'text', id, text: words }) as const;

describe('CR-4 content', () => {
  test('CR-4 a text is kind 1, seq, transcript, id, UTF-8; a name is kind 2, seq, transcript, UTF-8', () => {
    expect(hex(encodeSaid({ content: text('hé'), position }))).toBe(`01${where}${hex(id)}68c3a9`);
    const last = { seq: 2 ** 32 - 1, tag };
    expect(hex(encodeSaid({ content: { kind: 'name', name: 'Ada' }, position: last }))).toBe(
      `02ffffffff${hex(tag)}416461`,
    );
  });

  test('CR-4 round trip', () => {
    fc.assert(fc.property(things, (said) => expect(decodeSaid(encodeSaid(said))).toEqual(said)));
  });

  test('CR-4 malleability: what decodes encodes to the same bytes', () => {
    const mutated = things
      .map(encodeSaid)
      .chain((bytes) => fc.nat(bytes.length * 8 - 1).map((bit) => withFlippedBit(bytes, bit)));
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 80 })), (bytes) => {
        const said = decodeSaid(bytes);
        if (said !== null) expect(encodeSaid(said)).toEqual(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  test('CR-4 a leading byte order mark is kept', () => {
    expect(decodeSaid(unhex(`02${where}efbbbf41`))?.content).toEqual({ kind: 'name', name: '\uFEFFA' });
  });

  test('CR-4 accepts texts of 1 and 16,384 bytes, names of 1 and 64, and nothing beyond', () => {
    const textOf = (length: number) => unhex(`01${where}${hex(id)}${'61'.repeat(length)}`);
    const nameOf = (length: number) => unhex(`02${where}${'61'.repeat(length)}`);
    for (const length of [1, maxTextBytes]) expect(decodeSaid(textOf(length))).not.toBeNull();
    for (const length of [0, maxTextBytes + 1]) expect(decodeSaid(textOf(length))).toBeNull();
    for (const length of [1, maxNameBytes]) expect(decodeSaid(nameOf(length))).not.toBeNull();
    for (const length of [0, maxNameBytes + 1]) expect(decodeSaid(nameOf(length))).toBeNull();
  });

  const refused: readonly [string, string][] = [
    ['no bytes', ''],
    ['half a position', `01${where.slice(2)}`],
    ['a position and nothing else', `02${where}`],
    ['kind 0', `00${where}${hex(id)}61`],
    ['kind 3', `03${where}${hex(id)}61`],
    ['a text without a whole id', `01${where}${hex(id).slice(2)}`],
    ['a lone continuation byte', `01${where}${hex(id)}80`],
    ['an overlong slash', `01${where}${hex(id)}c0af`],
    ['half a surrogate pair', `01${where}${hex(id)}eda080`],
    ['a character cut off', `01${where}${hex(id)}f09f90`],
    ['a character beyond U+10FFFF', `01${where}${hex(id)}f4908080`],
    ['a name of invalid UTF-8', `02${where}ff`],
  ];
  test.each(refused)('CR-4 ignores %s', (_name, bytes) => {
    expect(decodeSaid(unhex(bytes))).toBeNull();
  });

  test('CR-4 refuses to encode what a receiver would ignore', () => {
    const encode = (content: Content, at = position) => encodeSaid({ content, position: at });
    for (const wrong of ['', '\uD800', 'a'.repeat(maxTextBytes + 1), 'é'.repeat(maxTextBytes / 2 + 1)])
      expect(() => encode(text(wrong))).toThrow(RangeError);
    expect(() => encode({ ...text('a'), id: new Uint8Array(15) })).toThrow(RangeError);
    expect(() => encode({ kind: 'name', name: '🐶'.repeat(17) })).toThrow(RangeError);
    expect(() => encode(text('a'), { seq: 1, tag: new Uint8Array(32) })).toThrow(RangeError);
  });

  test('CR-3 CR-4 short texts of any length look alike, and the longest fits', () => {
    const padded = (words: string) => pad(encodeSaid({ content: text(words), position })).length;
    for (const length of [1, 2, 50, 215]) expect(padded('x'.repeat(length))).toBe(256);
    expect(padded('x'.repeat(216))).toBe(512);
    expect(padded('x'.repeat(maxTextBytes))).toBe(32_768);
  });
});

describe('CR-1 CR-5 numbered frames', () => {
  test('CR-1 CR-5 round trip of any type, counter and body; the counter is inside, in front', async () => {
    const counters = fc.integer({ min: 1, max: 2 ** 32 - 1 });
    const bodies = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(fc.nat(255), counters, bodies, bytesOf(12), async (type, counter, body, anyNonce) => {
        const payload = await sealNumbered({ ...sender, nonce: anyNonce, type, counter, body });
        expect(await openNumbered({ ...sender, payload })).toEqual({ type, counter, body });
        expect(payload).toEqual(
          await sealFrame({ ...sender, nonce: anyNonce, type, body: concat(u32(counter), body) }),
        );
      }),
    );
  });

  test('CR-5 counter 0 is ignored, and so is a body without a whole counter', async () => {
    for (const body of [u32(0), concat(u32(0), tag), new Uint8Array(0), new Uint8Array(3).fill(1)]) {
      const payload = await sealFrame({ ...sender, nonce, type: 5, body });
      expect(await openNumbered({ ...sender, payload })).toBeNull();
    }
    const empty = await sealFrame({ ...sender, nonce, type: 5, body: u32(1) });
    expect(await openNumbered({ ...sender, payload: empty })).toEqual({ type: 5, counter: 1, body: new Uint8Array(0) });
  });

  test('CR-5 refuses to seal under a counter out of range', () => {
    for (const counter of [0, -1, 1.5, 2 ** 32, Number.NaN])
      expect(() => sealNumbered({ ...sender, nonce, type: 5, counter, body: tag })).toThrow(RangeError);
  });

  test('CR-6 no flipped bit opens', async () => {
    const payload = await sealNumbered({ ...sender, nonce, type: 5, counter: 7, body: tag });
    for (let bit = 0; bit < payload.length * 8; bit++)
      expect(await openNumbered({ ...sender, payload: withFlippedBit(payload, bit) })).toBeNull();
  });
});
