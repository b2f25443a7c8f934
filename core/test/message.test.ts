import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  type Content,
  decodeContent,
  encodeContent,
  maxNameBytes,
  maxTextBytes,
  openMessage,
  pad,
  sealFrame,
  sealMessage,
  utf8Bytes,
} from '../src/index.ts';
import { bytesOf, hex, sender, unhex, withFlippedBit } from './fixtures.ts';

const id = new Uint8Array(16).fill(0xd1);
const nonce = new Uint8Array(12);
const header = '0100000001';

const counters = fc.integer({ min: 1, max: 2 ** 32 - 1 });
const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }).filter((text) => utf8Bytes(text) > 0);
const names = words.filter((name) => utf8Bytes(name) <= maxNameBytes);
const contents: fc.Arbitrary<Content> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), counter: counters, id: bytesOf(16), text: words }),
  fc.record({ kind: fc.constant('name' as const), counter: counters, name: names }),
);

describe('CR-4 content', () => {
  test('CR-4 a text is kind 1, counter, id, UTF-8; a name is kind 2, counter, UTF-8', () => {
    expect(hex(encodeContent({ kind: 'text', counter: 7, id, text: 'hé' }))).toBe(`0100000007${hex(id)}68c3a9`);
    expect(hex(encodeContent({ kind: 'name', counter: 2 ** 32 - 1, name: 'Ada' }))).toBe('02ffffffff416461');
  });

  test('CR-4 round trip', () => {
    fc.assert(fc.property(contents, (content) => expect(decodeContent(encodeContent(content))).toEqual(content)));
  });

  test('CR-4 malleability: what decodes encodes to the same bytes', () => {
    const mutated = contents
      .map(encodeContent)
      .chain((bytes) => fc.nat(bytes.length * 8 - 1).map((bit) => withFlippedBit(bytes, bit)));
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 60 })), (bytes) => {
        const content = decodeContent(bytes);
        if (content !== null) expect(encodeContent(content)).toEqual(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  test('CR-4 a leading byte order mark is kept', () => {
    expect(decodeContent(unhex('0200000001efbbbf41'))).toEqual({ kind: 'name', counter: 1, name: '\uFEFFA' });
  });

  test('CR-4 accepts texts of 1 and 16,384 bytes, names of 1 and 64, and nothing beyond', () => {
    const text = (length: number) => unhex(header + hex(id) + '61'.repeat(length));
    const name = (length: number) => unhex(`0200000001${'61'.repeat(length)}`);
    for (const length of [1, maxTextBytes]) expect(decodeContent(text(length))).not.toBeNull();
    for (const length of [0, maxTextBytes + 1]) expect(decodeContent(text(length))).toBeNull();
    for (const length of [1, maxNameBytes]) expect(decodeContent(name(length))).not.toBeNull();
    for (const length of [0, maxNameBytes + 1]) expect(decodeContent(name(length))).toBeNull();
  });

  const refused: readonly [string, string][] = [
    ['no bytes', ''],
    ['half a counter', '010000'],
    ['kind 0', `0000000001${hex(id)}61`],
    ['kind 3', `0300000001${hex(id)}61`],
    ['counter 0', `0100000000${hex(id)}61`],
    ['a text without a whole id', `${header}${hex(id).slice(2)}`],
    ['a lone continuation byte', `${header}${hex(id)}80`],
    ['an overlong slash', `${header}${hex(id)}c0af`],
    ['half a surrogate pair', `${header}${hex(id)}eda080`],
    ['a character cut off', `${header}${hex(id)}f09f90`],
    ['a character beyond U+10FFFF', `${header}${hex(id)}f4908080`],
    ['a name of invalid UTF-8', '0200000001ff'],
  ];
  test.each(refused)('CR-4 ignores %s', (_name, bytes) => {
    expect(decodeContent(unhex(bytes))).toBeNull();
  });

  test('CR-4 refuses to encode what a receiver would ignore', () => {
    const text = { kind: 'text', counter: 1, id, text: 'a' } as const;
    for (const counter of [0, -1, 1.5, 2 ** 32, Number.NaN])
      expect(() => encodeContent({ ...text, counter })).toThrow(RangeError);
    for (const wrong of ['', '\uD800', 'a'.repeat(maxTextBytes + 1), 'é'.repeat(maxTextBytes / 2 + 1)]) {
      expect(() => encodeContent({ ...text, text: wrong })).toThrow(RangeError);
    }
    expect(() => encodeContent({ ...text, id: new Uint8Array(15) })).toThrow(RangeError);
    expect(() => encodeContent({ kind: 'name', counter: 1, name: '🐶'.repeat(17) })).toThrow(RangeError);
  });
});

describe('CR-1 CR-3 CR-4 messages in payloads', () => {
  test('CR-1 CR-4 round trip', async () => {
    await fc.assert(
      fc.asyncProperty(contents, bytesOf(12), async (content, anyNonce) => {
        const payload = await sealMessage(sender, anyNonce, content);
        expect(await openMessage({ ...sender, payload })).toEqual(content);
      }),
    );
  });

  test('CR-3 short texts of any length look alike, and the longest fits', async () => {
    const lengths = new Set<number>();
    for (const length of [1, 2, 50, 231]) {
      lengths.add(
        (await sealMessage(sender, nonce, { kind: 'text', counter: 1, id, text: 'x'.repeat(length) })).length,
      );
    }
    expect([...lengths]).toEqual([286]);
    const longest = await sealMessage(sender, nonce, { kind: 'text', counter: 1, id, text: 'x'.repeat(maxTextBytes) });
    expect(longest.length).toBe(32_768 + 30);
  });

  test('CR-1 CR-3 ignores another type, an unpadded body and unknown content', async () => {
    const content = encodeContent({ kind: 'name', counter: 1, name: 'Ada' });
    const opens = async (type: number, body: Uint8Array) =>
      openMessage({ ...sender, payload: await sealFrame({ ...sender, nonce, type, body }) });
    expect(await opens(1, pad(content))).not.toBeNull();
    expect(await opens(2, pad(content))).toBeNull();
    expect(await opens(1, content)).toBeNull();
    expect(await opens(1, pad(unhex('0900000001')))).toBeNull();
  });
});
