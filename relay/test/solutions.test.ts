import { describe, expect, test } from 'bun:test';
import { clockSkewSeconds, tokenLifeSeconds } from '@pug/wire';
import fc from 'fast-check';
import { Solutions } from '../src/solutions.ts';

const now = 1_700_000_000;

describe('PW-10 used solutions', () => {
  test('PW-10 a solution is used once', () => {
    const solutions = new Solutions(10);
    expect(solutions.look(7n, now)).toBe('unused');
    solutions.use(7n, now);
    expect([solutions.look(7n, now), solutions.look(8n, now)]).toEqual(['used', 'unused']);
    expect(() => solutions.use(7n, now)).toThrow('not an unused one');
  });

  test('PW-10 when a table is full nothing is evicted and nothing more is taken, until its window is over', () => {
    const solutions = new Solutions(10);
    const windowStart = Math.ceil(now / 60) * 60;
    for (let key = 1n; key <= 10n; key++) solutions.use(key, windowStart);
    expect(solutions.look(11n, windowStart + 59)).toBe('unknown');
    expect(() => solutions.use(11n, windowStart + 59)).toThrow('not an unused one');
    for (let key = 1n; key <= 10n; key++) expect(solutions.look(key, windowStart + 59)).toBe('used');
    expect([-1, 60, 120].map((later) => solutions.look(11n, windowStart + later))).toEqual([
      'unused',
      'unused',
      'unused',
    ]);
    expect(solutions.look(1n, windowStart + 240)).toBe('unused');
  });

  test('PW-10 what belongs to a window that is over is not called unused', () => {
    const solutions = new Solutions(10);
    solutions.use(7n, now);
    solutions.use(8n, now + 240);
    expect([solutions.look(7n, now), solutions.look(9n, now)]).toEqual(['unknown', 'unknown']);
  });

  test('PW-10 keys that begin probing at one place are told apart, over the end of the table, too', () => {
    const solutions = new Solutions(12);
    const keys = Array.from({ length: 12 }, (_, at) => BigInt(at) * 2n ** 32n + 15n);
    for (const key of keys) {
      expect(solutions.look(key, now)).toBe('unused');
      solutions.use(key, now);
    }
    for (const key of keys) expect(solutions.look(key, now)).toBe('used');
  });

  test('PW-10 no token outlives its entry', () => {
    const longest = tokenLifeSeconds + 2 * clockSkewSeconds;
    const step = fc.record({
      waitSeconds: fc.nat(40),
      leftSeconds: fc.nat(longest),
      key: fc.bigInt({ min: 1n, max: 40n }),
    });
    fc.assert(
      fc.property(fc.integer({ min: now, max: now + 240 }), fc.array(step, { maxLength: 120 }), (start, steps) => {
        const solutions = new Solutions(1000);
        const used = new Map<bigint, number>();
        let at = start;
        for (const { waitSeconds, leftSeconds, key } of steps) {
          at += waitSeconds;
          for (const [known, until] of used) {
            // A token that is still valid, judged again at any time.
            if (until >= at) expect(solutions.look(known, until)).toBe('used');
            else used.delete(known);
          }
          if (used.has(key)) continue;
          const use = solutions.look(key, at + leftSeconds);
          // The same key in another window: another token that is over, which cannot be in the tables' memory forever.
          expect(['unused', 'used']).toContain(use);
          if (use === 'unused') {
            solutions.use(key, at + leftSeconds);
            used.set(key, at + leftSeconds);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('PW-10 the tables are of fixed size: 8 bytes for a place, at most 8/3 of them for a solution, full or empty', () => {
    const solutions = new Solutions();
    const perWindow = 196_608;
    const before = solutions.sizeBytes;
    expect(before / (4 * perWindow)).toBeLessThan((8 * 4) / 3 + 0.001);
    for (let key = 1n; key <= perWindow; key++) solutions.use((key * 0x9e3779b97f4a7c15n) & (2n ** 64n - 1n), now);
    expect([solutions.sizeBytes, solutions.look(1n, now)]).toEqual([before, 'unknown']);
  });
});
