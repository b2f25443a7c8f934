import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
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
    pending.add(id(1), most);
    pending.add(id(2), least);
    expect([pending.find(id(1), 1e12), pending.find(id(2), 1e12), pending.find(id(3), 1e12)]).toEqual([
      most,
      least,
      null,
    ]);
  });

  test('RM-1 the first join takes it out', () => {
    const pending = new Pending(10, lifeMs);
    pending.add(id(1), grant(1));
    expect([pending.remove(id(1)), pending.remove(id(1))]).toEqual([true, false]);
    expect([pending.find(id(1), 0), pending.size, pending.nextMs()]).toEqual([null, 0, null]);
  });

  test('RM-1 RM-10 it is forgotten after its time, and unknown at that moment even before', () => {
    const pending = new Pending(10, lifeMs);
    pending.add(id(1), grant(1, 1000));
    pending.add(id(2), grant(2, 1001));
    expect(pending.nextMs()).toBe(121_000);
    expect(pending.find(id(1), 120_999)).not.toBeNull();
    expect(pending.find(id(1), 121_000)).toBeNull();
    expect([pending.expire(120_999), pending.expire(121_000), pending.size]).toEqual([0, 1, 1]);
    expect(pending.find(id(2), 121_000)).not.toBeNull();
  });

  test('RM-8 a room that lives shorter than it may wait is forgotten when it expires', () => {
    const pending = new Pending(10, lifeMs);
    pending.add(id(1), grant(1));
    pending.add(id(2), grant(2, 0, 60));
    expect([pending.nextMs(), pending.find(id(2), 60_000), pending.expire(60_000)]).toEqual([60_000, null, 1]);
  });

  test('LM-1 there are no more than may be: one more has no place until one is gone', () => {
    const pending = new Pending(5000, lifeMs);
    for (let number = 0; number < 5000; number++) expect(pending.add(id(number), grant(number))).toBe(true);
    expect(pending.add(id(5000), grant(1))).toBe(false);
    expect(pending.find(id(5000), 0)).toBeNull();
    pending.remove(id(17));
    expect(pending.add(id(5000), grant(1))).toBe(true);
    expect(pending.size).toBe(5000);
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
            const added = pending.add(id(number), grant(number, nowMs, ttlSeconds));
            expect(added).toBe(model.size < 40);
            if (added) model.set(number, nowMs + Math.min(1000 * ttlSeconds, 4000));
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
      pending.add(id(number), grant(number, number));
      // Below 10,000 the steps in which memory is taken show.
      if (number > 10_000 && number % 1000 === 0) expect(pending.sizeBytes / pending.size).toBeLessThan(100);
    }
    expect(pending.find(id(count - 1), count)).toEqual(grant(count - 1, count - 1));
    expect([pending.expire(count - 1 + lifeMs), pending.size, pending.nextMs()]).toEqual([count, 0, null]);
  });

  test('RM-1 so it does as seen from outside, in a process that does nothing else', () => {
    const script = join(import.meta.dir, 'pending-memory.ts');
    const { stdout } = Bun.spawnSync([process.execPath, script]);
    const bytesPerRoom = Number(stdout.toString());
    expect(bytesPerRoom).toBeGreaterThan(10);
    expect(bytesPerRoom).toBeLessThan(100);
  });
});
