import { describe, expect, test } from 'bun:test';
import { allTimes, usualTimes } from '../src/state/lifetime.ts';

const day = 86_400;
const range = (min: number, max: number, usual = max) => ({ min, max, default: usual });

describe('HT-8 how long a room may last', () => {
  test('HT-8 in one tap are the usual times that the deployment allows, its own, and what was chosen', () => {
    expect(usualTimes(range(60, day, 3_600), 3_600)).toEqual([600, 3_600, 28_800, day]);
    expect(usualTimes(range(1_200, 7_200), 7_200)).toEqual([3_600, 7_200]);
    expect(usualTimes(range(60, day, 3_600), 7_200)).toEqual([600, 3_600, 7_200, 28_800, day]);
  });

  test('HT-8 on request are finer steps, from the shortest to the longest that the deployment allows', () => {
    const all = allTimes(range(45, 10 * day, 3_600));
    expect(all).toEqual(all.toSorted((a, b) => a - b));
    expect([all[0], all.at(-1)]).toEqual([45, 10 * day]);
    expect(all).toEqual(expect.arrayContaining([60, 1_800, 7_200, day, 2 * day]));
    expect(new Set(all).size).toBe(all.length);
  });

  test('HT-8 nothing else is offered', () => {
    for (const times of [allTimes(range(700, 3_000, 1_000)), usualTimes(range(700, 3_000, 1_000), 1_000)])
      for (const seconds of times) expect(seconds >= 700 && seconds <= 3_000).toBe(true);
    expect(allTimes(range(600, 600))).toEqual([600]);
  });
});
