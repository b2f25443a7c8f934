import { describe, expect, test } from 'bun:test';
import { signal } from '@preact/signals';
import type { Line, Pending } from '@pug/client';
import {
  append,
  blockLines,
  drawMore,
  emptyLog,
  hold,
  isDrawing,
  type Log,
  replace,
  showEarlier,
  showLater,
  showNewest,
  shown,
  tagLines,
  watchShown,
} from '../src/state/log.ts';

type Text = Extract<Line, { kind: 'text' }>;

function text(key: number, over: Partial<Text> = {}): Text {
  return {
    kind: 'text',
    key,
    member: 1,
    name: 'Quiet Heron',
    own: false,
    text: `text ${key}`,
    atMs: key * 1000,
    ...over,
  };
}

const others = { alone: false, tag: 'K7F2' };

function logOf(lines: readonly Line[]): Log {
  const log = emptyLog();
  for (const line of lines) append(log, line, others);
  return log;
}

function entries(log: Log) {
  return shown(log).blocks.flatMap(({ entries }) => entries.value);
}

const keys = (log: Log) => entries(log).map(({ line }) => line.key);
/** Until nothing is left to draw. */
function settle(log: Log): void {
  while (isDrawing(log)) drawMore(log);
}

function waitingTexts(first: number, last: number): Pending[] {
  const texts: Pending[] = [];
  for (let key = first; key <= last; key++)
    texts.push({ key, text: `text ${key}`, atMs: key * 1000, state: 'sending' });
  return texts;
}

const many = (n: number) => Array.from({ length: n }, (_, at) => text(at + 1));

describe('CL-5 the log as it is drawn', () => {
  test('CL-5 keeps the order and shows at most 150 lines', () => {
    const log = logOf(many(1_234));
    expect(keys(log).length).toBeLessThanOrEqual(150);
    expect(keys(log).at(-1)).toBe(1_234);
    expect(keys(log)).toEqual([...keys(log)].sort((a, b) => a - b));
    expect(shown(log)).toMatchObject({ earlier: true, later: false });
  });

  test('CL-5 shows every kept line while going up, and returns to the newest', () => {
    const log = logOf(many(700));
    const seen = new Set(keys(log));
    for (let step = 0; shown(log).earlier && step < 700; step++) {
      showEarlier(log);
      expect(keys(log).length).toBeLessThanOrEqual(150);
      for (const key of keys(log)) seen.add(key);
    }
    expect(seen.size).toBe(700);
    expect(shown(log)).toMatchObject({ earlier: false, later: true });
    showNewest(log);
    settle(log);
    expect(keys(log).at(-1)).toBe(700);
  });

  test('CL-5 jumps to the newest lines: takes away what is left, then draws from the end, a little in each step', () => {
    const log = logOf(many(700));
    while (shown(log).earlier) showEarlier(log);
    const [first] = keys(log);
    showNewest(log);
    expect(keys(log)[0], 'nothing yet').toBe(first ?? 0);
    const isNewest = () => keys(log).at(-1) === 700;
    let before = keys(log).length;
    for (let wasNewest = false; isDrawing(log); wasNewest = isNewest()) {
      drawMore(log);
      const { length } = keys(log);
      const drawn = isNewest() && !wasNewest ? length : Math.max(0, length - before);
      expect(drawn).toBeLessThanOrEqual(6 * blockLines);
      expect(before - length).toBeLessThanOrEqual(100);
      if (isNewest()) expect(keys(log)[0]).toBe(701 - length);
      before = length;
    }
    expect(keys(log).length).toBe(150);
    expect(isNewest()).toBe(true);
  });

  test('CL-5 going up while lines are being drawn loses none of them', () => {
    const log = logOf(many(700));
    while (shown(log).earlier) showEarlier(log);
    showNewest(log);
    while (log.heldEnd.value !== null) drawMore(log);
    hold(log);
    const seen = new Set(keys(log));
    const newest = keys(log).at(-1);
    while (isDrawing(log)) {
      showEarlier(log);
      expect(keys(log).at(-1)).toBe(newest);
    }
    while (shown(log).earlier) {
      for (const key of keys(log)) seen.add(key);
      showEarlier(log);
    }
    for (const key of keys(log)) seen.add(key);
    expect(seen.size).toBe(700);
  });

  test('CL-5 shows every kept line while going down again', () => {
    const log = logOf(many(700));
    while (shown(log).earlier) showEarlier(log);
    const seen = new Set(keys(log));
    for (let step = 0; shown(log).later && step < 700; step++) {
      showLater(log);
      expect(keys(log).length).toBeLessThanOrEqual(150);
      for (const key of keys(log)) seen.add(key);
    }
    expect(seen.size).toBe(700);
    expect(log.heldEnd.value).not.toBeNull();
    showLater(log);
    expect(keys(log).at(-1)).toBe(700);
  });

  test('CL-5 stays where the reader looks while lines arrive', () => {
    const log = logOf(many(8 * blockLines));
    hold(log);
    const before = keys(log);
    for (const line of many(9 * blockLines).slice(8 * blockLines)) append(log, line, others);
    expect(keys(log)).toEqual(before);
    expect(shown(log).later).toBe(true);
  });

  test('CL-5 draws nothing anew for lines that arrive elsewhere', () => {
    const log = logOf(many(700));
    const page = watchShown(log);
    const atNewest = page.value;
    append(log, text(701), others);
    expect(page.value).not.toBe(atNewest);
    hold(log);
    showEarlier(log);
    const away = page.value;
    append(log, text(702), others);
    expect(page.value).toBe(away);
    showEarlier(log);
    expect(page.value).not.toBe(away);
  });

  test('CL-5 texts that wait to be sent count among the 150 lines, and are reached like the others', () => {
    const pending = signal(waitingTexts(1, 400));
    const log = emptyLog(pending);
    for (const line of many(300)) append(log, line, others);
    const waiting = () => shown(log).waiting.flatMap(({ texts }) => texts.map(({ key }) => key));
    expect(waiting().length).toBeGreaterThan(140);
    expect(waiting().length).toBeLessThanOrEqual(150);
    expect(waiting().at(-1)).toBe(400);
    hold(log);
    const seen = new Set<string>();
    for (let step = 0; step < 700; step++) {
      expect(keys(log).length + waiting().length).toBeLessThanOrEqual(150);
      for (const key of keys(log)) seen.add(`said ${key}`);
      for (const key of waiting()) seen.add(`waits ${key}`);
      if (!shown(log).earlier) break;
      showEarlier(log);
    }
    expect(seen.size).toBe(700);
    while (shown(log).later) showLater(log);
    expect(waiting().at(-1), 'and back').toBe(400);
  });

  test('CL-5 texts that wait become lines while the reader is elsewhere', () => {
    const pending = signal(waitingTexts(1, 3));
    const log = emptyLog(pending);
    append(log, text(1), others);
    hold(log);
    for (let sent = 1; sent <= 3; sent++) {
      append(log, text(sent + 1, { own: true }), others);
      pending.value = waitingTexts(sent + 1, 3);
    }
    expect(keys(log)).toEqual([1, 2, 3, 4]);
    expect(shown(log)).toMatchObject({ waiting: [], earlier: false, later: false });
  });

  test('CL-5 forgets the oldest lines beyond 5,000', () => {
    const log = logOf(many(5_001));
    expect(log.blocks.value.length).toBe(5_000 / blockLines);
    expect(log.blocks.value[0]?.key).toBe(blockLines + 1);
  });

  test('CL-5 tells that older lines are gone, wherever the reader is', () => {
    const log = logOf(many(5_000));
    const page = watchShown(log);
    hold(log);
    showEarlier(log);
    expect(page.value.isCut).toBe(false);
    append(log, text(5_001), others);
    expect(page.value.isCut).toBe(true);
    expect(shown(emptyLog()).isCut).toBe(false);
  });

  test('CL-5 redraws one block for a new line', () => {
    const log = logOf(many(blockLines + 1));
    const [first] = log.blocks.value;
    const before = first?.entries.value;
    append(log, text(blockLines + 2), others);
    expect(first?.entries.value).toBe(before ?? []);
  });

  const cases: readonly [string, Line, boolean][] = [
    ['the same author soon after', text(2), false],
    ['another author', text(2, { member: 2, name: 'Late Wombat' }), true],
    ['the same author under another name', text(2, { name: 'Late Wombat' }), true],
    ['the same author in the same minute', text(2, { atMs: 59_999 }), false],
    ['the same author in the next minute', text(2, { atMs: 60_000 }), true],
    ['a line that is no text', { kind: 'locked', key: 2, locked: true, atMs: 2_000 }, true],
  ];
  test.each(cases)('CL-5 groups texts: %s', (_what, line, starts) => {
    expect(entries(logOf([text(1), line]))[1]?.startsGroup).toBe(starts);
  });

  test('CL-7 the day is written above the first line of another day, and above none before it', () => {
    const at = (day: number, hour: number) => new Date(2026, 10, day, hour, 30).getTime();
    const log = logOf([
      text(1, { atMs: at(25, 22) }),
      text(2, { atMs: at(25, 23) }),
      { kind: 'gap', key: 3, fromMs: at(25, 23), toMs: at(26, 0) },
      text(4, { atMs: at(26, 0) }),
      text(5, { atMs: at(26, 9) }),
    ]);
    expect(entries(log).map(({ startsDay }) => startsDay)).toEqual([false, false, false, true, false]);
  });

  test('CL-8 a name that arrives late replaces the line in place', () => {
    const log = logOf([{ kind: 'joined', key: 1, member: 2, name: null, back: false, atMs: 0 }, text(2), text(3)]);
    replace(log, { kind: 'joined', key: 1, member: 2, name: 'Late Wombat', back: false, atMs: 0 });
    expect(entries(log)[0]?.line).toMatchObject({ key: 1, name: 'Late Wombat' });
    expect(keys(log)).toEqual([1, 2, 3]);
  });

  test('CL-8 a changed author is grouped anew', () => {
    const log = logOf([text(1, { name: null }), text(2), text(3)]);
    expect(entries(log).map(({ startsGroup }) => startsGroup)).toEqual([true, true, false]);
    replace(log, text(1));
    expect(entries(log).map(({ startsGroup }) => startsGroup)).toEqual([true, false, false]);
  });

  test('CR-16 a text keeps the tag of its author, also when its author is gone', () => {
    const log = logOf([text(1)]);
    replace(log, text(1, { name: 'Late Wombat' }));
    expect(entries(log).map(({ tag }) => tag)).toEqual(['K7F2']);
  });

  test('CR-16 the tag of somebody who has just come is put on the line that told of it', () => {
    const log = emptyLog();
    append(log, { kind: 'joined', key: 1, member: 2, name: null, back: false, atMs: 0 }, { alone: false, tag: null });
    append(log, { kind: 'locked', key: 2, locked: true, atMs: 0 }, { alone: false, tag: null });
    append(log, text(3, { member: 2 }), others);
    const before = entries(log)[1];
    tagLines(log, 2, '9QXZ');
    expect(entries(log).map(({ tag }) => tag)).toEqual(['9QXZ', null, 'K7F2']);
    expect(entries(log)[1]).toBe(before);
  });

  test('CL-5 a text that nobody else could receive is marked', () => {
    const log = emptyLog();
    append(log, text(1, { own: true }), { alone: true, tag: null });
    append(log, text(2, { own: true }), others);
    expect(entries(log).map(({ alone }) => alone)).toEqual([true, false]);
  });
});
