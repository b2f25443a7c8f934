/** What a member costs who is in a room and says nothing: resident memory, and CPU for pings every 20 s. */
import { printTable, showRange } from '../lib/table.ts';
import type { Extent } from './extent.ts';
import { membersPerRoom, startLoad } from './load.ts';
import { makeRooms } from './rooms.ts';
import { bareBun, type Contestant, relay, residentBytes, startServer } from './servers.ts';

/** After so many members the memory is read. A process here may have 20,000 descriptors. */
const memberCounts = [1998, 6000, 12_000, 18_000];
const smallMemberCounts = [120, 240, 480];
const settleMs = 2000;
const pingEveryMs = 20_000;

interface Round {
  readonly bytes: readonly number[];
  readonly cpuPercent: number;
}

export async function measureMemory(extent: Extent): Promise<void> {
  const counts = extent.small ? smallMemberCounts : memberCounts;
  const rounds = new Map<Contestant, Round[]>([relay, bareBun].map((contestant) => [contestant, []]));
  for (let round = 0; round < extent.rounds; round++) {
    for (const [contestant, own] of rounds) own.push(await measureOne(contestant, counts, extent));
  }
  print(rounds, counts);
}

async function measureOne(contestant: Contestant, counts: readonly number[], { ms }: Extent): Promise<Round> {
  const server = await startServer(contestant);
  const most = counts.at(-1) ?? 0;
  const load = startLoad(server, contestant === relay ? await makeRooms(server.port, most / membersPerRoom) : []);
  const bytes: number[] = [];
  for (const count of counts) {
    await load.open(count);
    await load.idle(settleMs, pingEveryMs);
    bytes.push(await residentBytes(server));
  }
  const idle = await load.idle(2 * ms, pingEveryMs);
  await load.stop();
  await server.stop();
  return { bytes, cpuPercent: (100 * idle.serverCpuSeconds) / idle.seconds };
}

function print(rounds: ReadonlyMap<Contestant, readonly Round[]>, counts: readonly number[]): void {
  const spans = counts.slice(1).map((count, at) => [counts[at] ?? 0, count] as const);
  const perMember = ({ bytes }: Round, from: number, to: number) =>
    ((bytes[to] ?? 0) - (bytes[from] ?? 0)) / ((counts[to] ?? 0) - (counts[from] ?? 0));
  const last = counts.length - 1;
  const rows = [...rounds].map(([{ name }, own]) => [
    name,
    ...spans.map((_, at) => showRange(own.map((round) => perMember(round, at, at + 1)))),
    showRange(own.map((round) => perMember(round, 0, last))),
    showRange(
      (rounds.get(bareBun) ?? []).map((bare, at) => perMember(own[at] ?? bare, 0, last) / perMember(bare, 0, last)),
    ),
    showRange(own.map(({ bytes }) => (bytes[last] ?? 0) / 2 ** 20)),
    showRange(own.map(({ cpuPercent }) => cpuPercent)),
  ]);
  const span = ([from, to]: readonly [number, number]) =>
    `${from.toLocaleString('en-US')} → ${to.toLocaleString('en-US')}`;
  printTable(
    'Idle members: resident bytes for each more',
    [
      'server',
      ...spans.map(span),
      'over all',
      '÷ bare Bun',
      'RSS MiB at most members',
      '% of a core, pings every 20 s',
    ],
    rows,
  );
}
