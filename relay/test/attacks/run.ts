// Every attack in turn, as a table.
import { join } from 'node:path';
import { ask, refuse } from '../../../tools/usage.mjs';
import { type AttackName, attacks } from './attacks.ts';
import { allowedFactor, measure, verdict } from './measure.ts';
import { goFirst } from './processes.ts';

const names = Object.keys(attacks) as AttackName[]; // The table has no keys but its own.
const usage = `npm run attack -- [--bare] [--alike] [TEXT …]
Every attack in turn, or those whose name holds a TEXT: ${names.join(', ')}.
Exits 1 when one hurts. With --bare they attack the least that a relay could be: what is measured then is the runtime, the kernel and the machine.
The relay and the innocent room have real-time priority where the system grants it (root on Linux). With --alike they have what everybody has:
then the attacker's share of the cores is measured, too, and the machine must do nothing else.`;
const { flags, names: parts } = ask(usage, { flags: ['bare', 'alike'], names: true });
const isBare = flags.has('bare');
const chosen = names.filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)));
if (chosen.length === 0) refuse(usage, `no attack is called ${parts.join(' or ')}`);
const around = isBare ? { program: [process.execPath, join(import.meta.dir, 'bare-relay.ts')] } : {};
const { mostPairs, stretchMs } = verdict;
const isFirst = !flags.has('alike') && goFirst();
console.log(isFirst ? 'Relay and innocent room: real-time priority.' : 'Relay and innocent room: the usual priority.');
console.log(`Medians of ${mostPairs} quiet and ${mostPairs} attacked stretches of ${stretchMs} ms, in turn.\n`);
const columns = [
  ...['attack', 'quiet p99 ms', 'attacked p99 ms', 'ratio', `within ${allowedFactor} ×`, 'p50 ms: quiet, attacked'],
  ...['done a second, open at once', 'relay CPU s/s: quiet, attacked', 'others’ CPU s/s', 'memory left, MiB'],
];
console.log(`| ${columns.join(' | ')} |\n|${columns.map(() => '---|').join('')}`);
for (const name of chosen) {
  const { quietMs, attackMs, isWithin, tookPlace, strikesPerSecond, ...other } = await measure(name, verdict, around);
  const pair = (a: number, b: number) => `${a.toFixed(2)}, ${b.toFixed(2)}`;
  const judgement = !tookPlace ? 'hardly took place' : isWithin ? 'yes' : 'NO';
  if (judgement !== 'yes') process.exitCode = 1;
  const cells = [
    ...[name, quietMs.p99.toFixed(2), attackMs.p99.toFixed(2), (attackMs.p99 / quietMs.p99).toFixed(2), judgement],
    ...[pair(quietMs.p50, attackMs.p50), `${strikesPerSecond.toFixed(0)}, ${other.mostOpen}`],
    ...[pair(...other.cpuShare), other.elsewhere.toFixed(2), (other.growthBytes / 2 ** 20).toFixed(1)],
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
