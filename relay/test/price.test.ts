import { describe, expect, test } from 'bun:test';
import { clientMaxEffort, effortOf, floorEffort, hitsPerSolution, targetFor } from '@pug/wire';
import fc from 'fast-check';
import { parseAddress } from '../src/addresses.ts';
import { Crowds } from '../src/crowds.ts';
import { Difficulty, targetRate } from '../src/difficulty.ts';
import { Price } from '../src/price.ts';

const periodMs = 10_000;
const scarce = { maxPendingRooms: 1_000_000, pendingRoomSeconds: 120, maxRooms: 100_000, emptyRoomSeconds: 120 };

function address(text: string): Uint8Array {
  const bytes = parseAddress(text);
  if (bytes === null) throw new Error(`not an address: ${text}`);
  return bytes;
}

/** The bits after each period in which so many rooms were made. */
function bitsAfter(made: readonly number[], occupancy = 0): readonly number[] {
  const difficulty = new Difficulty(5, 10, () => occupancy, 0);
  return made.map((count, period) => {
    for (let room = 0; room < count; room++) difficulty.count();
    return Math.round(1000 * difficulty.bits((period + 1) * periodMs)) / 1000;
  });
}

describe('PW-16 the dial', () => {
  test('PW-16 up to the target nothing is raised; beyond it as far as the rate is over, by 1.5 bits at most, and never over the top', () => {
    expect(bitsAfter([0, 50, 100])).toEqual([0, 0, 0]);
    expect(bitsAfter([200])).toEqual([1]);
    expect(bitsAfter([1000, 1000, 1000, 1000, 1000])).toEqual([1.5, 3, 4.5, 5, 5]);
  });

  test('PW-16 down by two thirds a period at most, and not while that would be too far', () => {
    expect(bitsAfter([200, 0, 0])).toEqual([1, 0.415, 0]);
    expect(bitsAfter([200, 100, 90])).toEqual([1, 1, 0.848]);
  });

  test('PW-16 a full table holds the price', () => {
    expect(bitsAfter([200, 0, 0], 1)).toEqual([1, 1, 1]);
  });

  test('PW-16 within a period nothing moves, and a long quiet is many periods', () => {
    const difficulty = new Difficulty(5, 1, () => 0, 0);
    for (let room = 0; room < 10_000; room++) difficulty.count();
    expect([difficulty.bits(periodMs - 1), difficulty.bits(periodMs), difficulty.bits(2 * periodMs - 1)]).toEqual([
      0, 1.5, 1.5,
    ]);
    expect(difficulty.bits(1e12)).toBe(0);
  });

  test('PW-16 the target is a quarter of what fills a table, and never more than is verified', () => {
    expect(targetRate(scarce)).toBe(200);
    expect(targetRate({ ...scarce, maxPendingRooms: 1200 })).toBe(2.5);
    expect(targetRate({ ...scarce, maxRooms: 4800 })).toBe(10);
    expect(targetRate({ ...scarce, maxRooms: 40, emptyRoomSeconds: 0 })).toBe(10);
  });
});

describe('PW-17 crowded prefixes', () => {
  test('PW-17 four rooms are free, and each doubling is a bit, up to four', () => {
    const crowds = new Crowds(0);
    const bits: number[] = [];
    for (let room = 1; room <= 300; room++) {
      const crowd = crowds.of(address('192.0.2.1'), 0);
      crowds.count(crowd);
      if (Number.isInteger(Math.log2(room))) bits.push(crowds.bits(crowd));
    }
    expect(bits).toEqual([0, 0, 0, 1, 2, 3, 4, 4, 4]);
    expect(crowds.bits(crowds.of(address('192.0.2.254'), 0))).toBe(4);
    expect(crowds.bits(crowds.of(address('192.0.3.1'), 0))).toBe(0);
  });

  test('PW-17 LM-4 after 5 minutes the key is another and all is forgotten', () => {
    const crowds = new Crowds(0);
    const before = crowds.of(address('192.0.2.1'), 299_999);
    for (let room = 0; room < 64; room++) crowds.count(before);
    const after = crowds.of(address('192.0.2.1'), 300_000);
    expect([crowds.bits(before), crowds.bits(after), after.id === before.id]).toEqual([0, 0, false]);
  });

  test('PW-17 LM-4 sixty thousand prefixes take no more memory than one, and strangers do not pay for them', () => {
    const crowds = new Crowds(0);
    const { sizeBytes } = crowds;
    for (let room = 0; room < 60_000; room++) crowds.count(crowds.of(Uint8Array.of(11, room >> 8, room & 255, 1), 0));
    let paying = 0;
    for (let prefix = 0; prefix < 2000; prefix++) {
      if (crowds.bits(crowds.of(Uint8Array.of(77, prefix >> 8, prefix & 255, 1), 0)) > 0) paying++;
    }
    // All that the dial lets be made in a key's life, one from each prefix: nobody is mistaken for a crowd.
    expect(paying).toBe(0);
    expect(crowds.sizeBytes).toBe(sizeBytes);
    expect(sizeBytes).toBe(2 ** 18);
  }, 30_000);
});

describe('what is asked', () => {
  const price = (rooms: number) => {
    const difficulty = new Difficulty(5, 1, () => 0, 0);
    for (let room = 0; room < rooms; room++) difficulty.count();
    return new Price(floorEffort, difficulty, new Crowds(0));
  };

  test('PW-7 HT-3 it says which of the two raised it more', () => {
    const [calm, loaded] = [price(0), price(20)];
    const here = address('192.0.2.1');
    expect(calm.asked(here, periodMs)).toMatchObject({ effort: floorEffort, raisedBy: 'none' });
    expect(loaded.asked(here, periodMs)).toMatchObject({ effort: 2 * floorEffort, raisedBy: 'load' });
    for (let room = 0; room < 64; room++) for (const one of [calm, loaded]) one.paid(one.asked(here, periodMs));
    expect(calm.asked(here, periodMs)).toMatchObject({ effort: 16 * floorEffort, raisedBy: 'network' });
    expect(loaded.asked(here, periodMs)).toMatchObject({ effort: 32 * floorEffort, raisedBy: 'network' });
    expect(loaded.asked(address('198.51.100.1'), periodMs)).toMatchObject({ raisedBy: 'load' });
  });

  test('PW-17 LM-6 loopback, the unknown and shared listeners are no prefix', () => {
    const calm = price(0);
    const shared = new Price(floorEffort, new Difficulty(5, 1000, () => 0, 0), null);
    for (const from of [address('127.0.0.1'), address('127.9.8.7'), address('::1'), null]) {
      for (let room = 0; room < 64; room++) calm.paid(calm.asked(from, 0));
      expect(calm.asked(from, 0)).toEqual({ effort: floorEffort, raisedBy: 'none', crowd: null });
    }
    for (let room = 0; room < 64; room++) shared.paid(shared.asked(address('192.0.2.1'), 0));
    expect(shared.asked(address('192.0.2.1'), 0).effort).toBe(floorEffort);
  });

  test('PW-7 PW-8 whatever comes together, a client would do it: 2^27 at most, as the token spells it too', () => {
    fc.assert(
      fc.property(fc.integer({ min: 13, max: 27 }), fc.nat(100_000), fc.nat(70), (floorBits, made, crowd) => {
        const difficulty = new Difficulty(27 - floorBits, 1, () => 0, 0);
        for (let room = 0; room < made; room++) difficulty.count();
        const priced = new Price(2 ** floorBits, difficulty, new Crowds(0));
        const from = address('192.0.2.1');
        for (let room = 0; room < crowd; room++) priced.paid(priced.asked(from, 0));
        const { effort } = priced.asked(from, 30_000);
        expect(effort).toBeGreaterThanOrEqual(2 ** floorBits);
        expect(effortOf(hitsPerSolution, targetFor(hitsPerSolution, effort))).toBeLessThanOrEqual(clientMaxEffort);
      }),
      { numRuns: 30 },
    );
  });
});
