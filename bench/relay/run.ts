/** npm run bench:relay -- [broadcast|sweep|growth|joins|memory …] [--rounds 5] [--ms 3000], or soak [--minutes 60]: the relay against its peers and limits. */
import { parseArgs } from 'node:util';
import { stopAll } from '../lib/lines.ts';
import { describeMachine, describePinning, loadAverages, packageVersion, versionOf } from '../lib/machine.ts';
import { measureBroadcast } from './broadcast.ts';
import type { Extent } from './extent.ts';
import { measureGrowth } from './growth.ts';
import { measureJoins } from './joins.ts';
import { measureMemory } from './memory.ts';
import { measureSoak } from './soak.ts';
import { measureSweep } from './sweep.ts';

const measurements = {
  broadcast: measureBroadcast,
  sweep: measureSweep,
  growth: measureGrowth,
  joins: measureJoins,
  memory: measureMemory,
  soak: measureSoak,
};
type Measurement = keyof typeof measurements;

const names = Object.keys(measurements) as readonly Measurement[]; // The object has no keys but its own.

function wanted(positionals: readonly string[]): readonly Measurement[] {
  const unknown = positionals.filter((name) => !names.some((known) => known === name));
  if (unknown.length > 0) throw new Error(`there is ${names.join(', ')}; not ${unknown.join(', ')}`);
  // A soak takes an hour and compares nothing: only who names it wants it.
  return positionals.length === 0
    ? names.filter((name) => name !== 'soak')
    : names.filter((name) => positionals.includes(name));
}

async function header(): Promise<string> {
  const packages = await Promise.all(['ws', 'socket.io', 'express'].map(packageVersion));
  const node = versionOf(['node', '--version']);
  const versions = [`Bun ${Bun.version}`, `Node ${node}`, ...packages, versionOf(['cc', '--version'])];
  const load = `load averages before the run: ${await loadAverages()}`;
  return `${await describeMachine()}\n${versions.join(', ')}\n${describePinning()}\n${load}\n`;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      ms: { type: 'string', default: '3000' },
      minutes: { type: 'string', default: '60' },
      small: { type: 'boolean', default: false },
    },
  });
  const { rounds, ms, minutes, small } = values;
  const extent: Extent = { rounds: Number(rounds), ms: Number(ms), minutes: Number(minutes), small };
  console.log(await header());
  for (const name of wanted(positionals)) await measurements[name](extent);
  console.log(`load averages after the run: ${await loadAverages()}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await stopAll();
}
