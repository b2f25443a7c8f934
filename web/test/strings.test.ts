import { describe, expect, test } from 'bun:test';
import { closeCodes, finalCloses, problemCodes } from '@pug/wire';
import { words } from '../src/strings/words.ts';

/** Every string of the tree, functions left out. */
function strings(tree: unknown): string[] {
  if (typeof tree === 'string') return [tree];
  return typeof tree === 'object' && tree !== null ? Object.values(tree).flatMap(strings) : [];
}

describe('CL-13 words', () => {
  test.each([
    [600, '10 minutes'],
    [3_600, '1 hour'],
    [28_800, '8 hours'],
    [86_400, '1 day'],
    [90_061, '1 day 1 hour 1 minute 1 second'],
    [3, '3 seconds'],
  ])('CL-13 %d s is %s', (seconds, shown) => expect(words.duration(seconds)).toBe(shown));

  test('CL-13 every way to end has a heading and a text of its own', () => {
    const endings = { ...words.refused, ...words.ended };
    const pages = finalCloses.map((name) => endings[name]);
    expect(new Set(pages.map(({ heading }) => heading)).size).toBe(pages.length);
    expect(new Set(pages.map(({ text }) => text)).size).toBe(pages.length);
  });

  test('CL-13 every close code that is no end has words', () => {
    const retried = Object.keys(closeCodes).filter((name) => !(finalCloses as readonly string[]).includes(name));
    for (const name of retried) expect(Object.keys(words.banner.reason)).toContain(name);
  });

  test('CL-13 a gap within a minute is told in seconds', () => {
    const atMs = Date.UTC(2026, 0, 1, 12, 0, 5);
    expect(words.lines.gap(atMs, atMs + 4_000)).toMatch(/between \d\d:\d\d:05 and \d\d:\d\d:09$/);
    expect(words.lines.gap(atMs, atMs + 240_000)).toMatch(/between \d\d:\d\d and \d\d:\d\d$/);
  });

  test('CL-13 no string is empty, shouts, or shows a code of the protocol', () => {
    const all = strings(words);
    expect(all.length).toBeGreaterThan(150);
    for (const text of all) {
      expect(text.trim()).toBe(text);
      expect(text).not.toBe('');
      expect(text).not.toContain('!');
      for (const code of problemCodes.filter((code) => code.includes('_'))) expect(text).not.toContain(code);
    }
  });
});
