import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { Deadlines } from '../src/deadlines.ts';

/** Takes out everything in order; returns the times. */
function drained(deadlines: Deadlines): readonly number[] {
  const times: number[] = [];
  for (let slot = deadlines.due(Number.MAX_VALUE); slot !== null; slot = deadlines.due(Number.MAX_VALUE)) {
    times.push(deadlines.atMs(slot));
    deadlines.remove(slot);
  }
  return times;
}

describe('deadlines', () => {
  test('RM-8 the earliest is known, and is due when its time has come', () => {
    const deadlines = new Deadlines(10);
    expect([deadlines.nextMs(), deadlines.due(Number.MAX_VALUE)]).toEqual([null, null]);
    deadlines.add(300);
    const early = deadlines.add(100);
    deadlines.add(200);
    expect(deadlines.nextMs()).toBe(100);
    expect([deadlines.due(99), deadlines.due(100)]).toEqual([null, early]);
  });

  test('RM-9 a deadline moves both ways', () => {
    const deadlines = new Deadlines(10);
    const [a, b] = [deadlines.add(100), deadlines.add(200)];
    deadlines.move(a, 300);
    expect([deadlines.nextMs(), deadlines.atMs(a)]).toEqual([200, 300]);
    deadlines.move(a, 50);
    expect(deadlines.due(50)).toBe(a);
    deadlines.move(b, 50);
    expect(drained(deadlines)).toEqual([50, 50]);
  });

  test('LM-1 there are no more than there are slots, and a slot that is free is used again', () => {
    const deadlines = new Deadlines(3);
    const slots = [deadlines.add(1), deadlines.add(2), deadlines.add(3)];
    expect([...slots].sort()).toEqual([0, 1, 2]);
    expect(() => deadlines.add(4)).toThrow('more deadlines than there are slots');
    deadlines.remove(slots[1] ?? -1);
    expect(deadlines.add(4)).toBe(slots[1] ?? -1);
  });

  test('RM-10 nothing is left of a deadline that was removed', () => {
    const deadlines = new Deadlines(10);
    const slot = deadlines.add(12_345);
    deadlines.remove(slot);
    expect([deadlines.size, deadlines.nextMs(), deadlines.atMs(slot)]).toEqual([0, null, 0]);
  });

  test('RM-8 100,000 are added, half of them moved, a third removed in random order, and the rest come in order', () => {
    const deadlines = new Deadlines(100_000);
    const expected = new Map<number, number>();
    for (let count = 0; count < 100_000; count++) {
      const atMs = Math.floor(Math.random() * 1e9);
      expected.set(deadlines.add(atMs), atMs);
    }
    expect(expected.size).toBe(100_000);
    const shuffled = [...expected.keys()].sort(() => Math.random() - 0.5);
    for (const slot of shuffled.slice(0, 50_000)) {
      expected.set(slot, Math.floor(Math.random() * 1e9));
      deadlines.move(slot, expected.get(slot) ?? 0);
    }
    for (const slot of shuffled.slice(30_000, 63_000)) {
      expected.delete(slot);
      deadlines.remove(slot);
    }
    expect(deadlines.size).toBe(67_000);
    expect(drained(deadlines)).toEqual([...expected.values()].sort((a, b) => a - b));
    expect(deadlines.size).toBe(0);
  }, 30_000);

  test('RM-8 any mix of adding, moving and removing agrees with a sorted list', () => {
    const step = fc.tuple(fc.constantFrom('add', 'move', 'remove'), fc.nat(50), fc.nat(1000));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const deadlines = new Deadlines(200);
        const model = new Map<number, number>();
        for (const [what, pick, atMs] of steps) {
          const slot = [...model.keys()][pick % Math.max(1, model.size)];
          if (what === 'add') model.set(deadlines.add(atMs), atMs);
          else if (slot !== undefined && what === 'move') {
            deadlines.move(slot, atMs);
            model.set(slot, atMs);
          } else if (slot !== undefined) {
            deadlines.remove(slot);
            model.delete(slot);
          }
          expect(deadlines.nextMs()).toBe(model.size === 0 ? null : Math.min(...model.values()));
        }
        expect(drained(deadlines)).toEqual([...model.values()].sort((a, b) => a - b));
      }),
    );
  });
});
