import { describe, expect, test } from 'bun:test';
import { kinds, simulate } from './simulator.ts';
import { trials } from './trials.ts';

const trialNames = trials.map(({ name }) => name);
const shards = 2;
const limitMs = 20 * 60_000;

/** Plays seeds 1 … `seeds`, half of them in each of two processes, which must all converge. @returns how often each kind of thing happened */
async function play(seeds: number, ...options: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const each = seeds / shards;
  const happened = new Map<string, number>();
  const runs = Array.from({ length: shards }, async (_, shard) => {
    const range = ['--seeds', String(each), '--from', String(1 + shard * each)];
    const child = Bun.spawn([process.execPath, `${import.meta.dir}/simulate.ts`, ...range, ...options], {
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const printed = (await new Response(child.stdout).text()) + (await new Response(child.stderr).text());
    expect(await child.exited, printed).toBe(0);
    const [, list = ''] = /^happened: (.*)$/m.exec(printed) ?? [];
    for (const [, kind = '', times] of list.matchAll(/(\w+) (\d+)/g))
      happened.set(kind, (happened.get(kind) ?? 0) + Number(times));
  });
  await Promise.all(runs);
  return happened;
}

describe('CR-12 CR-13 CR-14 simulated rooms', () => {
  test(
    'CR-12 CR-13 CR-14 a thousand rooms of up to six members behind a hostile relay come to agree, and stand trials',
    async () => {
      const happened = await play(1000, '--members', '6');
      for (const kind of [...kinds, ...trialNames]) expect(happened.get(kind) ?? 0, kind).toBeGreaterThan(100);
    },
    limitMs,
  );

  test(
    'CR-12 CR-13 CR-14 a hundred rooms of up to twenty members behind a hostile relay come to agree, and stand trials',
    async () => {
      const happened = await play(100, '--members', '20');
      for (const kind of kinds) expect(happened.get(kind) ?? 0, kind).toBeGreaterThan(20);
      // They are for the smaller ones of these rooms.
      for (const trial of trialNames) expect(happened.get(trial) ?? 0, trial).toBeGreaterThan(2);
    },
    limitMs,
  );

  test(
    'CR-12 CR-14 fifty rooms behind an honest relay come to agree, and nobody suspects it',
    async () => {
      await play(50, '--members', '6', '--friendly');
    },
    limitMs,
  );

  test('CR-12 a seed plays the same room each time', async () => {
    const plays: string[][] = [];
    for (let play = 0; play < 2; play++) {
      const lines: string[] = [];
      await simulate({ seed: 11, members: 6, hostile: true, trace: (line) => lines.push(line) });
      plays.push(lines);
    }
    expect(plays[0]?.length).toBeGreaterThan(10);
    expect(plays[1]).toEqual(plays[0] ?? []);
  });
});
