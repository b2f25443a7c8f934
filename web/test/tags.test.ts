import { expect, test } from 'bun:test';
import { type Line, maxLines } from '@pug/client';
import { append, emptyLog } from '../src/state/log.ts';
import { forgetTags, noteTags } from '../src/state/tags.ts';
import { viewOf } from './views.ts';

const withTag = (number: number, tag: string | null) => viewOf().members.map((one) => ({ ...one, number, tag }));

function roomOf(...lines: readonly Line[]) {
  const book = { log: emptyLog(), tags: new Map<number, string>() };
  const say = (line: Line) => append(book.log, line, { alone: false, tag: book.tags.get(2) ?? null });
  for (const line of lines) say(line);
  const shown = () => book.log.blocks.value.flatMap(({ entries }) => entries.value.map(({ tag }) => tag));
  return { book, say, shown };
}

const joined = (key: number): Line => ({ kind: 'joined', key, member: 2, name: null, back: false, atMs: 0 });
const text = (key: number): Line => ({ kind: 'text', key, member: 2, name: 'Ben', own: false, text: 'x', atMs: 0 });

test('CR-16 what was drawn before a tag is known gets it, and what is not known changes nothing', () => {
  const { book, shown } = roomOf(joined(1));
  noteTags(book, withTag(2, null));
  expect(shown()).toEqual([null]);
  noteTags(book, withTag(3, 'Z9Z9'));
  expect(shown(), 'that of another number').toEqual([null]);
  noteTags(book, withTag(2, 'K3F2'));
  expect(shown()).toEqual(['K3F2']);
});

test('CR-16 a number that another key took has the tag of that key from then on, and what was said before keeps its own', () => {
  const { book, say, shown } = roomOf(joined(1));
  noteTags(book, withTag(2, 'K3F2'));
  say(text(2));
  noteTags(book, withTag(2, 'Z9Z9'));
  say(joined(3));
  say(text(4));
  expect(shown()).toEqual(['K3F2', 'K3F2', 'Z9Z9', 'Z9Z9']);
});

test('CR-16 the tags of somebody who comes over and over do not pile up; of who is here, and of lines, they stay', () => {
  const tags = new Map([
    [1, 'HERE'],
    [2, 'TOLD'],
  ]);
  for (let number = 3; number < 3 * maxLines; number++) {
    tags.set(number, 'TAGS');
    forgetTags(tags, [{ number: 1 }], [{ key: 1, kind: 'left', member: 2, name: null, atMs: 0 }]);
    if (tags.size > 2 * maxLines + 1) throw new Error('they pile up');
  }
  expect([tags.get(1), tags.get(2)]).toEqual(['HERE', 'TOLD']);
});
