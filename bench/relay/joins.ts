/** What a join costs, its signature included: whole visits (connect, join, leave) and joins alone on sockets that are open. */
import { Lines } from '../lib/lines.ts';
import { onCore } from '../lib/machine.ts';
import { printTable, ratios, showRange } from '../lib/table.ts';
import type { Extent } from './extent.ts';
import { membersPerRoom, type Stretch, startLoad } from './load.ts';
import { makeRooms, type RoomLine } from './rooms.ts';
import { bareJoin, type Contestant, relay, startServer } from './servers.ts';

interface Round {
  readonly visits: Stretch;
  readonly joins: Stretch;
}

const visitorsAtOnce = 64;
/** As many as may wait for their join where a process may hold 20,000 sockets: a tenth of them (LM-7). */
const waitingAtOnce = 1_800;

export async function measureJoins(extent: Extent): Promise<void> {
  const roomCount = extent.small ? 100 : 1000;
  const visits = extent.small ? 2000 : 20_000;
  const rounds = new Map<Contestant, Round[]>([relay, bareJoin].map((contestant) => [contestant, []]));
  const checks: { readonly checkUs: number; readonly importAndCheckUs: number }[] = [];
  let rooms: readonly RoomLine[] = [];
  for (let round = 0; round < extent.rounds; round++) {
    for (const [contestant, own] of rounds) {
      const server = await startServer(contestant);
      if (contestant === relay) rooms = await makeRooms(server, roomCount);
      const visitors = startLoad(server, rooms);
      await visitors.joins(visitorsAtOnce, visits / 10); // warm-up
      const visited = await visitors.joins(visitorsAtOnce, visits);
      await visitors.stop();
      const joiners = startLoad(server, rooms);
      own.push({ visits: visited, joins: await joiners.admit(Math.min(waitingAtOnce, roomCount * membersPerRoom)) });
      await joiners.stop();
      await server.stop();
    }
    const verify = new Lines(
      onCore('server', [process.execPath, `${import.meta.dir}/verify.ts`, String(extent.ms / 2)]),
    );
    checks.push(JSON.parse(await verify.read()));
    await verify.stop();
  }
  print(rounds, checks);
}

const cpuUs = ({ serverCpuSeconds, done }: Stretch) => (serverCpuSeconds / done) * 1e6;
const perSecond = ({ seconds, done }: Stretch) => done / seconds;

function print(
  rounds: ReadonlyMap<Contestant, readonly Round[]>,
  checks: readonly { readonly checkUs: number; readonly importAndCheckUs: number }[],
): void {
  const base = rounds.get(bareJoin) ?? [];
  const steps = [
    ['connect, join, leave', (round: Round) => round.visits],
    ['join on an open socket', (round: Round) => round.joins],
  ] as const;
  const joins = steps.flatMap(([what, of]) =>
    [...rounds].map(([{ name }, own]) => {
      const costs = own.map((round) => cpuUs(of(round)));
      const bare = base.map((round) => cpuUs(of(round)));
      return [
        what,
        name,
        showRange(own.map((round) => perSecond(of(round)))),
        showRange(costs),
        showRange(ratios(costs, bare)),
      ];
    }),
  );
  const loops = [
    ['Ed25519 check, key from its bytes', checks.map(({ importAndCheckUs }) => importAndCheckUs)],
    ['Ed25519 check, key prepared', checks.map(({ checkUs }) => checkUs)],
  ] as const;
  const rows = [...joins, ...loops.map(([what, us]) => [what, 'none: a loop', rate(us), showRange(us), ''])];
  printTable('Joins on one core', ['what', 'server', 'a second', 'CPU µs each', '÷ bare Bun'], rows);
}

function rate(microseconds: readonly number[]): string {
  return showRange(microseconds.map((us) => 1e6 / us));
}
