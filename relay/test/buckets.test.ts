import { describe, expect, test } from 'bun:test';
import { fullAllowance, spend } from '../src/buckets.ts';

const rates = { messagesPerSecond: 20, messageBurst: 60, bytesPerSecond: 1000, byteBurst: 5000 };

/** How many messages of this size go through at once before the first that does not. */
function burst(sizeBytes: number, allowance = fullAllowance(rates, 0), nowMs = 0): number {
  let count = 0;
  while (spend(allowance, rates, sizeBytes, nowMs)) count++;
  return count;
}

describe('LM-2 what a member may send', () => {
  test('LM-2 a burst of messages, and not one more', () => {
    expect(burst(1)).toBe(60);
  });

  test('LM-2 a burst of bytes, and not one more', () => {
    expect([burst(1000), burst(1001), burst(5000), burst(5001)]).toEqual([5, 4, 1, 0]);
  });

  test('LM-2 the rate is refilled, a burst at most', () => {
    for (const [waitMs, count] of [
      [0, 0],
      [49, 0],
      [50, 1],
      [1000, 20],
      [3_600_000, 60],
    ] as const) {
      const allowance = fullAllowance(rates, 0);
      for (let message = 0; message < 60; message++) spend(allowance, rates, 1, 0);
      expect(burst(1, allowance, waitMs)).toBe(count);
    }
  });

  test('LM-2 at its rate a member goes on without end', () => {
    const allowance = fullAllowance(rates, 0);
    for (let message = 1; message <= 10_000; message++) expect(spend(allowance, rates, 50, 50 * message)).toBe(true);
  });

  test('LM-2 above its rate it does not', () => {
    const allowance = fullAllowance(rates, 0);
    let sent = 0;
    while (sent < 10_000 && spend(allowance, rates, 1, 40 * sent)) sent++;
    // 25 a second of 20: the burst of 60 is gone after 12 s.
    expect(sent).toBeWithin(295, 305);
  });
});
