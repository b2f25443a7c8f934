import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { pbkdf2Sync } from 'node:crypto';
import { decodeSolution, effortOf, isAscending, isHit, iterationsPerTry, nonceSalt, targetFor } from '@pug/wire';
import { solve } from '../src/solver.ts';
import { patienceMs, settle } from './waiting.ts';

setDefaultTimeout(patienceMs);

const puzzle = new Uint8Array(32).fill(5);
const signal = new AbortController().signal;

describe('PW-5 solver', () => {
  test('PW-5 PW-6 finds k hits of the one stream, strictly ascending, each good by another implementation', async () => {
    const k = 8;
    const target = targetFor(k, 2 ** 16);
    const seen: number[] = [];
    const solution = await solve({ puzzle, k, target, signal, onHit: (hits) => seen.push(hits) });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const nonces = decodeSolution(solution ?? new Uint8Array(0), k) ?? [];
    expect(nonces).toHaveLength(k);
    expect(isAscending(nonces)).toBe(true);
    for (const nonce of nonces) {
      const output = pbkdf2Sync(puzzle, nonceSalt(nonce), iterationsPerTry, 32, 'sha256');
      expect(isHit(output, target)).toBe(true);
    }
  });

  test('PW-7 the work is about what the effort says', async () => {
    const target = targetFor(8, 2 ** 17);
    let tries = 0;
    const count = (begun: number): null => {
      tries = Math.max(tries, begun);
      return null;
    };
    for (let n = 0; n < 4; n++) {
      const before = tries;
      tries = 0;
      await solve({ puzzle: new Uint8Array(32).fill(n), k: 8, target, signal, onHit: () => {}, beforeTry: count });
      tries += before;
    }
    const expected = (4 * effortOf(8, target)) / iterationsPerTry;
    expect(tries).toBeGreaterThan(expected / 2);
    expect(tries).toBeLessThan(expected * 2);
  });

  test('PW-5 where one try fails no other begins', async () => {
    let begun = 0;
    const beforeTry = (): null => {
      if (++begun === 10) throw new Error('the device fails');
      return null;
    };
    const failing = solve({ puzzle, k: 8, target: targetFor(8, 2 ** 17), signal, onHit: () => {}, beforeTry });
    await expect(failing).rejects.toThrow('the device fails');
    await settle();
    expect(begun).toBe(10);
  });

  test('PW-8 is called off at once, by signal or from the start', async () => {
    const controller = new AbortController();
    const tries = { begun: 0, begunWhenCalledOff: -1 };
    const beforeTry = (): null => {
      tries.begun++;
      return null;
    };
    const impossible = { puzzle, k: 8, target: 0, onHit: () => {}, beforeTry };
    const running = solve({ ...impossible, signal: controller.signal });
    setTimeout(() => {
      tries.begunWhenCalledOff = tries.begun;
      controller.abort();
    }, 20);
    expect(await running).toBeNull();
    expect(tries.begun).toBe(tries.begunWhenCalledOff);
    expect(await solve({ ...impossible, signal: AbortSignal.abort() })).toBeNull();
  });
});
