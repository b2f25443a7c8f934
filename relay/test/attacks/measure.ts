// One attack against one relay: quiet and attacked stretches in turn, so that what else the machine does falls on both alike.
import { createRoom, Peer } from '../peer.ts';
import type { Circumstances } from '../running.ts';
import { type AttackName, attacks } from './attacks.ts';
import { quantile } from './closed-loop.ts';
import { Innocent } from './innocent.ts';
import { AttackerProcess, machineCpuSeconds, RelayProcess } from './processes.ts';

/** What p99 may be under attack: so many times the quiet one. */
export const allowedFactor = 2;

/** How it is looked, and what counts. */
export interface Look {
  readonly stretchMs: number;
  /** From the least number of pairs on the verdict is asked after each, and the first good one counts. */
  readonly leastPairs: number;
  readonly mostPairs: number;
  /** Which of the stretches' latencies counts, as a quantile: 0.5 is the median. */
  readonly counts: number;
  /** So much more than the quiet p99 is allowed where that is more than its double. */
  readonly allowedMoreMs: number;
}

/** The verdict: the medians of a fixed number of pairs. */
export const verdict: Look = { stretchMs: 2000, leastPairs: 11, mostPairs: 11, counts: 0.5, allowedMoreMs: 0 };

/**
 * A smoke test, for a busy machine: what else it does only ever adds, so the lower quartile counts, and the first good look ends it. It finds an
 * attack that hurts whatever happens, not one that hurts in fewer than three stretches of four. A loopback round trip takes a third of a
 * millisecond: there, twice is less than one turn of somebody else's on a shared core.
 */
export const smoke: Look = { stretchMs: 500, leastPairs: 4, mostPairs: 16, counts: 0.25, allowedMoreMs: 5 };

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
  /** Whether at least a fifth of it was done: an attack that hardly took place proves nothing. */
  readonly tookPlace: boolean;
  /** What was done in a second of attack. */
  readonly strikesPerSecond: number;
  readonly mostOpen: number;
  /** The relay's processor time in a second, without and with the attack. */
  readonly cpuShare: readonly [quiet: number, attack: number];
  /** What all others on this machine took meanwhile, in seconds of processor time a second. */
  readonly elsewhere: number;
  readonly growthBytes: number;
  readonly output: string;
}

/** Of the stretches, what counts ({@link Look}). */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
}

interface Stretch {
  readonly tookMs: readonly number[];
  readonly cpuSeconds: number;
}

export async function measure(name: AttackName, look: Look, around: Circumstances = {}): Promise<Measured> {
  const relay = await RelayProcess.start(flags, around);
  let attacker: AttackerProcess | null = null;
  try {
    const innocent = await Innocent.in(relay.origin);
    attacker = await AttackerProcess.start(name, relay.origin, innocent.keys);
    const { strikesPerSecond, ...result } = await turns(relay, attacker, innocent, look);
    const { perSecond } = attacks[name];
    await innocent.letsIn();
    await stillServes(relay.origin);
    innocent.leave();
    const done = {
      strikesPerSecond: Math.min(perSecond, strikesPerSecond),
      tookPlace: strikesPerSecond > perSecond / 5,
    };
    return { ...result, ...done, output: await relay.end() };
  } finally {
    attacker?.kill();
    relay.kill();
  }
}

async function turns(relay: RelayProcess, attacker: AttackerProcess, innocent: Innocent, look: Look) {
  const { stretchMs, leastPairs, mostPairs } = look;
  const [quiet, attacked]: [Stretch[], Stretch[]] = [[], []];
  let [strikes, mostOpen] = [0, 0];
  // Both warm up first: the relay's memory for this kind of work is its own, not the attack's.
  await attacker.tell('go');
  await innocent.talk(stretchMs);
  const warm = await attacker.tell('stop');
  await innocent.talk(stretchMs);
  const beforeBytes = await relay.residentBytes();
  const elsewhere = watchElsewhere(relay, attacker);
  let judgement = judged(quiet, attacked, look);
  for (let pair = 0; pair < mostPairs && !(pair >= leastPairs && judgement.isWithin); pair++) {
    await calm(relay);
    quiet.push(await stretch(relay, innocent, stretchMs));
    await attacker.tell('go');
    attacked.push(await stretch(relay, innocent, stretchMs));
    mostOpen = Math.max(mostOpen, (await attacker.tell('rest')).open);
    strikes = (await attacker.tell('stop')).strikes - warm.strikes;
    judgement = judged(quiet, attacked, look);
  }
  const seconds = (attacked.length * stretchMs) / 1000;
  const cpuShare = [cpuSecondsOf(quiet) / seconds, cpuSecondsOf(attacked) / seconds] as const;
  const last = { elsewhere: elsewhere(), strikesPerSecond: strikes / seconds, mostOpen };
  const growthBytes = await settledGrowth(relay, beforeBytes);
  return { ...judgement, ...last, cpuShare, growthBytes };
}

/** @returns what tells how many seconds of processor time a second all others on this machine have taken since */
function watchElsewhere(...ours: readonly { readonly cpuSeconds: number }[]): () => number {
  const taken = () => {
    const { user, system } = process.cpuUsage();
    return ours.reduce((rest, { cpuSeconds }) => rest - cpuSeconds, machineCpuSeconds() - (user + system) / 1e6);
  };
  const [startedMs, before] = [performance.now(), taken()];
  return () => (1000 * (taken() - before)) / (performance.now() - startedMs);
}

/** Until the relay has worked off what the attack left it: a quiet stretch is not to be disturbed by the one before. */
async function calm(relay: RelayProcess): Promise<void> {
  for (let looks = 0; looks < 100; looks++) {
    const before = relay.cpuSeconds;
    await Bun.sleep(100);
    if (relay.cpuSeconds - before < 0.02) return;
  }
}

async function stretch(relay: RelayProcess, innocent: Innocent, ms: number): Promise<Stretch> {
  const before = relay.cpuSeconds;
  const tookMs = await innocent.talk(ms);
  return { tookMs, cpuSeconds: relay.cpuSeconds - before };
}

function judged(quiet: readonly Stretch[], attacked: readonly Stretch[], { counts, allowedMoreMs }: Look) {
  const [quietMs, attackMs] = [latencies(quiet, counts), latencies(attacked, counts)];
  const allowedMs = Math.max(allowedFactor * quietMs.p99, quietMs.p99 + allowedMoreMs);
  return { quietMs, attackMs, isWithin: attackMs.p99 <= allowedMs };
}

function latencies(stretches: readonly Stretch[], counts: number): Latencies {
  const of = (part: number) => {
    const each = stretches.map(({ tookMs }) => quantile(tookMs, part));
    return quantile(each, counts);
  };
  return { p50: of(0.5), p99: of(0.99) };
}

function cpuSecondsOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
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
