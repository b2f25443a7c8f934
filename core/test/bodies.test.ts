import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  decodeBeat,
  decodeCommit,
  decodeFound,
  decodeWelcome,
  encodeBeat,
  encodeCommit,
  encodeFound,
  encodeWelcome,
  frameTypes,
} from '../src/index.ts';
import { bytesOf, hex, withFlippedBit } from './fixtures.ts';

const groupId = new Uint8Array(16).fill(0xaa);
const transcript = new Uint8Array(32).fill(0xbb);
const rest = fc.uint8Array({ minLength: 1, maxLength: 60 });
const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });

/** A body's two functions, as one for the properties below. */
interface Form {
  readonly name: string;
  /** The shortest body there is. */
  readonly least: number;
  /** Bytes of a made-up body. */
  readonly made: fc.Arbitrary<Uint8Array>;
  /** Decodes and encodes again; null when it is not of the form. */
  readonly again: (body: Uint8Array) => Uint8Array | null;
}

function form<T>(
  name: string,
  least: number,
  values: fc.Arbitrary<T>,
  encode: (value: T) => Uint8Array,
  decode: (body: Uint8Array) => T | null,
): Form {
  const again = (body: Uint8Array) => {
    const value = decode(body);
    return value === null ? null : encode(value);
  };
  return { name, least, made: values.map(encode), again };
}

const founds = fc.record({ groupId: bytesOf(16), keyPackage: rest });
const commits = fc.record({ groupId: bytesOf(16), epoch: number, commit: rest });
const welcomes = fc.record({ seq: number, transcript: bytesOf(32), welcome: rest });
const tag = bytesOf(16);
const beats = fc.record({ groupId: tag, epoch: number, authenticator: tag, seq: number, transcript: tag });
const forms: readonly Form[] = [
  form('FOUND', 17, founds, encodeFound, decodeFound),
  form('COMMIT', 21, commits, encodeCommit, decodeCommit),
  form('WELCOME', 37, welcomes, encodeWelcome, decodeWelcome),
  form('BEAT', 56, beats, encodeBeat, decodeBeat),
];

describe('CR-10 bodies', () => {
  test('CR-10 the types are 1 to 6', () => {
    expect(frameTypes).toEqual({ keyPackage: 1, found: 2, commit: 3, welcome: 4, message: 5, beat: 6 });
  });

  test('CR-10 fields stand one after the other', () => {
    const some = Uint8Array.of(1, 2, 3);
    expect(hex(encodeFound({ groupId, keyPackage: some }))).toBe(`${hex(groupId)}010203`);
    expect(hex(encodeCommit({ groupId, epoch: 7, commit: some }))).toBe(`${hex(groupId)}00000007010203`);
    expect(hex(encodeWelcome({ seq: 8, transcript, welcome: some }))).toBe(`00000008${hex(transcript)}010203`);
    const beat = { groupId, epoch: 7, authenticator: groupId, seq: 9, transcript: transcript.slice(16) };
    expect(hex(encodeBeat(beat))).toBe(`${hex(groupId)}00000007${hex(groupId)}00000009${hex(transcript.slice(16))}`);
  });

  for (const { name, least, made, again } of forms) {
    test(`CR-10 ${name}: round trip`, () => {
      fc.assert(fc.property(made, (body) => expect(again(body)).toEqual(body)));
    });

    test(`CR-10 ${name}: malleability: what decodes encodes to the same bytes`, () => {
      const mutated = made.chain((body) => fc.nat(body.length * 8 - 1).map((bit) => withFlippedBit(body, bit)));
      fc.assert(
        fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 60 })), (body) => {
          const encoded = again(body);
          if (encoded !== null) expect(encoded).toEqual(body);
          expect(encoded === null).toBe(body.length < least || (name === 'BEAT' && body.length !== least));
        }),
        { numRuns: 1000 },
      );
    });
  }
});
