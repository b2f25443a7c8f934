import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Line } from '@pug/client';
import { sentenceOf } from '../src/state/line.ts';
import { en } from '../src/strings/en.ts';

type Event = Exclude<Line, { kind: 'text' }>;

const at = { key: 1, atMs: 0 };
const ada = { ...at, member: 3, name: 'Ada' };

describe('CL-13 sentences of the log', () => {
  const told: readonly [string, Event, RegExp][] = [
    ['CR-16 somebody who joined', { kind: 'joined', ...ada, back: false }, /^Ada joined$/],
    ['CR-16 somebody known who came back', { kind: 'joined', ...ada, back: true }, /^Ada is back$/],
    [
      'CR-9 somebody of whom nothing is known yet',
      { kind: 'joined', ...ada, name: null, back: false },
      /^Person 3 joined$/,
    ],
    ['SK-10 somebody who left', { kind: 'left', ...ada, why: 'left' }, /^Ada left$/],
    ['CL-7 somebody who left unseen', { kind: 'left', ...ada }, /^Ada left while you were away$/],
    ['CL-8 another name', { kind: 'renamed', ...ada, before: 'Ben' }, /^Ben is now called Ada$/],
    ['CR-12 a text that cannot be read', { kind: 'unreadable', ...ada }, /message of Ada cannot be read here/],
    [
      'CR-14 two conversations',
      { kind: 'forked', ...ada },
      /^The page of Ada .* another conversation than yours: .* or that page is lying/,
    ],
    ['CL-10 something left out', { kind: 'dropped', ...at }, /^The server left out a message/],
    ['CR-15 a code that differs', { kind: 'different', ...at }, /^The safety code differs: .* nothing more here/],
    ['CR-15 a code that is not compared any more', { kind: 'uncompared', ...at }, /compare it again$/],
    ['RM-5 a locked room', { kind: 'locked', ...at, locked: true }, /locked the room/],
    ['CL-7 a gap', { kind: 'gap', key: 1, fromMs: 0, toMs: 60_000 }, /^You may have missed messages/],
  ];
  test.each(told)('%s', (_what, line, sentence) => expect(sentenceOf(line)).toMatch(sentence));

  test('CL-13 no two kinds are told in the same words', () => {
    const sentences = told.map(([, line]) => sentenceOf(line));
    expect(new Set(sentences).size).toBe(told.length);
  });
});

/** The keys of the tree by which words are looked up: `verify.match`. Tables asked by a computed key count as one. */
function paths(tree: object, above = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const path = `${above}${key}`;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? paths(value, `${path}.`) : [path];
  });
}

test('CL-13 every string is used', () => {
  const source = join(import.meta.dir, '..', 'src');
  const names = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
  const files = names
    .filter((name) => !name.startsWith('strings'))
    .map((name) => readFileSync(join(source, name), 'utf8'));
  /** Whether one file names both the section, as `words.value.section` or taken out of `words.value`, and the key. */
  const isUsed = (path: string): boolean => {
    const [section = '', key] = path.split('.');
    const opens = new RegExp(`words\\.value\\.${section}\\b|\\b${section}\\b[^;]*\\} = words\\.value;`);
    return files.some((code) => opens.test(code) && new RegExp(`\\b${key ?? section}\\b`).test(code));
  };
  // Looked up by what the relay or the session says.
  const computed = /^(titles|preparing\.(phase|raised)|lines|banner\.reason|ended|refused|cannotRun\.features)\./;
  const named = paths(en).filter((path) => !computed.test(path));
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter((path) => !isUsed(path))).toEqual([]);
  expect(isUsed('verify.nowhere') || isUsed('nowhere.match')).toBe(false);
});
