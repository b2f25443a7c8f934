import { describe, expect, test } from 'bun:test';
import { chosen } from '../lib/command.ts';

describe('a command of bench/', () => {
  test('refuses what there is not', () => {
    expect(() => chosen({ measurements: { memory: async () => {} }, names: ['soak'] })).toThrow('not soak');
  });

  test('measures all but what is rare, or what is named, in its own order', () => {
    const none = async () => {};
    const measurements = { sweep: none, memory: none, soak: none };
    const of = (...names: readonly string[]) => chosen({ measurements, names, rare: ['soak'] });
    expect([of(), of('soak', 'sweep')]).toEqual([
      ['sweep', 'memory'],
      ['sweep', 'soak'],
    ]);
  });
});
