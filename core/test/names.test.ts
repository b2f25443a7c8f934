import { describe, expect, test } from 'bun:test';
import { cleanName, nameFrom } from '../src/index.ts';

describe('CL-8 names to begin with', () => {
  const all = Array.from({ length: 65_536 }, (_, n) => nameFrom(Uint8Array.of(n >> 8, n & 255)));

  test('CL-8 two bytes choose one of 4,096 names, each as likely as the others', () => {
    const counts = new Map<string, number>();
    for (const name of all) counts.set(name, (counts.get(name) ?? 0) + 1);
    expect(counts.size).toBe(4096);
    expect(new Set(counts.values())).toEqual(new Set([16]));
  });

  test('CL-8 CR-7 every name is an adjective and an animal, and is shown as it is', () => {
    for (const name of new Set(all)) {
      expect(name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
      expect(cleanName(name)).toBe(name);
    }
  });

  test('CL-8 no two words of a list sound alike: none begins with another', () => {
    const words = new Set(all.flatMap((name) => name.split(' ')));
    expect(words.size).toBe(128);
    for (const word of words) {
      for (const other of words) if (other !== word) expect(other.startsWith(word)).toBe(false);
    }
  });

  test('CL-8 another number of bytes is refused', () => {
    for (const length of [0, 1, 3]) expect(() => nameFrom(new Uint8Array(length))).toThrow(RangeError);
  });
});
