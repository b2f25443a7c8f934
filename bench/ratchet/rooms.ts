/** What it costs to come, to go, to renew keys and to talk, in rooms of several sizes, in each browser. */
import type { Browser, JSHandle, Page } from 'playwright-core';
import { type Engine, launch } from '../create/browsers.ts';
import { medianOf, printTable, showRange } from '../lib/table.ts';
import type { Ours } from './ours.ts';
import type { Rates, Room, Stay } from './page.ts';
import { serveRatchet } from './site.ts';

type Kem = 'browser' | 'JavaScript';

/** What the page of `serveRatchet` has. */
interface RatchetPage {
  readonly ours: Ours;
  readonly Room: { readonly found: (ours: Ours, kem: Kem) => Promise<Room> };
}

interface Lane {
  readonly name: string;
  readonly engine: Engine;
  readonly room: JSHandle<Room>;
}

interface Step {
  readonly name: string;
  readonly title: string;
}

const steps: readonly Step[] = [
  { name: 'key package', title: 'make a key package' },
  { name: 'add', title: 'make an add commit' },
  { name: 'process add', title: 'follow an add commit' },
  { name: 'welcome', title: 'join by a Welcome' },
  { name: 'update', title: 'make an update commit' },
  { name: 'process update', title: 'follow an update commit' },
  { name: 'remove', title: 'make a remove commit' },
  { name: 'process remove', title: 'follow a remove commit' },
];
const payloads: readonly Step[] = [
  { name: 'key package', title: 'key package' },
  { name: 'add', title: 'add commit' },
  { name: 'welcome', title: 'Welcome' },
  { name: 'update', title: 'update commit' },
  { name: 'remove', title: 'remove commit' },
  { name: 'message', title: 'message of 200 bytes' },
];
const talkingSize = 6;
const messagesInARound = 200;
const engines: readonly Engine[] = ['chromium', 'firefox'];
const shownNames: Readonly<Record<Engine, string>> = { chromium: 'Chromium', firefox: 'Firefox' };

interface Measured {
  readonly lane: Lane;
  readonly stays: Map<number, readonly Stay[]>;
  readonly rates: Rates[];
}

/** Measures rooms of `sizes` members (ascending, from 2), each step `rounds` times. */
export async function measureRatchet(sizes: readonly number[], rounds: number): Promise<string> {
  const site = await serveRatchet();
  const browsers: Browser[] = [];
  try {
    const measured: Measured[] = [];
    for (const engine of engines) {
      const browser = await launch({ engine, hardened: false }, 'all cores');
      browsers.push(browser);
      for (const lane of await open(engine, browser, site.url.href))
        measured.push({ lane, stays: new Map(), rates: [] });
    }
    for (const size of sizes) await measureSize(measured, size, rounds);
    print(measured, sizes);
    return engines.map((engine, at) => `${shownNames[engine]} ${browsers[at]?.version()}`).join(', ');
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()));
    site.stop(true);
  }
}

async function measureSize(measured: readonly Measured[], size: number, rounds: number): Promise<void> {
  for (const { lane } of measured) await lane.room.evaluate((there, wanted) => there.grow(wanted - 1), size);
  for (const { stays } of measured) stays.set(size, []);
  for (let round = 0; round <= rounds; round++) {
    for (const { lane, stays } of measured) {
      const stay = await lane.room.evaluate((there) => there.stay());
      if (round > 0) stays.set(size, [...(stays.get(size) ?? []), stay]); // The first warms up.
    }
  }
  if (size === talkingSize) await talk(measured, rounds);
}

/** A page with a room of its own for each KEM that the browser has. */
async function open(engine: Engine, browser: Browser, address: string): Promise<Lane[]> {
  const lanes: Lane[] = [];
  for (const kem of ['browser', 'JavaScript'] as const) {
    const page = await openPage(browser, address);
    const room = await page.evaluateHandle(async (wanted) => {
      // Put there by the page that serveRatchet serves.
      const { ours, Room } = globalThis as unknown as RatchetPage;
      return wanted === 'browser' && !(await ours.hasNativeXWing()) ? null : Room.found(ours, wanted);
    }, kem);
    const name = `${shownNames[engine]}, X-Wing ${kem === 'browser' ? 'of the browser' : 'in JavaScript'}`;
    // The page gives a room or null; a handle does not tell its type.
    if (await room.evaluate((own) => own !== null)) lanes.push({ name, engine, room: room as JSHandle<Room> });
    else await page.close();
  }
  return lanes;
}

async function openPage(browser: Browser, address: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(address);
  await page.waitForFunction(() => 'Room' in globalThis);
  return page;
}

async function talk(measured: readonly Measured[], rounds: number): Promise<void> {
  for (const { lane } of measured) await lane.room.evaluate((there, wanted) => there.grow(wanted), talkingSize);
  for (let round = 0; round <= rounds; round++) {
    for (const { lane, rates } of measured) {
      const rate = await lane.room.evaluate((there, count) => there.rates(count), messagesInARound);
      if (round > 0) rates.push(rate);
    }
  }
}

function print(measured: readonly Measured[], sizes: readonly number[]): void {
  for (const { lane, stays } of measured) printTimes(lane, sizes, stays);
  // They are the same everywhere.
  for (const { stays } of measured.slice(0, 1)) printBytes(sizes, stays);
  printRates(measured);
}

function printTimes({ name }: Lane, sizes: readonly number[], bySize: ReadonlyMap<number, readonly Stay[]>): void {
  const rows = steps.map((step) => [
    step.title,
    ...sizes.map((size) => cell((bySize.get(size) ?? []).map(({ ms }) => ms[step.name] ?? Number.NaN))),
  ]);
  printTable(`${name}: milliseconds`, ['members', ...sizes.map(String)], rows);
}

/** Of two members, none is there to follow what the other commits about itself. */
function cell(values: readonly number[]): string {
  return values.every(Number.isNaN) ? '-' : showRange(values);
}

function printBytes(sizes: readonly number[], bySize: ReadonlyMap<number, readonly Stay[]>): void {
  const rows = payloads.map((payload) => [
    payload.title,
    ...sizes.map((size) => {
      const bytes = medianOf((bySize.get(size) ?? []).map((stay) => stay.bytes[payload.name] ?? Number.NaN));
      return Number.isNaN(bytes) ? '-' : Math.round(bytes).toLocaleString('en-US');
    }),
  ]);
  printTable('Bytes of a payload, padding and envelope included', ['members', ...sizes.map(String)], rows);
}

function printRates(measured: readonly Measured[]): void {
  const kinds = ['protect', 'unprotect', 'send', 'receive'] as const;
  const rows = measured
    .filter(({ rates }) => rates.length > 0)
    .map(({ lane, rates }) => [lane.name, ...kinds.map((kind) => showRange(rates.map((rate) => rate[kind])))]);
  if (rows.length === 0) return;
  printTable(
    `Messages of 200 bytes a second, ${talkingSize} members`,
    ['browser', 'protect', 'unprotect', 'protect, with text, padding, envelope', 'unprotect, with the same'],
    rows,
  );
}
