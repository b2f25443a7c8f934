// One attack against one relay: quiet and attacked stretches in turn, so that what else the machine does falls on both alike. It is a smoke test:
// it ends well as soon as four pairs or more are within the bound, and finds an attack that hurts whatever happens, not one that hurts now and then.
import { createRoom, Peer } from '../peer.ts';
import { type AttackName, attacks } from './attacks.ts';
import { quantile } from './closed-loop.ts';
import { Innocent } from './innocent.ts';
import { AttackerProcess, RelayProcess } from './processes.ts';

const stretchMs = 500;
const leastPairs = 4;
/**
 * Where the machine is busy with other things, more stretches are needed until enough of them are undisturbed. That leans to the side of the relay:
 * the verdict is asked again after each pair, and the first good one counts.
 */
const mostPairs = 16;

/**
 * What p99 may be under attack: twice the quiet one, or 5 ms more where that is less than twice. A loopback round trip takes a third of a
 * millisecond: there, twice is less than one turn of somebody else's on a shared core.
 */
const allowedFactor = 2;
const allowedMoreMs = 5;

/** What the runtime's heap may keep of an attack that is over. */
export const allowedGrowthBytes = 40 * 2 ** 20;

const flags = [
  // At the least price there is the attackers need no more processor time than the relay does.
  ...['--effort-bits-floor', '13', '--capacity-max', '12'],
  ...['--max-sockets', '3000', '--join-timeout-seconds', '2', '--idle-timeout-seconds', '8'],
];

export interface Measured {
  readonly quietMs: Latencies;
  readonly attackMs: Latencies;
  readonly isWithin: boolean;
  /** What was done in a second of attack. */
  readonly strikesPerSecond: number;
  readonly mostOpen: number;
  /** The relay's processor time in a second, without and with the attack. */
  readonly cpuShare: readonly [quiet: number, attack: number];
  readonly growthBytes: number;
  readonly output: string;
}

/**
 * The lower quartile of all stretches: what else the machine does only ever adds, while what the attack does all the time is in every stretch. What
 * it does in fewer than three of four is not seen.
 */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
}

interface Stretch {
  readonly tookMs: readonly number[];
  readonly cpuSeconds: number;
}

export async function measure(name: AttackName): Promise<Measured> {
  const relay = await RelayProcess.start(flags);
  let attacker: AttackerProcess | null = null;
  try {
    const innocent = await Innocent.in(relay.origin);
    attacker = await AttackerProcess.start(name, relay.origin, innocent.keys);
    const result = await turns(relay, attacker, innocent, attacks[name].perSecond);
    await innocent.letsIn();
    await stillServes(relay.origin);
    innocent.leave();
    return { ...result, output: await relay.end() };
  } finally {
    attacker?.kill();
    relay.kill();
  }
}

async function turns(relay: RelayProcess, attacker: AttackerProcess, innocent: Innocent, perSecond: number) {
  const [quiet, attacked]: [Stretch[], Stretch[]] = [[], []];
  let [strikes, mostOpen] = [0, 0];
  // Both warm up first: the relay's memory for this kind of work is its own, not the attack's.
  await attacker.tell('go');
  await innocent.talk(stretchMs);
  const warm = await attacker.tell('stop');
  await innocent.talk(stretchMs);
  const beforeBytes = await relay.residentBytes();
  let verdict = { isWithin: false, quietMs: undisturbed(quiet), attackMs: undisturbed(attacked) };
  for (let pair = 0; pair < mostPairs && !(pair >= leastPairs && verdict.isWithin); pair++) {
    await calm(relay);
    quiet.push(await stretch(relay, innocent));
    await attacker.tell('go');
    attacked.push(await stretch(relay, innocent));
    mostOpen = Math.max(mostOpen, (await attacker.tell('rest')).open);
    strikes = (await attacker.tell('stop')).strikes - warm.strikes;
    verdict = judged(quiet, attacked);
  }
  const strikesPerSecond = Math.min(perSecond, strikes / ((attacked.length * stretchMs) / 1000));
  const growthBytes = await settledGrowth(relay, beforeBytes);
  return { ...verdict, strikesPerSecond, mostOpen, cpuShare: [share(quiet), share(attacked)] as const, growthBytes };
}

/** Until the relay has worked off what the attack left it: a quiet stretch is not to be disturbed by the one before. */
async function calm(relay: RelayProcess): Promise<void> {
  for (let looks = 0; looks < 100; looks++) {
    const before = relay.cpuSeconds;
    await Bun.sleep(100);
    if (relay.cpuSeconds - before < 0.02) return;
  }
}

async function stretch(relay: RelayProcess, innocent: Innocent): Promise<Stretch> {
  const before = relay.cpuSeconds;
  const tookMs = await innocent.talk(stretchMs);
  return { tookMs, cpuSeconds: relay.cpuSeconds - before };
}

function judged(quiet: readonly Stretch[], attacked: readonly Stretch[]) {
  const [quietMs, attackMs] = [undisturbed(quiet), undisturbed(attacked)];
  const allowedMs = Math.max(allowedFactor * quietMs.p99, quietMs.p99 + allowedMoreMs);
  return { quietMs, attackMs, isWithin: attackMs.p99 <= allowedMs };
}

function undisturbed(stretches: readonly Stretch[]): Latencies {
  const of = (part: number) =>
    quantile(
      stretches.map(({ tookMs }) => quantile(tookMs, part)),
      0.25,
    );
  return { p50: of(0.5), p99: of(0.99) };
}

function share(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) / ((stretches.length * stretchMs) / 1000);
}

/** What is left of the attack in the relay's memory as soon as it is little enough, or after 6 s. */
async function settledGrowth(relay: RelayProcess, beforeBytes: number): Promise<number> {
  const growth = async () => (await relay.residentBytes()) - beforeBytes;
  for (let waits = 0; waits < 60 && (await growth()) > allowedGrowthBytes; waits++) await Bun.sleep(100);
  return growth();
}

/** Somebody else makes a room and joins it. */
async function stillServes(origin: string): Promise<void> {
  const owner = await Peer.joined(origin, await createRoom(origin), { owner: true });
  await owner.ping();
  owner.send({ type: 'purge' });
  await owner.closed;
}
