import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { accept, type Counters, forget, noCounters } from '../src/index.ts';

describe('CR-5 replays', () => {
  test('CR-5 accepts growing counters, gaps included, and ignores the same and older ones', () => {
    const one = accept(noCounters, 7, 1);
    expect(one).not.toBeNull();
    const five = accept(one ?? noCounters, 7, 5) ?? noCounters;
    for (const counter of [0, 1, 4, 5]) expect(accept(five, 7, counter)).toBeNull();
    expect(accept(five, 7, 6)?.get(7)).toBe(6);
    expect(accept(five, 8, 1)?.get(8)).toBe(1);
  });

  test('CR-5 a frame that is ignored changes nothing', () => {
    const counters = accept(noCounters, 1, 9) ?? noCounters;
    accept(counters, 1, 3);
    accept(counters, 1, 10);
    expect([...counters]).toEqual([[1, 9]]);
  });

  test('CR-5 whatever a relay replays and reorders, each frame counts once and in order', () => {
    const deliveries = fc.array(
      fc.record({ member: fc.integer({ min: 1, max: 3 }), counter: fc.integer({ min: 1, max: 20 }) }),
    );
    fc.assert(
      fc.property(deliveries, (frames) => {
        let counters: Counters = noCounters;
        const seen = new Map<number, number[]>();
        for (const { member, counter } of frames) {
          const after = accept(counters, member, counter);
          if (after === null) continue;
          counters = after;
          seen.set(member, [...(seen.get(member) ?? []), counter]);
        }
        for (const accepted of seen.values()) {
          expect(accepted).toEqual([...new Set(accepted)].sort((a, b) => a - b));
        }
        expect(counters.size).toBeLessThanOrEqual(3);
      }),
    );
  });

  test('CR-5 a member that left is forgotten, the others are not', () => {
    const both = accept(accept(noCounters, 1, 4) ?? noCounters, 2, 6) ?? noCounters;
    expect([...forget(both, 1)]).toEqual([[2, 6]]);
    expect(both.size).toBe(2);
  });
});
