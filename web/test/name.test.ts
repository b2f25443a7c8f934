import { describe, expect, test } from 'bun:test';
import { faultOf } from '../src/state/name.ts';
import { de } from '../src/strings/de.ts';
import { en } from '../src/strings/en.ts';
import { isReserved } from '../src/strings/reserved.ts';

describe('CR-7 a name that cannot be used', () => {
  test.each([
    ['Ada', null],
    ['', null],
    ['Owen', null],
    [`  ${'a'.repeat(32)}\u202e `, null],
    ['a'.repeat(33), 'tooLong'],
    ['字'.repeat(21), null],
    ['字'.repeat(22), 'tooLong'],
    [' y\u200bOU ', 'reserved'],
    ['owner', 'reserved'],
    ['You\u2800', 'reserved'],
    ['(Ｏwner\u0317)', 'reserved'],
    ['Young', null],
    ['🦊', null],
    ['Inhaber', 'reserved'],
  ] as const)('CR-7 %p: %p', (name, fault) => expect(faultOf(name)).toBe(fault));

  test('CR-7 every word of the page for the reader and the owner, in every language', () => {
    const own = [en, de].flatMap(({ people, room }) => [people.you, people.owner, room.you]);
    expect(own.filter((word) => !isReserved(word))).toEqual([]);
  });
});
