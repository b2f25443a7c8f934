import { describe, expect, test } from 'bun:test';
import { chosen, readArguments } from '../lib/command.ts';

const read = (...args: readonly string[]) => readArguments({ rounds: 5, ms: 3000 }, ['small'], args);

describe('a command of bench/', () => {
  test('takes its defaults where nothing else is said', () => {
    expect(read()).toEqual({ names: [], numbers: { rounds: 5, ms: 3000 }, flags: new Set() });
    expect(read('memory', '--rounds', '1', '--small', 'sweep')).toEqual({
      names: ['memory', 'sweep'],
      numbers: { rounds: 1, ms: 3000 },
      flags: new Set(['small']),
    });
  });

  test.each(['0', '-1', '1.5', 'many', ''])('refuses --rounds=%s: it would measure nothing', (text) => {
    expect(() => read(`--rounds=${text}`)).toThrow('--rounds is a whole number from 1');
  });

  test('refuses what there is not', () => {
    expect(() => read('--hours', '2')).toThrow("'--hours'");
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
