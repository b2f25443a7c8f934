/** The relay against its peers and limits. */
import { ask } from '../../tools/usage.mjs';
import { runCommand } from '../lib/command.ts';
import { describePinning, packageVersion, versionOf } from '../lib/machine.ts';
import { measureBroadcast } from './broadcast.ts';
import type { Extent } from './extent.ts';
import { measureGrowth } from './growth.ts';
import { measureJoins } from './joins.ts';
import { measureMemory } from './memory.ts';
import { measureSoak } from './soak.ts';
import { measureSweep } from './sweep.ts';

const usage = `npm run bench:relay -- [broadcast|sweep|growth|joins|memory …] [--rounds 5] [--ms 3000] [--small]
npm run bench:relay -- soak [--minutes 60]
Measures the relay against its peers and limits. --small tries it out in a few minutes.`;
const takes = { numbers: { rounds: 5, ms: 3000, minutes: 60 }, flags: ['small'], names: true };
const { names, numbers, flags } = ask(usage, takes);

await runCommand(async () => {
  const extent: Extent = { ...numbers, small: flags.has('small') };
  const measurements = {
    broadcast: () => measureBroadcast(extent),
    sweep: () => measureSweep(extent),
    growth: () => measureGrowth(extent),
    joins: () => measureJoins(extent),
    memory: () => measureMemory(extent),
    soak: () => measureSoak(extent),
  };
  const packages = await Promise.all(['ws', 'socket.io', 'express'].map(packageVersion));
  const programs = [`Node ${versionOf(['node', '--version'])}`, ...packages, versionOf(['cc', '--version'])];
  // A soak takes an hour and compares nothing: only who names it wants it.
  return {
    usage,
    measurements,
    names,
    rare: ['soak'],
    about: [[`Bun ${Bun.version}`, ...programs].join(', '), describePinning()],
  };
});
