/** How much each server carries as rooms become more: all it can, from 100 rooms to 20,000. */
import { printTable, ratios, showRange } from '../lib/table.ts';
import type { Extent } from './extent.ts';
import { membersPerRoom, type Stretch, startLoad } from './load.ts';
import { makeRooms } from './rooms.ts';
import {
  bareBun,
  type Contestant,
  limit,
  referenceNode,
  relay,
  residentBytes,
  socketioNode,
  startServer,
  wsNode,
} from './servers.ts';

/** `talking` rooms are full and talk; the others exist: each was joined by one who left again. */
interface Size {
  readonly rooms: number;
  readonly talking: number;
  readonly members: number;
}

interface Round {
  readonly one: Stretch;
  readonly all: Stretch;
  readonly residentBytes: number;
}

interface Row extends Size {
  readonly contestant: Contestant;
  readonly rounds: Round[];
}

const sixes = (rooms: number): Size => ({ rooms, talking: rooms, members: membersPerRoom });
// A process here may have 20,000 descriptors, and the relay's last fifth is not for new rooms (LM-8): that is 2,500 full rooms of six, or 7,900 of two.
const sizes: readonly Size[] = [...[100, 300, 1000, 2500].map(sixes), { rooms: 7900, talking: 7900, members: 2 }];
const mostRooms: Size = { rooms: 20_000, talking: 2500, members: membersPerRoom };
const smallSizes: readonly Size[] = [sixes(10), sixes(30), { rooms: 90, talking: 90, members: 2 }];
const smallMostRooms: Size = { rooms: 60, talking: 30, members: membersPerRoom };
const peers = [bareBun, wsNode, socketioNode, referenceNode, limit];
/** The C server has a table of so many. */
const limitRooms = 4096;
const leaversAtOnce = 32;

export async function measureSweep(extent: Extent): Promise<void> {
  const [each, most] = extent.small ? [smallSizes, smallMostRooms] : [sizes, mostRooms];
  const all: Row[] = [relay, ...peers].flatMap((contestant) =>
    [...each, ...(contestant === relay ? [most] : [])]
      .filter(({ rooms }) => contestant !== limit || rooms <= limitRooms)
      .map((size) => ({ ...size, contestant, rounds: [] })),
  );
  for (let round = 0; round < extent.rounds; round++) {
    // Servers of one size stand next to each other in time.
    for (const { rooms } of [...each, most]) {
      for (const row of all) if (row.rooms === rooms) row.rounds.push(await measureOne(row, extent));
    }
  }
  print(all);
}

async function measureOne({ contestant, rooms, talking, members }: Row, { ms }: Extent): Promise<Round> {
  const server = await startServer(contestant);
  const load = startLoad(server, await makeRooms(server, rooms), members);
  if (rooms > talking) await load.joins(leaversAtOnce, rooms);
  await load.open(talking * members);
  const one = await load.saturate(1, ms / 2, ms);
  const all = await load.saturate(members, ms / 2, ms);
  const bytes = await residentBytes(server);
  await load.stop();
  await server.stop();
  return { one, all, residentBytes: bytes };
}

const perSecond = ({ seconds, done }: Stretch) => done / seconds;
const cpuUs = ({ serverCpuSeconds, done }: Stretch) => (serverCpuSeconds / done) * 1e6;

function print(all: readonly Row[]): void {
  const rows = all.map(({ contestant, rooms, talking, members, rounds }) => {
    const fewest = all.find((row) => row.contestant === contestant)?.rounds ?? [];
    const bare = all.find((row) => row.contestant === bareBun && row.talking === talking)?.rounds ?? [];
    const loads = [(round: Round) => round.one, (round: Round) => round.all].flatMap((load) => {
      const rates = rounds.map((round) => perSecond(load(round)));
      const costs = rounds.map((round) => cpuUs(load(round)));
      return [
        showRange(rates),
        showRange(
          ratios(
            rates,
            bare.map((round) => perSecond(load(round))),
          ),
        ),
        showRange(costs),
        showRange(
          ratios(
            costs,
            fewest.map((round) => cpuUs(load(round))),
          ),
        ),
      ];
    });
    const which = `${rooms.toLocaleString('en-US')}${rooms > talking ? ` (${talking.toLocaleString('en-US')} talk)` : ''}`;
    return [
      contestant.name,
      `${which} of ${members}`,
      (talking * members).toLocaleString('en-US'),
      ...loads,
      showRange(rounds.map((round) => round.residentBytes / 2 ** 20)),
    ];
  });
  const of = (load: string) => [`${load}: deliveries/s`, '÷ bare Bun', 'CPU µs/delivery', '÷ fewest rooms'];
  const columns = ['server', 'rooms', 'members', ...of('one under way'), ...of('all under way'), 'RSS MiB'];
  printTable('Capacity: all that each server can, over more and more rooms', columns, rows);
}
