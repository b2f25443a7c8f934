/** How long a message takes: from the key press to the frame that shows it at the others, through the web client and the relay. */
import type { Browser, Page } from 'playwright-core';
import { launch } from '../create/browsers.ts';
import { medianOf, printTable, quantileOf, show } from '../lib/table.ts';
import { relay, startServer } from '../relay/servers.ts';

const people = 6;
const warmUps = 10;
const textBytes = 200;
const patienceMs = 30_000;

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

/** Sends `count` messages, each by the next of six people, all of whom have a page of their own in one Chromium. */
export async function measureLatency(count: number): Promise<string> {
  const server = await startServer(relay);
  const browser = await launch({ engine: 'chromium', hardened: false }, 'all cores');
  const version = `Chromium ${browser.version()}`;
  const rounds: (readonly Delay[])[] = [];
  try {
    const pages = await meet(browser, server.port);
    for (let at = 0; at < warmUps + count; at++) {
      const delays = await say(pages, at);
      if (at >= warmUps) rounds.push(delays);
    }
  } finally {
    await browser.close();
    await server.stop();
  }
  const rows = [
    ['at the socket of each of the five others', rounds.flat().map(({ arrived }) => arrived)],
    ['shown at each of the five others', rounds.flat().map(({ shown }) => shown)],
    ['shown at the last of them', rounds.map((delays) => Math.max(...delays.map(({ shown }) => shown)))],
  ] as const;
  printTable(
    `Key press → shown, a room of ${people} with ${people} pages in one ${version}, ${count} messages of ${textBytes} bytes`,
    ['until', 'median ms', 'p99 ms', 'least', 'most'],
    rows.map(([name, ms]) => [
      name,
      ...[medianOf(ms), quantileOf(ms, 0.99), Math.min(...ms), Math.max(...ms)].map(show),
    ]),
  );
  return version;
}

/** Six people in one room, who have all read a word of each other. */
async function meet(browser: Browser, port: number): Promise<readonly Page[]> {
  const origin = `http://localhost:${port}`;
  const founder = await newPage(browser);
  await founder.goto(origin);
  await founder.getByLabel('People at most').selectOption(String(people));
  await founder.getByRole('button', { name: 'Open the room' }).click();
  const link = await founder.getByLabel('Link of this room').inputValue({ timeout: patienceMs });
  await founder.getByRole('button', { name: 'Close', exact: true }).click();
  const pages = [founder];
  while (pages.length < people) {
    const page = await newPage(browser);
    await page.goto(`${origin}/r${link.slice(link.indexOf('#'))}`);
    await page.getByRole('button', { name: 'Join the room' }).click();
    pages.push(page);
  }
  for (const page of pages) await composer(page).waitFor({ timeout: patienceMs });
  return pages;
}

async function newPage(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.addInitScript(watch);
  return page;
}

function composer(page: Page) {
  return page.getByRole('textbox', { name: 'Message', exact: true });
}

/** How long each of the others waited for what the one whose turn it is said. */
async function say(pages: readonly Page[], at: number): Promise<readonly Delay[]> {
  const text = `message ${at} `.padEnd(textBytes, 'x');
  const speaker = pages[at % pages.length];
  if (speaker === undefined) throw new Error('nobody is there');
  await composer(speaker).fill(text);
  const others = pages.filter((page) => page !== speaker);
  const shown = Promise.all(
    others.map((page) =>
      // Put there by `watch`.
      page.evaluate((wanted) => (globalThis as unknown as WatchedPage).shown(wanted), text),
    ),
  );
  // Not in step with frames, and no other work is left.
  await speaker.waitForTimeout(60 + Math.random() * 80);
  await speaker.keyboard.press('Enter');
  const seen = await shown;
  const pressedAtMs = await speaker.evaluate(() => (globalThis as unknown as WatchedPage).pressedAtMs);
  return seen.map(({ arrivedAtMs, shownAtMs }) => ({
    arrived: arrivedAtMs - pressedAtMs,
    shown: shownAtMs - pressedAtMs,
  }));
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
