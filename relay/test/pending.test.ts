import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { clientMaxEffort, floorEffort } from '@pug/wire';
import fc from 'fast-check';
import { Pending, type PendingGrant } from '../src/pending.ts';

const lifeMs = 120_000;

/** A room id that spells its number, at its end: ids need not be random for the table to be even. */
function id(number: number): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(12, number);
  return bytes;
}

/** What a room that was created at `createdAtMs` was granted. */
function grant(number: number, createdAtMs = 0, ttlSeconds = 3600): PendingGrant {
  const expiresAtMs = createdAtMs + 1000 * ttlSeconds;
  const ownerKey = new Uint8Array(32).fill(number);
  return { expiresAtMs, ttlSeconds, capacity: 2 + (number % 5), ownerKey, solution: BigInt(number + 1) };
}

describe('RM-1 rooms that nobody has joined', () => {
  test('RM-1 a room is found with all that it was granted', () => {
    const pending = new Pending(10, lifeMs);
    const ownerKey = crypto.getRandomValues(new Uint8Array(32));
    const most = { ...grant(1, 1e12, 2 ** 32 - 1), capacity: 65_535, ownerKey, solution: 2n ** 64n - 1n };
    const least = { ...grant(2, 1e12, 1), capacity: 1 };
    pending.add(id(1), most, floorEffort);
    pending.add(id(2), least, floorEffort);
    expect([pending.find(id(1), 1e12), pending.find(id(2), 1e12), pending.find(id(3), 1e12)]).toEqual([
      most,
      least,
      null,
    ]);
  });

  test('RM-1 the first join takes it out', () => {
    const pending = new Pending(10, lifeMs);
    pending.add(id(1), grant(1), floorEffort);
    expect([pending.remove(id(1)), pending.remove(id(1))]).toEqual([true, false]);
    expect([pending.find(id(1), 0), pending.size, pending.nextMs()]).toEqual([null, 0, null]);
  });

  test('RM-1 RM-10 it is forgotten after its time, and unknown at that moment even before', () => {
    const pending = new Pending(10, lifeMs);
    pending.add(id(1), grant(1, 1000), floorEffort);
    pending.add(id(2), grant(2, 1001), floorEffort);
    expect(pending.nextMs()).toBe(121_000);
    expect(pending.find(id(1), 120_999)).not.toBeNull();
    expect(pending.find(id(1), 121_000)).toBeNull();
    expect([pending.expire(120_999), pending.expire(121_000), pending.size]).toEqual([0, 1, 1]);
    expect(pending.find(id(2), 121_000)).not.toBeNull();
  });

  test('RM-8 a room that lives shorter than it may wait is forgotten when it expires', () => {
    const pending = new Pending(10, lifeMs);
    pending.add(id(1), grant(1), floorEffort);
    pending.add(id(2), grant(2, 0, 60), floorEffort);
    expect([pending.nextMs(), pending.find(id(2), 60_000), pending.expire(60_000)]).toEqual([60_000, null, 1]);
  });

  test('LM-1 PW-18 there are no more than may be: one more takes the place of one that cost no more, the oldest first', () => {
    const pending = new Pending(5000, lifeMs);
    for (let number = 0; number < 5000; number++) {
      expect(pending.add(id(number), grant(number), floorEffort)).toBe(true);
    }
    for (let number = 5000; number < 5010; number++) {
      expect(pending.add(id(number), grant(number), floorEffort)).toBe(true);
    }
    const known = (number: number) => pending.find(id(number), 0) !== null;
    expect(Array.from({ length: 5010 }, (_, number) => number).filter((number) => !known(number))).toEqual(
      Array.from({ length: 10 }, (_, number) => number),
    );
    expect(pending.size).toBe(5000);
  });

  test('PW-18 the room of least effort gives way, and never to one that cost less', () => {
    const pending = new Pending(4, lifeMs);
    const efforts = [4, 2, 8, 2];
    efforts.forEach((times, number) => {
      pending.add(id(number), grant(number), times * floorEffort);
    });
    const left = () => Array.from({ length: 20 }, (_, number) => number).filter((n) => pending.find(id(n), 0) !== null);
    expect(pending.add(id(4), grant(4), floorEffort)).toBe(false);
    expect(pending.add(id(5), grant(5), 2 * floorEffort)).toBe(true);
    expect(left()).toEqual([0, 2, 3, 5]);
    for (const number of [6, 7]) expect(pending.add(id(number), grant(number), 16 * floorEffort)).toBe(true);
    expect(left()).toEqual([0, 2, 6, 7]);
    expect(pending.add(id(8), grant(8), 2 * floorEffort)).toBe(false);
    expect(pending.add(id(9), grant(9), clientMaxEffort)).toBe(true);
    expect(left()).toEqual([2, 6, 7, 9]);
  });

  test('PW-18 any mix of prices agrees with a list', () => {
    const step = fc.tuple(fc.constantFrom('add', 'remove'), fc.nat(200), fc.constantFrom(1, 2, 4, 8, 512));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const pending = new Pending(10, lifeMs);
        const model = new Map<number, number>();
        for (const [what, number, times] of steps) {
          if (what === 'remove') expect(pending.remove(id(number))).toBe(model.delete(number));
          else if (!model.has(number)) {
            const least = Math.min(...model.values());
            const mayEnter = model.size < 10 || least <= times;
            expect(pending.add(id(number), grant(number), times * floorEffort)).toBe(mayEnter);
            if (!mayEnter) continue;
            const goner = [...model.keys()].find((known) => pending.find(id(known), 0) === null);
            expect(goner === undefined ? undefined : model.get(goner)).toBe(model.size < 10 ? undefined : least);
            if (goner !== undefined) model.delete(goner);
            model.set(number, times);
          }
        }
        expect(pending.size).toBe(model.size);
      }),
    );
  });

  test('RM-1 any mix of adding, removing and waiting agrees with a map', () => {
    const step = fc.tuple(fc.constantFrom('add', 'remove', 'wait'), fc.nat(60), fc.integer({ min: 1, max: 900 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const pending = new Pending(40, 4000);
        const model = new Map<number, number>();
        let nowMs = 0;
        for (const [what, number, ms] of steps) {
          if (what === 'wait') {
            nowMs += ms;
            pending.expire(nowMs);
            for (const [known, dueMs] of model) if (dueMs <= nowMs) model.delete(known);
          } else if (what === 'remove') expect(pending.remove(id(number))).toBe(model.delete(number));
          else if (!model.has(number)) {
            const ttlSeconds = Math.ceil(ms / 100);
            const added = pending.add(id(number), grant(number, nowMs, ttlSeconds), floorEffort);
            expect(added).toBe(true);
            // 61 numbers in 40 places: which of equal ones gives way is another test's.
            if (model.size === 40)
              model.delete([...model.keys()].find((known) => pending.find(id(known), nowMs) === null) ?? -1);
            model.set(number, nowMs + Math.min(1000 * ttlSeconds, 4000));
          }
        }
        expect(pending.size).toBe(model.size);
        for (let number = 0; number <= 60; number++)
          expect(pending.find(id(number), nowMs) !== null).toBe(model.has(number));
      }),
    );
  });

  test('RM-1 a room takes less than 100 bytes, and all are forgotten in time', () => {
    const count = 400_000;
    const pending = new Pending(1_000_000, lifeMs);
    for (let number = 0; number < count; number++) {
      pending.add(id(number), grant(number, number), floorEffort);
      // Below 10,000 the steps in which memory is taken show.
      if (number > 10_000 && number % 1000 === 0) expect(pending.sizeBytes / pending.size).toBeLessThan(100);
    }
    expect(pending.find(id(count - 1), count)).toEqual(grant(count - 1, count - 1));
    expect([pending.expire(count - 1 + lifeMs), pending.size, pending.nextMs()]).toEqual([count, 0, null]);
  }, 30_000);

  test('RM-1 so it does as seen from outside, in a process that does nothing else', () => {
    const script = join(import.meta.dir, 'pending-memory.ts');
    const { stdout } = Bun.spawnSync([process.execPath, script]);
    const bytesPerRoom = Number(stdout.toString());
    expect(bytesPerRoom).toBeGreaterThan(10);
    expect(bytesPerRoom).toBeLessThan(100);
  }, 30_000);
});
