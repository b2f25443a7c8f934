// What an attack on the making of rooms does to honest people (PW-16 … PW-18), in simulated time.
import { ask } from '../../../tools/usage.mjs';
import { type Attack, type Loop, laptopPerSecond, type Outcome, quantile, simulate, type Try } from './closed-loop.ts';

ask('npm run attack:price\nPrints what an attack on the making of rooms does to honest people, in simulated time.');
const seconds = 300;
const attackSeconds = [30, 240] as const;
/** Until the price has followed, and honest work that began before has been done again. */
const settledSeconds = 90;

const [ten, thousand] = [10 * laptopPerSecond, 1000 * laptopPerSecond];
const attacks: readonly (readonly [name: string, attack: Attack | null, maxPendingRooms?: number])[] = [
  ['nobody', null],
  ['10 laptops, 1 prefix', { power: ten, prefixes: 1 }],
  ['10 laptops, 100,000 prefixes', { power: ten, prefixes: 100_000 }],
  ['1,000 laptops, 1 prefix', { power: thousand, prefixes: 1 }],
  ['1,000 laptops, 1,000 prefixes', { power: thousand, prefixes: 1000 }],
  ['1,000 laptops, 100,000 prefixes', { power: thousand, prefixes: 100_000 }],
  ['the same, and only 20,000 places', { power: thousand, prefixes: 100_000 }, 20_000],
];

console.log(
  `| attacker | honest people in their room: all, once settled | p50, p99 s in the first minute | then laptop p50, p99 s | phone p50, p99 s | price, most and at the end | attacker's rooms/s | pending, most |\n|---|---|---|---|---|---|---|---|`,
);
for (const [name, attack, maxPendingRooms] of attacks) {
  const loop: Loop = {
    attack,
    attackSeconds,
    seconds,
    honestPerSecond: 2,
    seed: 42,
    ...(maxPendingRooms && { maxPendingRooms }),
  };
  console.log(row(name, await simulate(loop)));
}

function row(name: string, { tries, attackerRooms, bits, mostPending }: Outcome): string {
  const under = tries.filter(
    ({ startedMs }) => startedMs > 1000 * attackSeconds[0] && startedMs < 1000 * attackSeconds[1],
  );
  const settled = under.filter(({ startedMs }) => startedMs > 1000 * settledSeconds);
  const joined = (all: readonly Try[]) =>
    `${((100 * all.filter(({ outcome }) => outcome === 'joined').length) / all.length).toFixed(1)} %`;
  const waits = (all: readonly Try[]) => {
    const ms = all.filter(({ outcome }) => outcome === 'joined').map(({ waitMs }) => waitMs);
    return [0.5, 0.99].map((share) => (quantile(ms, share) / 1000).toFixed(2)).join(', ');
  };
  const onset = under.filter(({ startedMs }) => startedMs <= 1000 * settledSeconds);
  const on = (device: Try['device']) => waits(settled.filter((one) => one.device === device));
  const price = `2^${Math.max(...bits).toFixed(1)}, 2^${(bits.at(-1) ?? 0).toFixed(1)}`;
  const rate = (attackerRooms / (attackSeconds[1] - attackSeconds[0])).toFixed(0);
  return `| ${name} | ${joined(under)}, ${joined(settled)} | ${waits(onset)} | ${on('laptop')} | ${on('phone')} | ${price} | ${rate} | ${mostPending.toLocaleString('en-US')} |`;
}
