/** Does a delivery cost more when there are more rooms? The same rate of messages, spread over more and more of them. */
import { printTable, ratios, showRange } from '../lib/table.ts';
import type { Extent } from './extent.ts';
import { type Load, membersPerRoom, type Stretch, startLoad } from './load.ts';
import { makeRooms } from './rooms.ts';
import { bareBun, type Contestant, relay, residentBytes, type Server, startServer } from './servers.ts';

/** `talking` rooms are full and talk; the others exist: each was joined by one who left again. */
interface Size {
  readonly contestant: Contestant;
  readonly rooms: number;
  readonly talking: number;
}

interface Sized extends Size {
  readonly server: Server;
  readonly load: Load;
  readonly stretches: Stretch[];
}

// 2,500 full rooms are 15,000 sockets; a process here may have 20,000 descriptors, and the relay's last fifth is not for new rooms (LM-8).
const fullRooms = [100, 1000, 2500];
const mostRooms = 20_000;
const smallRooms = [10, 30];
/** About half of what saturates a core when messages come one by one. */
const deliveriesPerSecond = 100_000;
const smallDeliveriesPerSecond = 30_000;
const leaversAtOnce = 32;

export async function measureGrowth(extent: Extent): Promise<void> {
  const counts = extent.small ? smallRooms : fullRooms;
  const [least = 0] = counts;
  const sizes: Size[] = [relay, bareBun].flatMap((contestant) =>
    counts.map((rooms) => ({ contestant, rooms, talking: rooms })),
  );
  sizes.push({ contestant: relay, rooms: extent.small ? 60 : mostRooms, talking: least });
  const rate = extent.small ? smallDeliveriesPerSecond : deliveriesPerSecond;
  // All run at once and take turns, so that what the machine does besides falls on all alike.
  const started: Sized[] = [];
  for (const size of sizes) started.push(await start(size));
  for (let round = 0; round < extent.rounds; round++) {
    for (const { load, stretches } of started) stretches.push(await load.rate(rate, extent.ms / 3, extent.ms));
  }
  const residents = await Promise.all(started.map(({ server }) => residentBytes(server)));
  print(started, residents, rate);
  for (const { load, server } of started) {
    await load.stop();
    await server.stop();
  }
}

async function start(size: Size): Promise<Sized> {
  const server = await startServer(size.contestant);
  const load = startLoad(server, await makeRooms(server, size.rooms));
  if (size.rooms > size.talking) await load.joins(leaversAtOnce, size.rooms);
  await load.open(size.talking * membersPerRoom);
  return { ...size, server, load, stretches: [] };
}

const cpuUs = ({ serverCpuSeconds, done }: Stretch) => (serverCpuSeconds / done) * 1e6;

function print(all: readonly Sized[], residents: readonly number[], rate: number): void {
  const rows = all.map((sized, at) => {
    const base = all.find(({ contestant }) => contestant === sized.contestant)?.stretches ?? [];
    const own = sized.stretches.map(cpuUs);
    return [
      sized.contestant.name,
      sized.rooms.toLocaleString('en-US'),
      (sized.talking * membersPerRoom).toLocaleString('en-US'),
      showRange(own),
      showRange(ratios(own, base.map(cpuUs))),
      showRange(sized.stretches.map(({ p99Us }) => p99Us)),
      showRange([(residents[at] ?? 0) / 2 ** 20]),
    ];
  });
  const title = `Cost growth: ${rate.toLocaleString('en-US')} deliveries/s over more and more rooms`;
  printTable(title, ['server', 'rooms', 'members', 'CPU µs/delivery', '÷ fewest rooms', 'p99 µs', 'RSS MiB'], rows);
}
