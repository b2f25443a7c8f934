import { describe, expect, test } from 'bun:test';
import { createHash, pbkdf2Sync } from 'node:crypto';
import { safetyCode } from '../src/index.ts';
import { safetySymbols } from '../src/safety/symbols.ts';
import { safetyWords } from '../src/safety/words.ts';
import { withFlippedBit } from './fixtures.ts';

const roomId = new Uint8Array(16).fill(1);
const groupId = new Uint8Array(16).fill(2);
const keys = [0x90, 0x10, 0x50].map((value) => new Uint8Array(32).fill(value));
const [first = new Uint8Array(), ...rest] = keys;
const code = await safetyCode(roomId, groupId, keys);
const spelt = ({ words }: { words: readonly string[] }) => words.join(' ');

describe('CR-15 the lists', () => {
  test('CR-15 the words are the English list of BIP 39', () => {
    expect(safetyWords.length).toBe(2048);
    const hash = createHash('sha256')
      .update(`${safetyWords.join('\n')}\n`)
      .digest('hex');
    expect(hash).toBe('2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda');
  });

  test('CR-15 there are 64 symbols, all different, each one thing to the eye', () => {
    expect(new Set(safetySymbols).size).toBe(64);
    const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
    for (const symbol of safetySymbols) expect([...graphemes.segment(symbol)].length).toBe(1);
  });
});

describe('CR-15 the code', () => {
  test('CR-15 is PBKDF2 over the sorted keys, as 8 words of 11 bits and 14 symbols of 6', () => {
    const password = Buffer.concat([...keys.toSorted(Buffer.compare), Buffer.from('pug/1 safety')]);
    const bytes = pbkdf2Sync(password, Buffer.concat([roomId, groupId]), 100_000, 11, 'sha256');
    const bits = BigInt(`0x${bytes.toString('hex')}`);
    const at = (width: number, index: number) =>
      Number((bits >> BigInt(88 - width * (index + 1))) & ((1n << BigInt(width)) - 1n));
    expect(code.words).toEqual(Array.from({ length: 8 }, (_, index) => safetyWords[at(11, index)] ?? ''));
    expect(code.symbols).toEqual(Array.from({ length: 14 }, (_, index) => safetySymbols[at(6, index)] ?? ''));
  });

  test('CR-15 the order of the keys does not matter', async () => {
    for (const order of [keys.toReversed(), [...rest, first]])
      expect(await safetyCode(roomId, groupId, order)).toEqual(code);
  });

  test('CR-15 changes with the room, the group, each bit of a key, and who is in', async () => {
    const others = [
      await safetyCode(withFlippedBit(roomId, 0), groupId, keys),
      await safetyCode(roomId, withFlippedBit(groupId, 127), keys),
      await safetyCode(groupId, roomId, keys),
      await safetyCode(roomId, groupId, rest),
      await safetyCode(roomId, groupId, [...keys, first]),
      await safetyCode(roomId, groupId, [...keys, new Uint8Array(32)]),
      await safetyCode(roomId, groupId, []),
    ];
    for (const bit of [0, 100, 255])
      others.push(await safetyCode(roomId, groupId, [withFlippedBit(first, bit), ...rest]));
    expect(new Set([code, ...others].map(spelt)).size).toBe(others.length + 1);
    expect(new Set([code, ...others].map(({ symbols }) => symbols.join(''))).size).toBe(others.length + 1);
  });
});
