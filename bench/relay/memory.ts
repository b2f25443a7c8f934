/** What members cost who are in rooms and say nothing: resident memory, and CPU for pings every 20 s; and the straight line through both. */
import { type Fit, fitLine, type Point } from '../lib/fit.ts';
import { medianOf, printTable, ratios, show, showRange } from '../lib/table.ts';
import type { Extent } from './extent.ts';
import { membersPerRoom, startLoad } from './load.ts';
import { makeRooms } from './rooms.ts';
import { bareBun, type Contestant, relay, residentBytes, startServer } from './servers.ts';

/** At so many members memory and CPU are read. A process here may have 20,000 descriptors. */
const memberCounts = [1998, 4002, 6000, 9000, 12_000, 15_000, 17_502, 19_002];
const smallMemberCounts = [120, 240, 360, 480];
/**
 * Who comes after so many is somebody who comes back. Above four fifths of its sockets, here 15,948, the relay takes nobody into a room in which
 * nobody has been, and above nine tenths only who left less than 60 s ago (LM-8): the readings in between must not take longer.
 */
const newcomers = 15_000;
const smallNewcomers = 360;
/** What one machine should hold, and one process here cannot. */
const farMembers = 100_000;
const settleMs = 2000;
const pingEveryMs = 20_000;

interface Reading {
  readonly members: number;
  readonly bytes: number;
  readonly cpuPercent: number;
}

type Rounds = ReadonlyMap<Contestant, (readonly Reading[])[]>;

export async function measureMemory(extent: Extent): Promise<void> {
  const counts = extent.small ? smallMemberCounts : memberCounts;
  const rounds: Rounds = new Map([relay, bareBun].map((contestant) => [contestant, []]));
  for (let round = 0; round < extent.rounds; round++) {
    for (const [contestant, own] of rounds) own.push(await measureOne(contestant, counts, extent));
  }
  printReadings(rounds, counts);
  printLines(rounds);
}

async function measureOne(
  contestant: Contestant,
  counts: readonly number[],
  { ms, small }: Extent,
): Promise<Reading[]> {
  const most = counts.at(-1) ?? 0;
  const server = await startServer(contestant);
  const load = startLoad(server, await makeRooms(server, most / membersPerRoom));
  const readings: Reading[] = [];
  for (const members of counts) {
    await load.open(members);
    await load.idle(settleMs, pingEveryMs);
    const { serverCpuSeconds, seconds } = await load.idle(2 * ms, pingEveryMs);
    readings.push({ members, bytes: await residentBytes(server), cpuPercent: (100 * serverCpuSeconds) / seconds });
    if (members === (small ? smallNewcomers : newcomers)) await load.visit(most);
  }
  await load.stop();
  await server.stop();
  return readings;
}

const bytesOf = ({ members, bytes }: Reading): Point => [members, bytes];
const cpuOf = ({ members, cpuPercent }: Reading): Point => [members, cpuPercent];

/** The medians of the rounds, and how far each lies from the line through them. */
function printReadings(rounds: Rounds, counts: readonly number[]): void {
  const rows = [...rounds].flatMap(([{ name }, own]) => {
    const middle = (at: number, value: (reading: Reading) => Point) =>
      medianOf(own.map((readings) => readings[at]).map((reading) => (reading ? value(reading)[1] : Number.NaN)));
    const fitOf = (value: (reading: Reading) => Point) =>
      fitLine(counts.map((members, at): Point => [members, middle(at, value)]));
    const [bytes, cpu] = [fitOf(bytesOf), fitOf(cpuOf)];
    return counts.map((members, at) => [
      name,
      members.toLocaleString('en-US'),
      showRange(own.map((readings) => (readings[at]?.bytes ?? Number.NaN) / 2 ** 20)),
      signed((bytes.residuals[at] ?? Number.NaN) / 2 ** 20),
      showRange(own.map((readings) => readings[at]?.cpuPercent ?? Number.NaN)),
      signed(cpu.residuals[at] ?? Number.NaN),
    ]);
  });
  const columns = ['server', 'members', 'RSS MiB', 'from its line', '% of a core, pings every 20 s', 'from its line'];
  printTable('Idle members on one process', columns, rows);
}

/** One line through each round. What it says of more members than one process here can hold is arithmetic; ± is the error of that (95 %). */
function printLines(rounds: Rounds): void {
  const fits = (own: readonly (readonly Reading[])[], value: (reading: Reading) => Point): readonly Fit[] =>
    own.map((readings) => fitLine(readings.map(value)));
  const slopes = (own: readonly Fit[]) => own.map(({ slope }) => slope);
  const base = fits(rounds.get(bareBun) ?? [], bytesOf);
  const rows = [...rounds].map(([{ name }, own]) => {
    const [bytes, cpu] = [fits(own, bytesOf), fits(own, cpuOf)];
    return [
      name,
      showRange(slopes(bytes)),
      showRange(ratios(slopes(bytes), slopes(base))),
      far(bytes, 2 ** 20),
      showRange(slopes(cpu).map((slope) => slope * 1000)),
      far(cpu, 1),
    ];
  });
  const at = `at ${farMembers.toLocaleString('en-US')}`;
  const columns = [
    'server',
    'bytes a member',
    '÷ bare Bun',
    `MiB ${at}`,
    '% of a core a thousand',
    `% of a core ${at}`,
  ];
  printTable('The straight lines (least squares, one a round)', columns, rows);
}

function far(fits: readonly Fit[], unit: number): string {
  const error = medianOf(fits.map((fit) => fit.errorAt(farMembers) / unit));
  return `${showRange(fits.map((fit) => fit.at(farMembers) / unit))} ± ${show(error)}`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${show(Math.abs(value))}`;
}
