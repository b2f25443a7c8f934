import { describe, expect, test } from 'bun:test';
import { simulate } from './simulator.ts';

const shards = 2;
const limitMs = 20 * 60_000;

/** Plays seeds 1 … `seeds`, half of them in each of two processes: what they print when not all converge, else nothing. */
async function failures(seeds: number, ...options: readonly string[]): Promise<string> {
  const each = seeds / shards;
  const runs = Array.from({ length: shards }, async (_, shard) => {
    const range = ['--seeds', String(each), '--from', String(1 + shard * each)];
    const child = Bun.spawn([process.execPath, `${import.meta.dir}/simulate.ts`, ...range, ...options], {
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const printed = (await new Response(child.stdout).text()) + (await new Response(child.stderr).text());
    return (await child.exited) === 0 ? '' : printed;
  });
  return (await Promise.all(runs)).join('');
}

describe('CR-12 CR-13 CR-14 simulated rooms', () => {
  test(
    'CR-12 CR-13 CR-14 a thousand rooms of up to six members behind a hostile relay come to agree',
    async () => expect(await failures(1000, '--members', '6')).toBe(''),
    limitMs,
  );

  test(
    'CR-12 CR-13 CR-14 a hundred rooms of up to twenty members behind a hostile relay come to agree',
    async () => expect(await failures(100, '--members', '20')).toBe(''),
    limitMs,
  );

  test(
    'CR-12 CR-14 fifty rooms behind an honest relay come to agree, and nobody suspects it',
    async () => expect(await failures(50, '--members', '6', '--friendly')).toBe(''),
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
