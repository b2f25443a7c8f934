import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Counts, limitNames } from '../src/counts.ts';
import type { Fact } from '../src/log.ts';
import { type Gauges, Lag, metricsText } from '../src/metrics.ts';
import { Report } from '../src/report.ts';
import { createRoom, makeKeys, Peer, post } from './peer.ts';
import { startedRelay } from './started.ts';

const root = join(import.meta.dir, '..', '..');
const gauges: Gauges = {
  version: '1.2.3',
  uptimeSeconds: 1.5,
  residentBytes: 50_000_000,
  isDraining: false,
  rooms: 3,
  maxRooms: 100,
  pendingRooms: 4,
  maxPendingRooms: 1000,
  sockets: 9,
  maxSockets: 200,
  unjoined: 2,
  effort: 262_144,
  verifications: { running: 1, waiting: 5 },
};

interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

/** Every sample of a text in the exposition format, and every kind it declares. */
function parsed(text: string): { readonly samples: readonly Sample[]; readonly kinds: ReadonlyMap<string, string> } {
  const kinds = new Map<string, string>();
  const samples: Sample[] = [];
  expect(text).toEndWith('\n');
  for (const line of text.slice(0, -1).split('\n')) {
    const [, declared, kind] = /^# TYPE (\S+) (gauge|counter|histogram)$/.exec(line) ?? [];
    if (declared !== undefined && kind !== undefined) kinds.set(declared, kind);
    if (/^# (TYPE|HELP \S+ \S)/.test(line)) continue;
    const [, name, labels = '', value] = /^([a-z_]+)(\{[a-z]+="[^"\\]*"\})? (\d\S*)$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`not a sample: ${line}`);
    samples.push({ name, labels, value: Number(value) });
  }
  return { samples, kinds };
}

const baseOf = (name: string) => name.replace(/_(bucket|sum|count)$/, '');

describe('metrics', () => {
  test('OP-8 are those of the specification, each of its kind, and no others', () => {
    const spec = readFileSync(join(root, 'spec', 'operations.md'), 'utf8');
    const rows = [...spec.matchAll(/^\| (`pug_[^|]+) \| (gauge|counter|histogram) \|/gm)];
    const specified = rows.flatMap(([, names = '', kind]) =>
      [...names.matchAll(/pug_[a-z_]+/g)].map(([name]) => [name, kind] as const),
    );
    const { samples, kinds } = parsed(metricsText(new Counts(), gauges, new Lag()));
    expect(specified.length).toBeGreaterThan(20);
    expect([...kinds].toSorted()).toEqual(specified.toSorted() as [string, string][]); // The pattern has both groups.
    expect(new Set(samples.map(({ name }) => baseOf(name)))).toEqual(new Set(kinds.keys()));
  });

  test('OP-7 OP-9 labels have only fixed values, all there from the start', () => {
    const { samples } = parsed(metricsText(new Counts(), gauges, new Lag()));
    const valuesOf = (metric: string) =>
      samples.filter(({ name }) => name === metric).map(({ labels }) => /"(.*)"/.exec(labels)?.[1]);
    const spec = readFileSync(join(root, 'spec', 'operations.md'), 'utf8');
    const limits = /\*\*OP-9\*\* .*/.exec(spec)?.[0] ?? '';
    expect(valuesOf('pug_refusals_total')).toEqual([...limitNames]);
    for (const name of limitNames) expect(limits).toContain(`\`${name}\``);
    expect(valuesOf('pug_build_info')).toEqual(['1.2.3']);
    for (const metric of ['pug_creations_total', 'pug_joins_total', 'pug_closes_total']) {
      for (const value of valuesOf(metric)) expect(value).toMatch(/^[a-z_]+$/);
    }
  });

  test('OP-8 the histogram is cumulative', () => {
    const lag = new Lag();
    for (const lateMs of [-3, 0.5, 3, 30, 300, 9000]) lag.add(lateMs);
    const { samples } = parsed(metricsText(new Counts(), gauges, lag));
    const buckets = samples.filter(({ name }) => name === 'pug_event_loop_lag_seconds_bucket');
    expect(buckets.map(({ value }) => value)).toEqual([2, 3, 3, 4, 5, 5, 6]);
    const [sum] = samples.filter(({ name }) => name === 'pug_event_loop_lag_seconds_sum');
    expect(sum?.value).toBeCloseTo(9.3335);
  });

  /** A relay and what its metrics say now. */
  function measured(flags: readonly string[] = []) {
    const relay = startedRelay(['--metrics-listen', '127.0.0.1:0', ...flags]);
    const at = `http://127.0.0.1:${relay.metricsPort}`;
    const read = async () => (await fetch(`${at}/metrics`)).text();
    const value = async (name: string, label = '') =>
      parsed(await read()).samples.find((sample) => sample.name === name && sample.labels === label)?.value;
    return { origin: relay.origin, at, read, value };
  }

  test('OP-8 sizes are those of now, and messages are counted as they pass', async () => {
    const { origin, value } = measured();
    const room = await createRoom(origin);
    expect([await value('pug_pending_rooms'), await value('pug_rooms')]).toEqual([1, 0]);
    const [one, two] = [await Peer.joined(origin, room), await Peer.joined(origin, room)];
    const waiting = new Peer(origin);
    await waiting.nextMessage('hello');
    one.say(new Uint8Array(100));
    await two.nextFrame();
    two.say(new Uint8Array(10), 1);
    await two.ping();
    const sizes = ['pug_pending_rooms', 'pug_rooms', 'pug_members', 'pug_sockets', 'pug_sockets_unjoined'];
    expect(await Promise.all(sizes.map((name) => value(name)))).toEqual([0, 1, 2, 3, 1]);
    const sums = ['pug_messages_total', 'pug_message_bytes_total', 'pug_deliveries_total'];
    expect(await Promise.all(sums.map((name) => value(name)))).toEqual([2, 110, 3]);
    for (const peer of [one, two, waiting]) await peer.close();
    expect(await Promise.all(sizes.slice(2).map((name) => value(name)))).toEqual([0, 0, 0]);
    expect(await value('pug_closes_total', '{name="left"}')).toBe(3);
    expect(await value('pug_joins_total', '{result="left"}')).toBe(1);
    expect(await value('pug_joins_total', '{result="joined"}')).toBe(2);
  });

  test("OP-8 OP-7 every end and refusal is counted once, under its own name and nobody else's", async () => {
    const { origin, read, value } = measured(['--message-burst', '5', '--messages-per-second', '1']);
    const room = await createRoom(origin);
    const one = await Peer.joined(origin, room);
    for (let i = 0; i < 9; i++) one.say(Uint8Array.of(i));
    expect(await one.closed).toMatchObject({ code: 4029 });
    await expect(new Peer(origin).join(makeKeys())).rejects.toThrow();
    await post(origin, '{}');
    const once = [
      ['pug_creations_total', '{result="created"}'],
      ['pug_creations_total', '{result="malformed"}'],
      ['pug_joins_total', '{result="not_found"}'],
      ['pug_closes_total', '{name="flooding"}'],
      ['pug_closes_total', '{name="not_found"}'],
      ['pug_refusals_total', '{limit="rate"}'],
    ] as const;
    for (const [name, label] of once) expect([name, label, await value(name, label)]).toEqual([name, label, 1]);
    const text = await read();
    for (const name of [room.room, '127.0.0.1', '/ws']) expect(text).not.toContain(name);
  });

  test('OP-8 on their own listener only, and nothing else there', async () => {
    const { origin, at } = measured();
    expect((await fetch(`${at}/metrics`)).headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect((await fetch(`${origin}/metrics`)).status).toBe(404);
    expect((await fetch(`${at}/healthz`)).status).toBe(404);
    expect((await fetch(`${at}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  test('OP-8 the dashboard asks for metrics that there are, and for all of them', () => {
    const text = readFileSync(join(root, 'deploy', 'grafana-dashboard.json'), 'utf8');
    const { panels, templating } = JSON.parse(text);
    const charts = panels.filter(({ type }: { type: string }) => type !== 'row');
    const asked = charts.map(({ targets }: { targets: readonly { expr: string }[] }) =>
      targets.map(({ expr }) => expr),
    );
    for (const exprs of asked) expect(exprs.length).toBeGreaterThan(0);
    const names = [...JSON.stringify([asked, templating]).matchAll(/pug_[a-z_]+/g)].map(([name]) => name);
    const { samples, kinds } = parsed(metricsText(new Counts(), gauges, new Lag()));
    const exported = new Set(samples.map(({ name }) => name));
    for (const name of names) expect(exported).toContain(name);
    expect(new Set(names.map(baseOf))).toEqual(new Set(kinds.keys()));
    const ids = panels.map(({ id }: { id: number }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('regular lines of the log', () => {
  const sizes = { rooms: 1, pending: 2, sockets: 3, effort: 1000 };

  function watched() {
    const facts: Fact[] = [];
    const counts = new Counts();
    return { facts, counts, report: new Report(counts, 1000, 0, (fact) => facts.push(fact)) };
  }

  test('OP-10 a limit is told at once, then what it refused since, at most once a minute', () => {
    const { facts, counts, report } = watched();
    counts.refusals.prefix += 3;
    report.look(sizes, 250);
    counts.refusals.prefix += 2;
    counts.refusals.sockets++;
    for (let ms = 500; ms < 60_250; ms += 250) report.look(sizes, ms);
    expect(facts).toEqual([
      { event: 'limit', limit: 'prefix', refused: 3 },
      { event: 'limit', limit: 'sockets', refused: 1 },
    ]);
    report.look(sizes, 60_250);
    expect(facts.slice(2)).toEqual([{ event: 'limit', limit: 'prefix', refused: 2 }]);
    for (let ms = 60_500; ms < 200_000; ms += 250) report.look(sizes, ms);
    expect(facts.length).toBe(3);
  });

  test('OP-10 the difficulty is told when it has doubled or halved, at most once a minute', () => {
    const { facts, report } = watched();
    report.look({ ...sizes, effort: 1999 }, 250);
    expect(facts).toEqual([]);
    report.look({ ...sizes, effort: 2000 }, 500);
    report.look({ ...sizes, effort: 8000 }, 60_250);
    expect(facts).toEqual([{ event: 'difficulty', effort: 2000, was: 1000 }]);
    report.look({ ...sizes, effort: 8000 }, 60_500);
    report.look({ ...sizes, effort: 4001 }, 200_000);
    report.look({ ...sizes, effort: 4000 }, 200_250);
    expect(facts.slice(1)).toEqual([
      { event: 'difficulty', effort: 8000, was: 2000 },
      { event: 'difficulty', effort: 4000, was: 8000 },
    ]);
  });

  test('OP-10 the counts are told once an hour', () => {
    const { facts, counts, report } = watched();
    counts.members = 5;
    counts.messages = 6;
    counts.messageBytes = 7;
    for (let ms = 0; ms < 2.5 * 3_600_000; ms += 60_000) report.look(sizes, ms);
    const line = { event: 'counts', rooms: 1, pending: 2, sockets: 3, members: 5, messages: 6, bytes: 7 } as const;
    expect(facts).toEqual([line, line]);
  });
});
