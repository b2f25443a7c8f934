/** npm run bench:relay -- soak --minutes 60: half of what the relay can, rooms that come and go beside it, and whether its memory stays flat. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fitLine, type Point } from '../lib/fit.ts';
import { Lines } from '../lib/lines.ts';
import { builtPath, leaveCores, root } from '../lib/machine.ts';
import { medianOf, printHead, printRow, show, showRange } from '../lib/table.ts';
import type { Churned } from './churn.ts';
import type { Extent } from './extent.ts';
import { type Load, membersPerRoom, startLoad } from './load.ts';
import { makeRooms } from './rooms.ts';
import { type Contestant, relayCommand, residentBytes, type Server, startServer } from './servers.ts';

const day = 86_400;
const heapFile = builtPath('heap');

const soaked: Contestant = {
  name: 'Pug Network relay',
  protocol: 'pug',
  command: () =>
    relayCommand(['--preload', join(root, 'bench', 'relay', 'heap.ts')], {
      'ttl-seconds-max': day,
      'messages-per-second': 4000, // × 86,400 s × 6 members is just below 2^31
      'empty-room-seconds': 20,
      'pending-room-seconds': 120,
    }),
  env: { BENCH_HEAP_FILE: heapFile },
};

const fullRooms = 200;
const roomsPerSecond = 10;
/** A row is the samples of so many minutes; a short soak has as many rows as an hour's. */
const rowMinutes = 5;
const rowsAtLeast = 12;
const sampleMs = 10_000;
/** The first sixth is warm-up: code is compiled, heaps find their size. */
const warmUpShare = 1 / 6;
/** Flat is what surely grows by less than this share of itself in an hour. */
const flatShare = 0.02;
const mebibyte = 2 ** 20;

interface Sample {
  readonly hours: number;
  readonly residentMiB: number;
  readonly heapMiB: number;
  readonly deliveriesPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly sockets: number;
}

export async function measureSoak({ minutes, ms, small }: Extent): Promise<void> {
  leaveCores();
  const server = await startServer(soaked);
  const rooms = small ? fullRooms / 10 : fullRooms;
  const load = startLoad(server, await makeRooms(server, rooms, day));
  await load.open(rooms * membersPerRoom);
  const { done, seconds } = await load.saturate(1, ms / 3, ms);
  const rate = done / seconds / 2;
  const churn = new Lines([
    process.execPath,
    join(root, 'bench', 'relay', 'churn.ts'),
    String(server.port),
    String(roomsPerSecond),
  ]);
  const what = `${show(rate)} deliveries/s to ${rooms} rooms of ${membersPerRoom}, ${roomsPerSecond} other rooms a second come and go`;
  printHead(`Soak: ${minutes} minutes at half load, on whatever core is free: ${what}`, columns);
  const rows = await soak(server, load, churn, rate, minutes);
  console.log();
  printVerdict(rows, churned(await churn.ask('')));
  await churn.stop();
  await load.stop();
  await server.stop();
}

function churned(line: string): Churned {
  return JSON.parse(line);
}

async function soak(server: Server, load: Load, churn: Lines, rate: number, minutes: number): Promise<Sample[][]> {
  const startedAtMs = performance.now();
  const elapsed = () => (performance.now() - startedAtMs) / 60_000;
  const perRow = Math.min(rowMinutes, minutes / rowsAtLeast);
  const rows: Sample[][] = [];
  while (elapsed() < minutes) {
    const samples: Sample[] = [];
    // A soak that is nearly over has no row left to fill.
    const until = Math.min(minutes, perRow * (rows.length + 1));
    do samples.push(await sample(server, load, rate, elapsed));
    while (elapsed() < until);
    rows.push(samples);
    printRow(cellsOf(samples, churned(await churn.ask(''))));
  }
  return rows;
}

/** Sends at the rate for a while and looks at what that has left behind. */
async function sample(server: Server, load: Load, rate: number, elapsed: () => number): Promise<Sample> {
  const { done, seconds, p50Us, p99Us } = await load.rate(rate, 0, sampleMs);
  return {
    hours: elapsed() / 60,
    residentMiB: (await residentBytes(server)) / mebibyte,
    heapMiB: Number(await Bun.file(heapFile).text()) / mebibyte,
    deliveriesPerSecond: done / seconds,
    p50Us,
    p99Us,
    sockets: openSockets(server),
  };
}

function openSockets({ pid }: Server): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

const columns = [
  'after minutes',
  'RSS MiB',
  'JS heap MiB',
  'deliveries/s',
  'p50 µs',
  'p99 µs (worst 10 s)',
  'descriptors',
  'rooms made',
  'of them purged / expired / left empty / never joined',
  'joins',
  'faults',
];

function cellsOf(samples: readonly Sample[], done: Churned): string[] {
  const middle = (value: (sample: Sample) => number) => medianOf(samples.map(value));
  const worst = Math.max(...samples.map(({ p99Us }) => p99Us));
  const ends = [done.purged, done.expired, done.emptied, done.unjoined];
  return [
    show(60 * (samples.at(-1)?.hours ?? 0)),
    showRange(samples.map(({ residentMiB }) => residentMiB)),
    showRange(samples.map(({ heapMiB }) => heapMiB)),
    show(middle(({ deliveriesPerSecond }) => deliveriesPerSecond)),
    show(middle(({ p50Us }) => p50Us)),
    `${show(middle(({ p99Us }) => p99Us))} (${show(worst)})`,
    showRange(samples.map(({ sockets }) => sockets)),
    done.rooms.toLocaleString('en-US'),
    ends.map((count) => count.toLocaleString('en-US')).join(' / '),
    done.joins.toLocaleString('en-US'),
    String(done.faults),
  ];
}

function printVerdict(rows: readonly (readonly Sample[])[], done: Churned): void {
  const steady = rows.slice(Math.ceil(rows.length * warmUpShare));
  // One point a row: samples that are seconds apart say the same twice, and an error taken from them would be too small.
  const points = (value: (sample: Sample) => number) =>
    steady.map((row): Point => [medianOf(row.map(({ hours }) => hours)), medianOf(row.map(value))]);
  console.log(
    verdictOf(
      'RSS',
      points(({ residentMiB }) => residentMiB),
    ),
  );
  console.log(
    verdictOf(
      'JS heap',
      points(({ heapMiB }) => heapMiB),
    ),
  );
  console.log(`Faults: ${done.faults}${done.fault === undefined ? '' : `, the first: ${done.fault}`}.\n`);
}

function verdictOf(what: string, points: readonly Point[]): string {
  const { slope, slopeError } = fitLine(points);
  const whole = medianOf(points.map(([, height]) => height));
  const share = slope / whole;
  const verdict =
    slope - slopeError > flatShare * whole
      ? 'GROWS'
      : slope + slopeError < flatShare * whole
        ? 'flat'
        : 'too short to tell';
  return `${what}: ${verdict}. ${show(slope)} ± ${show(slopeError)} MiB an hour (95 %), ${show(100 * share)} % of ${show(whole)} MiB, from ${points.length} rows after warm-up.`;
}
