import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { ascii, concat, fromBase64url, readU16, readU32, toBase64url, u16, u32, writeU32 } from '../src/index.ts';
import { u32s } from './arbitrary.ts';

describe('HT-1 base64url', () => {
  test('HT-1 round trip, and the same spelling as the platform', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = toBase64url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64url(text)).toEqual(bytes);
        expect(fromBase64url(text, bytes.length)).toEqual(bytes);
        expect(fromBase64url(text, bytes.length + 1)).toBeNull();
      }),
    );
  });

  test('HT-1 malleability: what decodes is the one spelling of its bytes', () => {
    const nearly = fc.string({ unit: fc.constantFrom(...'AQgwBZaz09-_=+/ \n\u0141é🐶'), maxLength: 9 });
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string({ unit: 'binary', maxLength: 9 })), (text) => {
        const bytes = fromBase64url(text);
        if (bytes !== null) expect(toBase64url(bytes)).toBe(text);
      }),
      { numRuns: 5000 },
    );
  });

  test('HT-1 of the last characters of two and three only those without unused bits are read', () => {
    const characters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
    const good = (prefix: string) => characters.filter((last) => fromBase64url(prefix + last) !== null).join('');
    expect(good('A')).toBe('AQgw');
    expect(good('AA')).toBe('AEIMQUYcgkosw048');
    expect(good('AAA')).toBe(characters.join(''));
    expect(good('')).toBe('');
  });

  const refused = [
    'A',
    'AAAAA',
    'AA==',
    'AA=',
    'A+AA',
    'A/AA',
    ' AA',
    'AA ',
    'AA\n',
    'A\u0100',
    '\uFF21A',
    'AA\u0000A',
  ];
  test.each(refused)('HT-1 refuses %j', (text) => {
    expect(fromBase64url(text)).toBeNull();
  });
});

describe('SK-7 SK-8 integers', () => {
  test('SK-7 SK-8 are unsigned and big-endian', () => {
    expect([...u32(0x01020304)]).toEqual([1, 2, 3, 4]);
    expect([...u16(0x0102)]).toEqual([1, 2]);
    fc.assert(
      fc.property(u32s, fc.nat(5), (value, at) => {
        const bytes = new Uint8Array(10).fill(0xee);
        writeU32(bytes, at, value);
        expect(readU32(bytes, at)).toBe(value);
        expect(new DataView(bytes.buffer).getUint32(at)).toBe(value);
        expect(readU32(u32(value), 0)).toBe(value);
        expect(readU16(u16(value & 0xffff), 0)).toBe(value & 0xffff);
        expect(bytes.filter((byte, index) => (index < at || index >= at + 4) && byte !== 0xee).length).toBe(0);
      }),
    );
  });

  test('CR-1 joined bytes and labels are what their parts are', () => {
    expect(Buffer.from(concat(ascii('pug/1 '), new Uint8Array(0), ascii('x'))).toString()).toBe('pug/1 x');
    expect(concat().length).toBe(0);
  });
});
