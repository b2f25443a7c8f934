import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import * as wire from '../src/index.ts';
import { bytesOf, u32s } from './arbitrary.ts';

const byte = fc.nat(255);
const tokens = fc.record({
  version: byte,
  algorithm: byte,
  k: byte,
  keyId: byte,
  target: u32s,
  issuedAt: u32s,
  ttl: fc.nat(65_535),
  audience: fc.nat(65_535),
  random: bytesOf(16),
  mac: bytesOf(20),
});

describe('PW-1 PW-2 tokens', () => {
  test('PW-1 any token round-trips in 52 bytes', () => {
    fc.assert(
      fc.property(tokens, (token) => {
        const bytes = wire.encodeToken(token);
        expect(bytes.length).toBe(wire.tokenBytes);
        expect(wire.decodeToken(bytes)).toEqual(token);
      }),
    );
  });

  test('PW-1 malleability: 52 bytes encode to themselves, another length is refused', () => {
    fc.assert(
      fc.property(fc.oneof(bytesOf(52), fc.uint8Array({ maxLength: 60 })), (bytes) => {
        const token = wire.decodeToken(bytes);
        expect(token === null).toBe(bytes.length !== 52);
        if (token !== null) expect(wire.encodeToken(token)).toEqual(new Uint8Array(bytes));
      }),
    );
  });

  test('PW-2 the mac covers every byte but itself', () => {
    fc.assert(
      fc.property(bytesOf(52), fc.nat(51), (token, at) => {
        const other = token.slice();
        other[at] = (other[at] ?? 0) ^ 1;
        const same = Buffer.compare(wire.tokenMacInput(token), wire.tokenMacInput(other)) === 0;
        expect(same).toBe(at >= 32);
      }),
    );
  });
});

describe('PW-3 PW-4 binding', () => {
  const requests = fc.record({
    joinKey: bytesOf(32),
    ownerKey: bytesOf(32),
    ttlSeconds: u32s,
    capacity: fc.nat(65_535),
  });

  test('PW-3 two different rooms never bind alike', () => {
    fc.assert(
      fc.property(requests, requests, (one, other) => {
        expect(wire.bindInput(one).length).toBe(12 + 70);
        for (const name of ['joinKey', 'ownerKey', 'ttlSeconds', 'capacity'] as const) {
          const mixed = { ...one, [name]: other[name] };
          const isSame = JSON.stringify([...wire.bindInput(mixed)]) === JSON.stringify([...wire.bindInput(one)]);
          expect(isSame).toBe(JSON.stringify(mixed) === JSON.stringify(one));
        }
      }),
    );
  });

  test('PW-4 the puzzle is label, token, bind', () => {
    const puzzle = wire.puzzleInput(new Uint8Array(52).fill(0x54), new Uint8Array(32).fill(0x42));
    expect(Buffer.from(puzzle).toString('latin1')).toBe(`pug/1 puzzle${'T'.repeat(52)}${'B'.repeat(32)}`);
  });
});

describe('PW-5 PW-6 PW-7 hits and effort', () => {
  test('PW-5 a hit is at most the target, in the first four bytes', () => {
    fc.assert(
      fc.property(u32s, u32s, bytesOf(28), (first, target, rest) => {
        expect(wire.isHit(wire.concat(wire.u32(first), rest), target)).toBe(first <= target);
        expect(wire.isHit(wire.u32(first), first)).toBe(true);
      }),
    );
    expect([...wire.nonceSalt(0x01020304)]).toEqual([1, 2, 3, 4]);
  });

  test('PW-6 a solution round-trips; another length is refused', () => {
    fc.assert(
      fc.property(fc.array(u32s, { maxLength: 12 }), fc.nat(12), (nonces, k) => {
        const solution = wire.encodeSolution(nonces);
        expect(wire.decodeSolution(solution, k) as unknown).toEqual(k === nonces.length ? nonces : null);
        expect(wire.decodeSolution(solution.subarray(1), nonces.length)).toEqual(nonces.length === 0 ? [] : null);
      }),
    );
  });

  test('PW-6 ascending is strict', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 8 }), (nonces) => {
        const sorted = [...new Set(nonces)].sort((a, b) => a - b);
        expect(wire.isAscending(nonces)).toBe(JSON.stringify(nonces) === JSON.stringify(sorted));
      }),
    );
    expect(wire.isAscending([0, 2 ** 32 - 1])).toBe(true);
  });

  test('PW-7 floor and ceiling, and no target asks for less than it was made for', () => {
    expect(wire.targetFor(wire.hitsPerSolution, wire.floorEffort)).toBe(134_217_727);
    expect(wire.effortOf(wire.hitsPerSolution, 134_217_727)).toBe(wire.floorEffort);
    expect(wire.effortOf(wire.hitsPerSolution, wire.targetFor(8, wire.ceilingEffort))).toBe(wire.ceilingEffort);
    fc.assert(
      fc.property(fc.integer({ min: 2 ** 13, max: 2 ** 27 }), (effort) => {
        const target = wire.targetFor(8, effort);
        expect(wire.effortOf(8, target)).toBeGreaterThanOrEqual(effort);
        expect(wire.effortOf(8, target + 2 ** 12)).toBeLessThanOrEqual(2 * effort);
      }),
    );
  });

  test('PW-7 effort is the floor of exact division, whatever the target', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 255 }), u32s, (k, target) => {
        const exact = (BigInt(k) * 2n ** 32n) / BigInt(target + 1);
        expect(BigInt(wire.effortOf(k, target))).toBe(exact * 1024n);
      }),
      { numRuns: 2000 },
    );
  });
});
