/** How long a message takes: from the key press to the frame that shows it at the others, through the web client and the relay. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { launch, rendererPids } from '../create/browsers.ts';
import { medianOf, printTable, quantileOf, show } from '../lib/table.ts';
import { relay, startServer } from '../relay/servers.ts';
import { checkPage, composer, joinRoom, newPage, openRoom, sayHello } from './people.ts';

const people = 6;
const warmUps = 10;
const textBytes = 200;

/** What `watch` puts into the page. */
interface WatchedPage {
  /** When Enter was pressed last. */
  readonly pressedAtMs: number;
  /** When the socket heard of this text, and when the first frame with it came. */
  readonly shown: (text: string) => Promise<Seen>;
}

/** Times on the machine's clock. */
interface Seen {
  readonly arrivedAtMs: number;
  readonly shownAtMs: number;
}

/** Milliseconds since the key press. */
interface Delay {
  readonly arrived: number;
  readonly shown: number;
}

/** Somebody in the room, and the process that their page runs in. */
interface Member {
  readonly page: Page;
  readonly pid: number;
}

/** Sends `count` messages in each of two ways, each message by the next of six people, all of whom have a page of their own in one Chromium. */
export async function measureMessages(count: number): Promise<void> {
  const server = await startServer(relay);
  await checkPage(server.port);
  const browser = await launch({ engine: 'chromium', hardened: false }, 'all cores');
  const apart: Delay[] = [];
  const together: (readonly Delay[])[] = [];
  try {
    const members = await meet(browser, server.port);
    for (let at = 0; at < warmUps + count; at++) {
      const [one, all] = [await sayToOne(members, at), await sayToAll(members, at)];
      if (at < warmUps) continue;
      apart.push(one);
      together.push(all);
    }
  } finally {
    await browser.close();
    await server.stop();
  }
  print(`Chromium ${browser.version()}`, count, apart, together);
}

function print(version: string, count: number, apart: readonly Delay[], together: readonly (readonly Delay[])[]): void {
  const each = together.flat();
  const rows: readonly (readonly [string, string, readonly number[]])[] = [
    ['two of six devices', 'at the socket of the other', apart.map(({ arrived }) => arrived)],
    ['two of six devices', 'shown at the other', apart.map(({ shown }) => shown)],
    ['six devices', 'at the socket of each other', each.map(({ arrived }) => arrived)],
    ['six devices', 'shown at each other', each.map(({ shown }) => shown)],
    ['six devices', 'shown at the last', together.map((delays) => Math.max(...delays.map(({ shown }) => shown)))],
  ];
  printTable(
    `Key press → shown, a room of ${people} in one ${version}, ${count} messages of ${textBytes} bytes each way`,
    ['this machine is', 'until', 'p50 ms', 'p99 ms', 'least', 'most'],
    rows.map(([machine, until, ms]) => [
      machine,
      until,
      ...[medianOf(ms), quantileOf(ms, 0.99), Math.min(...ms), Math.max(...ms)].map(show),
    ]),
  );
}

/** Six people in one room, who have all read a word of each other. */
async function meet(browser: Browser, port: number): Promise<readonly Member[]> {
  const pages = [await newPage(browser, watch)];
  const [founder] = pages;
  if (!founder) throw new Error('nobody is there');
  const link = await openRoom(founder, port, people);
  while (pages.length < people) {
    const page = await newPage(browser, watch);
    await joinRoom(page, link);
    pages.push(page);
  }
  for (const page of pages) await sayHello(page);
  const members: Member[] = [];
  for (const page of pages) members.push({ page, pid: await pidOf(browser, page) });
  if (new Set(members.map(({ pid }) => pid)).size !== people) throw new Error('two pages share a process');
  return members;
}

/** The process of a page: the one that works while the page does. */
async function pidOf(browser: Browser, page: Page): Promise<number> {
  const pids = await rendererPids(browser);
  const before = pids.map(ticksOf);
  await page.evaluate(() => {
    for (const endMs = performance.now() + 300; performance.now() < endMs; );
  });
  const [busiest] = pids
    .map((pid, at) => ({ pid, ticks: ticksOf(pid) - (before[at] ?? 0) }))
    .sort((a, b) => b.ticks - a.ticks);
  if (!busiest) throw new Error('no page has a process');
  return busiest.pid;
}

/** How long a process has computed, in ticks of the kernel (proc(5): utime, the 14th field; the 2nd may hold spaces). */
function ticksOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[11]);
}

function turn(members: readonly Member[], at: number): readonly [Member, Member, readonly Member[]] {
  const [speaker, listener, ...rest] = members.map((_, n) => members[(at + n) % members.length]);
  if (!speaker || !listener) throw new Error('nobody is there');
  return [speaker, listener, rest.flatMap((one) => one ?? [])];
}

/**
 * Two devices and no more: the processes of the four others stand still from before the key press until the message is shown, because
 * their work is done on machines of their own. They catch up before the next message.
 */
async function sayToOne(members: readonly Member[], at: number): Promise<Delay> {
  const [speaker, listener, rest] = turn(members, at);
  const text = `apart ${at} `.padEnd(textBytes, 'x');
  const signalRest = (name: NodeJS.Signals) => {
    for (const { pid } of rest) process.kill(pid, name);
  };
  await composer(speaker.page).fill(text);
  const heard = awaitText(listener, text);
  const caughtUp = Promise.all(rest.map((one) => awaitText(one, text)));
  await comeToRest(speaker);
  signalRest('SIGSTOP');
  try {
    await speaker.page.keyboard.press('Enter');
    return delayOf(await pressedAtMs(speaker), await heard);
  } finally {
    signalRest('SIGCONT');
    await caughtUp;
  }
}

/** All six devices are this one machine: how long each of the others waited. */
async function sayToAll(members: readonly Member[], at: number): Promise<readonly Delay[]> {
  const [speaker, listener, rest] = turn(members, at);
  const text = `together ${at} `.padEnd(textBytes, 'x');
  await composer(speaker.page).fill(text);
  const shown = Promise.all([listener, ...rest].map((one) => awaitText(one, text)));
  await comeToRest(speaker);
  await speaker.page.keyboard.press('Enter');
  const seen = await shown;
  const pressed = await pressedAtMs(speaker);
  return seen.map((one) => delayOf(pressed, one));
}

function delayOf(pressedAtMs: number, { arrivedAtMs, shownAtMs }: Seen): Delay {
  return { arrived: arrivedAtMs - pressedAtMs, shown: shownAtMs - pressedAtMs };
}

/** Not in step with frames, and no other work is left. */
async function comeToRest({ page }: Member): Promise<void> {
  await page.waitForTimeout(60 + Math.random() * 80);
}

// Put into the page by `watch`.
function awaitText({ page }: Member, text: string): Promise<Seen> {
  return page.evaluate((wanted) => (globalThis as unknown as WatchedPage).shown(wanted), text);
}

function pressedAtMs({ page }: Member): Promise<number> {
  return page.evaluate(() => (globalThis as unknown as WatchedPage).pressedAtMs);
}

/** Runs before the page. The machine's clock is the one thing that pages of several processes have in common. */
function watch(): void {
  // That clock has whole milliseconds; its ticks fix it against the fine one of the page.
  let offsetMs = Number.NEGATIVE_INFINITY;
  for (const endMs = performance.now() + 20; performance.now() < endMs; )
    offsetMs = Math.max(offsetMs, Date.now() - performance.now());
  let arrivedAtMs = Number.NaN;

  class WatchedSocket extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        if (typeof data !== 'string') arrivedAtMs = performance.now() + offsetMs;
      });
    }
  }
  Object.assign(globalThis, { shown, WebSocket: WatchedSocket });
  const noteKey = ({ key, timeStamp }: KeyboardEvent) => {
    if (key === 'Enter') Object.assign(globalThis, { pressedAtMs: timeStamp + offsetMs });
  };
  document.addEventListener('keydown', noteKey, { capture: true });

  function shown(text: string): Promise<Seen> {
    return new Promise((resolve) => {
      const observer = new MutationObserver((records) => {
        const isThere = records.some(({ addedNodes }) =>
          [...addedNodes].some(({ textContent }) => textContent?.includes(text)),
        );
        if (!isThere) return;
        observer.disconnect();
        const arrived = arrivedAtMs;
        const done = () => resolve({ arrivedAtMs: arrived, shownAtMs: performance.now() + offsetMs });
        requestAnimationFrame(() => afterFrame(done));
      });
      observer.observe(document.body, { subtree: true, childList: true });
    });
  }

  /** A message to oneself comes after the frame that is being made. */
  function afterFrame(run: () => void): void {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = run;
    port2.postMessage(null);
  }
}
