import { describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readArguments } from '../usage.mjs';

const root = join(import.meta.dir, '..', '..');

const takes = {
  numbers: { rounds: 5, ms: 3000 },
  texts: ['only'],
  flags: ['small'],
  names: true,
} as const;
const read = (...args: readonly string[]) => readArguments(takes, args);

describe('what a command is asked', () => {
  test('is its defaults where nothing else is said', () => {
    expect(read()).toEqual({ names: [], numbers: { rounds: 5, ms: 3000 }, texts: {}, flags: new Set() });
    expect(read('memory', '--rounds', '1', '--small', 'sweep', '--only=x')).toEqual({
      names: ['memory', 'sweep'],
      numbers: { rounds: 1, ms: 3000 },
      texts: { only: 'x' },
      flags: new Set(['small']),
    });
  });

  test.each(['0', '-1', '1.5', '1e99', 'many', ''])('is not --rounds=%s: it would do nothing', (text) => {
    expect(() => read(`--rounds=${text}`)).toThrow('--rounds is a whole number from 1');
  });

  test('is nothing that it does not take', () => {
    expect(() => read('--hours', '2')).toThrow("'--hours'");
    expect(() => readArguments({}, ['memory'])).toThrow("'memory'");
  });
});

/** One of each kind: judges, measures, attacks, checks the tree, runs on Node, is handed on to another program. */
const commands = [
  ['tools/bun.mjs', 'conformance/src/session.ts'],
  ['tools/bun.mjs', 'bench/create/run.ts'],
  ['tools/bun.mjs', 'relay/test/attacks/run.ts'],
  ['tools/bun.mjs', 'tools/size.ts'],
  ['tools/test.mjs'],
  ['tools/relay-go.mjs', 'fuzz'],
  ['deploy/bundle.mjs'],
] as const;

describe.each(commands)('%s %s', (...command) => {
  const call = (...args: readonly string[]) =>
    spawnSync('node', [...command, ...args], { cwd: root, encoding: 'utf8' });

  test('answers --help on stdout', () => {
    const { status, stdout, stderr } = call('--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').length).toBeGreaterThan(2);
  }, 30_000);

  test('refuses an option that it does not know on stderr, without a stack', () => {
    const { status, stdout, stderr } = call('--nonsense');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--nonsense');
    expect(stderr).not.toMatch(/^\s+at /m);
  }, 30_000);
});
