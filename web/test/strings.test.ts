import { describe, expect, test } from 'bun:test';
import { closeCodes, finalCloses, problemCodes } from '@pug/wire';
import { de } from '../src/strings/de.ts';
import { en } from '../src/strings/en.ts';
import { mirrored } from '../src/strings/pseudo.ts';
import type { Words } from '../src/strings/words.ts';

/** Every string of the tree with its path, functions left out. */
function strings(tree: unknown, path = ''): [path: string, text: string][] {
  if (typeof tree === 'string') return [[path, tree]];
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([key, value]) => strings(value, `${path}.${key}`));
}

const languages: readonly (readonly [string, Words])[] = [
  ['English', en],
  ['German', de],
];

describe.each(languages)('CL-13 words in %s', (_name, words) => {
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

  test('CL-13 of each topic it is told what the server sees and what it does not', () => {
    const { topics, doesList, doesNotList } = words.sees;
    expect([doesList.length, doesNotList.length]).toEqual([topics.length, topics.length]);
  });

  test('CL-13 no string is empty, shouts, or shows a code of the protocol', () => {
    const all = strings(words);
    expect(all.length).toBeGreaterThan(150);
    for (const [, text] of all) {
      expect(text.trim()).toBe(text);
      expect(text).not.toBe('');
      expect(text).not.toContain('!');
      for (const code of problemCodes.filter((code) => code.includes('_'))) expect(text).not.toContain(code);
    }
  });
});

describe('CL-13 lengths of time', () => {
  test.each([
    [600, '10 minutes', '10 Minuten'],
    [3_600, '1 hour', '1 Stunde'],
    [28_800, '8 hours', '8 Stunden'],
    [86_400, '1 day', '1 Tag'],
    [90_061, '1 day 1 hour 1 minute 1 second', '1 Tag 1 Stunde 1 Minute 1 Sekunde'],
    [3, '3 seconds', '3 Sekunden'],
  ])('CL-13 %d s is %s', (seconds, english, german) => {
    expect(en.duration(seconds)).toBe(english);
    expect(de.duration(seconds)).toBe(german);
  });

  test('CL-13 a gap within a minute is told in seconds', () => {
    const atMs = Date.UTC(2026, 0, 1, 12, 0, 5);
    expect(en.lines.gap(atMs, atMs + 4_000)).toMatch(/between \d\d:\d\d:05 and \d\d:\d\d:09$/);
    expect(en.lines.gap(atMs, atMs + 240_000)).toMatch(/between \d\d:\d\d and \d\d:\d\d$/);
    expect(de.lines.gap(atMs, atMs + 4_000)).toMatch(/\d\d:\d\d:05 und \d\d:\d\d:09/);
  });
});

describe('CL-13 languages', () => {
  /** Names and words that are the same in both. */
  const same = new Set(['.product', '.keys.names.enter', '.keys.names.escape', '.about.version', '.titles.start']);

  test('CL-13 German leaves nothing in English', () => {
    const english = new Map(strings(en));
    const untranslated = strings(de).filter(([path, text]) => english.get(path) === text && !same.has(path));
    expect(untranslated.filter(([path]) => !path.startsWith('.cannotRun.features'))).toEqual([]);
    expect(strings(de).map(([path]) => path)).toEqual([...english.keys()]);
  });

  test('CL-13 the pseudo-language mirrors every text and whatever functions make', () => {
    const mirroredWords = mirrored(en);
    expect(mirroredWords.people.remove('Ada')).toBe('\u202eRemove\u202c \u202eAda\u202c');
    for (const [, text] of strings(mirroredWords)) expect(text).toMatch(/^\u202e.*\u202c$/s);
  });
});
