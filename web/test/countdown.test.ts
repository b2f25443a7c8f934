import { describe, expect, test } from 'bun:test';
import { dueWarningMs, timeLeft, warningShownMs, warningsMs } from '../src/state/countdown.ts';
import { en } from '../src/strings/en.ts';

const minuteMs = 60_000;

describe('SK-6 the countdown', () => {
  test.each([
    [24 * 60 * minuteMs, '24 h left'],
    [8 * 60 * minuteMs, '8 h left'],
    [60 * minuteMs + 1, '1 h 1 min left'],
    [60 * minuteMs, '1 h left'],
    [59 * minuteMs + 1, '1 h left'],
    [46 * minuteMs, '46 min left'],
    [minuteMs, '1 min left'],
    [minuteMs - 1, '60 s left'],
    [1, '1 s left'],
    [0, '0 s left'],
    [-5_000, '0 s left'],
  ])('SK-6 %d ms are shown as %s', (leftMs, shown) =>
    expect(en.room.left(timeLeft(leftMs)).replaceAll('\u00a0', ' ')).toBe(shown),
  );

  test.each([
    [10 * minuteMs + 1, 10 * minuteMs, 10 * minuteMs],
    [10 * minuteMs, 10 * minuteMs - 1, null],
    [5 * minuteMs + 500, 5 * minuteMs - 500, 5 * minuteMs],
    [minuteMs + 1, minuteMs - 1, minuteMs],
    [11 * minuteMs, 30_000, minuteMs],
    [11 * minuteMs, -1, null],
    [30_000, 29_000, null],
  ])('SK-6 from %d to %d ms left warns of %p', (before, after, due) => expect(dueWarningMs(before, after)).toBe(due));

  test('SK-6 a warning is gone before the next, and the last one stays until the end', () => {
    const ends = warningsMs.map((warning) => warning - warningShownMs);
    expect(ends).toEqual([9 * minuteMs, 4 * minuteMs, 0]);
  });
});
