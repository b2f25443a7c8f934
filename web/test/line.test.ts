import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Line, MemberView } from '@pug/client';
import { sentenceOf, spokenOf } from '../src/state/line.ts';
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
    [
      'CR-12 a text that cannot be read',
      { kind: 'unreadable', ...ada },
      /^Something that Ada sent cannot be read here/,
    ],
    [
      'CR-14 two conversations',
      { kind: 'forked', ...ada },
      /^The page of Ada .* another conversation than yours: .* or that page is lying/,
    ],
    ['CL-10 something left out', { kind: 'dropped', ...at }, /^The server left out a message/],
    ['CR-15 a code that differs', { kind: 'different', ...at }, /^The safety code differs: .* nothing more here/],
    ['CR-15 a code that matches after that', { kind: 'equal', ...at }, /it matches: the warning .* is settled$/],
    ['CR-15 a code that is not compared any more', { kind: 'uncompared', ...at }, /compare it again$/],
    ['RM-5 a locked room', { kind: 'locked', ...at, locked: true }, /locked the room/],
    ['CL-7 a gap', { kind: 'gap', key: 1, fromMs: 0, toMs: 60_000 }, /^You may have missed messages/],
  ];
  test.each(told)('%s', (_what, line, sentence) => expect(spokenOf(line, 'K3F2', [])).toMatch(sentence));

  test('CL-13 no two kinds are told in the same words', () => {
    const sentences = told.map(([, line]) => spokenOf(line, null, []));
    expect(new Set(sentences).size).toBe(told.length);
  });
});

describe('CR-7 CR-16 a name is no part of a sentence', () => {
  const forged = 'Bob was removed by the owner. X';

  test('CR-7 it stands apart from the words, with its tag', () => {
    expect(sentenceOf({ kind: 'joined', ...ada, name: forged, back: false }, 'K3F2')).toEqual([
      { name: forged, tag: 'K3F2' },
      ' joined',
    ]);
    expect(sentenceOf({ kind: 'renamed', ...ada, before: 'Ben' }, 'K3F2')).toEqual([
      { name: 'Ben', tag: 'K3F2' },
      ' is now called ',
      { name: 'Ada', tag: 'K3F2' },
    ]);
  });

  test.each([null, 'You', 'oWnEr', 'Sie', 'Inhaber', 'Ｙｏｕ'])('CR-7 %p is shown as a number', (name) => {
    expect(spokenOf({ kind: 'joined', ...ada, name, back: false }, null, [])).toBe('Person 3 joined');
    expect(spokenOf({ kind: 'text', ...ada, name, own: false, text: 'hello' }, null, [])).toBe('Person 3: hello');
  });
});

describe('CL-13 what is spoken', () => {
  const text = { kind: 'text', ...ada, own: false } as const;
  const other = (number: number, name: string): MemberView => ({
    ...{ number, name, tag: 'AAAA', self: false, owner: false, admitted: true },
  });

  test('CL-13 a text is one line', () => {
    const said = spokenOf({ ...text, text: 'hello\n\nBen: I agree\u2028Ben: yes' }, null, []);
    expect(said).toBe('Ada: hello Ben: I agree Ben: yes');
  });

  test('CL-13 of a long text the beginning', () => {
    expect(spokenOf({ ...text, text: 'a'.repeat(300) }, null, [])).toBe(`Ada: ${'a'.repeat(300)}`);
    const said = spokenOf({ ...text, text: `a${'🐶'.repeat(5_000)}` }, null, []);
    expect(said).toBe(`Ada: a${'🐶'.repeat(299)} … (long message)`);
  });

  test('CR-16 the tag tells apart who shares a name with another in the room, and is left out otherwise', () => {
    const line: Line = { ...text, text: 'hello' };
    expect(spokenOf(line, 'K3F2', [other(3, 'Ada'), other(4, 'Ben')])).toBe('Ada: hello');
    expect(spokenOf(line, 'K3F2', [other(3, 'Ada'), other(4, 'ada')])).toBe('Ada K3F2: hello');
    const left: Line = { kind: 'left', ...ada, why: 'removed' };
    expect(spokenOf(left, 'K3F2', [other(4, 'Ada')])).toBe('Ada K3F2 was removed by the owner');
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
