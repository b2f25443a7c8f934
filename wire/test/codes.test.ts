import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type CloseName, closeCodes, closeNameOf, finalCloses, isFinal } from '../src/index.ts';

describe('SK-12 close codes', () => {
  test('SK-12 every code has one name and every name one code', () => {
    const codes = Object.values(closeCodes);
    expect(new Set(codes).size).toBe(codes.length);
    for (const [name, code] of Object.entries(closeCodes)) expect(closeNameOf(code)).toBe(name as CloseName);
  });

  test('SK-12 any other code is a lost connection', () => {
    const ours = new Set<number>(Object.values(closeCodes));
    fc.assert(fc.property(fc.nat(5000), (code) => expect(closeNameOf(code) === null).toBe(!ours.has(code))));
    for (const code of [1000, 1001, 1005, 1006, 1009, 1011]) expect(closeNameOf(code)).toBeNull();
  });

  test('SK-12 after these nine a client stays away, after the others it tries again', () => {
    const names = Object.keys(closeCodes) as CloseName[];
    const retried = names.filter((name) => !isFinal(name));
    expect(finalCloses.length).toBe(9);
    expect(retried).toEqual(['too_slow', 'flooding', 'join_timeout', 'restarting', 'overloaded']);
  });
});
