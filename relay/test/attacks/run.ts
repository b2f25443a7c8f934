// npm run attack: every attack in turn, as a table.
import { type AttackName, attacks } from './attacks.ts';
import { measure } from './measure.ts';

const names = Object.keys(attacks) as AttackName[]; // The table has no keys but its own.
const chosen = process.argv.slice(2);
console.log(
  '| attack | done a second, open at once | relay CPU s/s: quiet, attacked | innocent p50 ms: quiet, attacked | p99 ms: quiet, attacked | within 2 × or + 5 ms | memory left, MiB |\n|---|---|---|---|---|---|---|',
);
for (const name of names.filter((one) => chosen.length === 0 || chosen.some((part) => one.includes(part)))) {
  const { quietMs, attackMs, isWithin, strikesPerSecond, mostOpen, cpuShare, growthBytes } = await measure(name);
  const pair = (a: number, b: number) => `${a.toFixed(2)}, ${b.toFixed(2)}`;
  const done = `${strikesPerSecond.toFixed(0)}, ${mostOpen}`;
  const latencies = `${pair(quietMs.p50, attackMs.p50)} | ${pair(quietMs.p99, attackMs.p99)}`;
  const memory = (growthBytes / 2 ** 20).toFixed(1);
  console.log(`| ${name} | ${done} | ${pair(...cpuShare)} | ${latencies} | ${isWithin ? 'yes' : 'NO'} | ${memory} |`);
}
