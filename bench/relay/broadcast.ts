/** Everybody talks: our relay, bare Bun, ws, Socket.IO and the reference stack fan out 200 bytes to rooms of six. */
import { printTable, ratios, show, showRange } from '../lib/table.ts';
import type { Extent } from './extent.ts';
import { type Load, membersPerRoom, type Stretch, startLoad } from './load.ts';
import { makeRooms } from './rooms.ts';
import {
  bareBun,
  type Contestant,
  limit,
  referenceNode,
  relay,
  residentBytes,
  type Server,
  socketioNode,
  startServer,
  wsNode,
} from './servers.ts';

const contestants = [relay, bareBun, wsNode, socketioNode, referenceNode, limit] as const;
// One message under way in a room is people taking turns: nothing can be batched. Six is everybody speaking at once: all can be.
const loads = [1, membersPerRoom] as const;

/** The part of its core that a saturated server uses at least. */
const leastShare = 0.9;

interface Round {
  readonly saturated: Stretch;
  readonly half: Stretch;
  readonly residentBytes: number;
}

type Rounds = Map<Contestant, Round[]>;

export async function measureBroadcast(extent: Extent): Promise<void> {
  const rooms = extent.small ? 20 : 100;
  const rounds = loads.map((): Rounds => new Map(contestants.map((contestant) => [contestant, []])));
  for (let round = 0; round < extent.rounds; round++) {
    for (const contestant of contestants) {
      const measured = await measureOne(contestant, rooms, extent);
      for (const [load, result] of measured.entries()) rounds[load]?.get(contestant)?.push(result);
    }
  }
  loads.forEach((underWay, load) => {
    const way = underWay === 1 ? 'one message under way in each room' : `${underWay} messages under way in each room`;
    print(`Broadcast: ${rooms} rooms of ${membersPerRoom}, 200 B, ${way}`, rounds[load] ?? new Map());
  });
}

async function measureOne(contestant: Contestant, roomCount: number, extent: Extent): Promise<readonly Round[]> {
  const server = await startServer(contestant);
  const load = startLoad(server, await makeRooms(server, roomCount));
  await load.open(roomCount * membersPerRoom);
  const results: Round[] = [];
  for (const underWay of loads) results.push(await measureLoad(server, load, underWay, extent));
  await load.stop();
  await server.stop();
  return results;
}

async function measureLoad(server: Server, load: Load, underWay: number, { ms }: Extent): Promise<Round> {
  const saturated = await load.saturate(underWay, ms / 2, ms);
  const half = await load.rate(saturated.done / saturated.seconds / 2, ms / 4, ms);
  return { saturated, half, residentBytes: await residentBytes(server) };
}

const perSecond = ({ saturated }: Round) => saturated.done / saturated.seconds;
const cpuUs = ({ saturated }: Round) => (saturated.serverCpuSeconds / saturated.done) * 1e6;
const p99Us = ({ half }: Round) => half.p99Us;

function print(title: string, rounds: Rounds): void {
  const base = rounds.get(bareBun) ?? [];
  const rows = [...rounds].map(([{ name }, own]) => [
    name,
    showRange(own.map(perSecond)),
    showRange(ratios(own.map(perSecond), base.map(perSecond))),
    showRange(own.map(cpuUs)),
    showRange(own.map(({ half }) => half.p50Us)),
    showRange(own.map(p99Us)),
    showRange(ratios(own.map(p99Us), base.map(p99Us))),
    showRange(own.map((round) => round.residentBytes / 2 ** 20)),
    `${percent(own, ({ saturated }) => saturated.serverCpuSeconds / saturated.seconds)} / ${percent(own, generatorShare)}`,
  ]);
  printTable(
    title,
    [
      'server',
      'deliveries/s',
      '÷ bare Bun',
      'CPU µs/delivery',
      'p50 µs at half',
      'p99 µs at half',
      'p99 ÷ bare Bun',
      'RSS MiB',
      'core busy: server / generator',
    ],
    rows,
  );
  printProof(rounds);
  printDoubts(rounds);
}

const generatorShare = ({ saturated }: Round) => saturated.ownCpuSeconds / saturated.seconds;

function percent(rounds: readonly Round[], share: (round: Round) => number): string {
  return `${showRange(rounds.map((round) => 100 * share(round)))} %`;
}

/** A server that was not given its core was not saturated: then something else ran on this machine. */
function printDoubts(rounds: Rounds): void {
  const share = ({ saturated }: Round) => saturated.serverCpuSeconds / saturated.seconds;
  const disturbed = [...rounds].filter(([, own]) => own.some((round) => share(round) < leastShare));
  if (disturbed.length === 0) return;
  const names = disturbed.map(([{ name }]) => name).join(', ');
  console.log(`DOES NOT COUNT: the machine was busy with other things; not always saturated: ${names}.\n`);
}

/** The generator is no bottleneck when the server's core is full, its own is not, and a cheaper server gets more out of it. */
function printProof(rounds: Rounds): void {
  const spare = contestants
    .filter((contestant) => contestant !== limit)
    .map((contestant) =>
      Math.min(
        ...(rounds.get(contestant) ?? []).map(
          (round) => round.saturated.serverCpuSeconds / round.saturated.ownCpuSeconds,
        ),
      ),
    );
  const best = Math.max(...(rounds.get(limit) ?? []).map(perSecond));
  const own = Math.max(...(rounds.get(relay) ?? []).map(perSecond));
  console.log(
    `Generator: at these costs it could drive a server ${show(Math.min(...spare))} × as fast as the fastest of the others before its own core is full; ` +
      `from the C fan-out it took ${show(best)} deliveries/s, ${show(best / own)} × the relay's best.\n`,
  );
}
