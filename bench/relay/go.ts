/** relay-go, Go's WebSocket packages doing a chat's work, and bare Bun. */
import { ask } from '../../tools/usage.mjs';
import { runCommand } from '../lib/command.ts';
import { describePinning, versionOf } from '../lib/machine.ts';
import { printTable, ratios, showRange } from '../lib/table.ts';
import { membersPerRoom, type Stretch, startLoad } from './load.ts';
import { makeRooms } from './rooms.ts';
import { bareBun, type Contestant, goPeer, relayGo, residentBytes, startServer } from './servers.ts';

const gorilla = goPeer('gorilla');
const contestants = [relayGo, gorilla, goPeer('coder'), goPeer('gws'), goPeer('gobwas'), bareBun] as const;
const loads = [1, membersPerRoom] as const;
const talking = 600;
const idle = [1200, 4800] as const;
const pingEveryMs = 20_000;

interface Round {
  readonly emptyBytes: number;
  readonly saturated: readonly Stretch[];
  readonly half: readonly Stretch[];
  readonly memberBytes: number;
}

async function measureOne(contestant: Contestant, ms: number): Promise<Round> {
  const server = await startServer(contestant);
  await Bun.sleep(500);
  const emptyBytes = await residentBytes(server);
  const load = startLoad(server, await makeRooms(server, talking / membersPerRoom));
  await load.open(talking);
  const saturated: Stretch[] = [];
  const half: Stretch[] = [];
  for (const underWay of loads) {
    const full = await load.saturate(underWay, ms / 2, ms);
    saturated.push(full);
    half.push(await load.rate(full.done / full.seconds / 2, ms / 4, ms));
  }
  await load.stop();
  await server.stop();
  return { emptyBytes, saturated, half, memberBytes: await measureMembers(contestant) };
}

async function measureMembers(contestant: Contestant): Promise<number> {
  const server = await startServer(contestant);
  const load = startLoad(server, await makeRooms(server, idle[1] / membersPerRoom));
  const bytes: number[] = [];
  for (const members of idle) {
    await load.open(members);
    await load.idle(3000, pingEveryMs);
    bytes.push(await residentBytes(server));
  }
  await load.stop();
  await server.stop();
  return ((bytes[1] ?? 0) - (bytes[0] ?? 0)) / (idle[1] - idle[0]);
}

function print(rounds: ReadonlyMap<Contestant, readonly Round[]>): void {
  const perSecond = (round: Round, at: number) => {
    const stretch = round.saturated[at];
    return stretch ? stretch.done / stretch.seconds : Number.NaN;
  };
  // What it costs, also on a machine that does other things.
  const cpuUs = (round: Round, at: number) => {
    const stretch = round.saturated[at];
    return stretch ? (1e6 * stretch.serverCpuSeconds) / stretch.done : Number.NaN;
  };
  const against = rounds.get(gorilla) ?? [];
  const rows = [...rounds].map(([{ name }, own]) => [
    name,
    ...loads.flatMap((_, at) => [
      showRange(own.map((round) => perSecond(round, at))),
      showRange(
        ratios(
          own.map((round) => perSecond(round, at)),
          against.map((round) => perSecond(round, at)),
        ),
      ),
      showRange(own.map((round) => cpuUs(round, at))),
      showRange(
        ratios(
          against.map((round) => cpuUs(round, at)),
          own.map((round) => cpuUs(round, at)),
        ),
      ),
      showRange(own.map(({ half }) => half[at]?.p99Us ?? Number.NaN)),
    ]),
    showRange(own.map(({ emptyBytes }) => emptyBytes / 2 ** 20)),
    showRange(own.map(({ memberBytes }) => memberBytes)),
  ]);
  const columns = loads.flatMap((underWay) => [
    `${underWay} under way: deliveries/s`,
    '÷ gorilla',
    'CPU µs a delivery',
    'gorilla’s ÷ this',
    'p99 µs at half',
  ]);
  printTable(
    `Go: 100 rooms of ${membersPerRoom}, 200 B; memory of an empty server and of each idle member`,
    ['server', ...columns, 'empty MiB', 'bytes a member'],
    rows,
  );
}

const usage = `npm run bench:relay-go -- [--rounds 5] [--ms 3000]
Measures relay-go next to Go's WebSocket packages doing a chat's work, and bare Bun.`;
const { numbers } = ask(usage, { numbers: { rounds: 5, ms: 3000 } });

await runCommand(() => {
  const go = async () => {
    const rounds = new Map<Contestant, Round[]>(contestants.map((contestant) => [contestant, []]));
    for (let round = 0; round < numbers.rounds; round++) {
      for (const [contestant, own] of rounds) own.push(await measureOne(contestant, numbers.ms));
    }
    print(rounds);
  };
  const about = [`${versionOf(['go', 'version'])}, Bun ${Bun.version}`, describePinning()];
  return { usage, measurements: { go }, names: [], about };
});
