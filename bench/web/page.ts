/** How long a person waits from opening a link to a composer to write in, and what that takes from the network. */
import type { Browser, BrowserContext } from 'playwright-core';
import { launch, slowMainThread } from '../create/browsers.ts';
import { medianOf, printTable, quantileOf, show } from '../lib/table.ts';
import { relay, startServer } from '../relay/servers.ts';
import { checkPage, newPage, openRoom, patienceMs } from './people.ts';

const slowness = 4;
/** The owner, the one who comes, and one who has not quite left yet. */
const people = 4;

/** Milliseconds since the link was opened, and what was loaded until the first paint and until the end. */
interface Visit {
  readonly paintedMs: number;
  readonly invitedMs: number;
  readonly readyMs: number;
  readonly first: readonly string[];
  readonly all: readonly string[];
}

interface Row {
  readonly device: string;
  readonly factor: number;
  readonly cache: 'cold' | 'cached';
  readonly visits: Visit[];
}

export async function measurePage(runs: number): Promise<void> {
  const server = await startServer(relay);
  await checkPage(server.port);
  const browser = await launch({ engine: 'chromium', hardened: false }, 'all cores');
  const rows: readonly Row[] = [1, slowness].flatMap((factor) =>
    (['cold', 'cached'] as const).map((cache) => ({
      device: factor === 1 ? 'as it is' : `main thread ${factor} × slower`,
      factor,
      cache,
      visits: [],
    })),
  );
  try {
    const link = await openRoom(await newPage(browser), server.port, people);
    for (let run = 0; run < runs; run++) {
      for (const row of rows) row.visits.push(await visit(browser, link, row));
    }
    print(rows, `Chromium ${browser.version()}`);
    await printBytes(server.port, rows);
  } finally {
    await browser.close();
    await server.stop();
  }
}

function print(rows: readonly Row[], version: string): void {
  const cells = (values: readonly number[]) => [show(medianOf(values)), show(quantileOf(values, 0.95))];
  printTable(
    `Link opened → composer ready in ${version}; the invitation is accepted as soon as it was painted`,
    ['device', 'cache', 'visits', 'first paint', 'p95', 'invitation', 'p95', 'composer ready, ms', 'p95'],
    rows.map(({ device, cache, visits }) => [
      device,
      cache,
      String(visits.length),
      ...cells(visits.map(({ paintedMs }) => paintedMs)),
      ...cells(visits.map(({ invitedMs }) => invitedMs)),
      ...cells(visits.map(({ readyMs }) => readyMs)),
    ]),
  );
}

/** What the first visit of each kind loaded, as the relay sends it (HT-19). */
async function printBytes(port: number, rows: readonly Row[]): Promise<void> {
  const visits = rows.flatMap(({ visits: [first] }) => (first ? [first] : []));
  const sizeOf = async (paths: ReadonlySet<string>) => {
    const each = await Promise.all(
      [...paths].map(async (path) => {
        const asked = { headers: { 'Accept-Encoding': 'gzip' }, decompress: false };
        return (await (await fetch(`http://localhost:${port}${path}`, asked)).bytes()).length;
      }),
    );
    return show(each.reduce((sum, bytes) => sum + bytes, 0) / 1000);
  };
  const first = new Set(visits.flatMap((one) => one.first));
  const all = new Set(visits.flatMap((one) => one.all));
  printTable(
    'What is loaded, compressed as it is sent',
    ['until', 'files', 'kB'],
    [
      ['the first paint', String(first.size), await sizeOf(first)],
      ['the composer', String(all.size), await sizeOf(all)],
    ],
  );
}

async function visit(browser: Browser, link: string, { factor, cache }: Row): Promise<Visit> {
  const context = await browser.newContext();
  try {
    if (cache === 'cached') await openLink(context, link, 1);
    return await openLink(context, link, factor);
  } finally {
    await context.close();
  }
}

/** Opens the link in a new tab, joins at once, and leaves when the composer is there. */
async function openLink(context: BrowserContext, link: string, factor: number): Promise<Visit> {
  const page = await newPage(context, joinAtOnce);
  // The page process exists, as it does where people tap links; nothing of ours is in it.
  await page.goto(new URL('/healthz', link).href);
  if (factor > 1) await slowMainThread(page, factor);
  // Told by `joinAtOnce`. A page that is asked loads the tool's own script first, in the time that is measured.
  const told = page.waitForEvent('console', { predicate: (message) => isVisit(message.text()), timeout: patienceMs });
  await page.goto(link, { waitUntil: 'commit' });
  const seen: Visit = JSON.parse((await told).text());
  await page.getByRole('button', { name: 'Leave' }).click();
  await page.close();
  return seen;
}

const isVisit = (text: string) => text.startsWith('{"paintedMs"');

/** Runs before the page and in it, so that no tool's own time counts. */
function joinAtOnce(): void {
  if (location.pathname !== '/r') return;
  let paintedMs = Number.NaN;
  let invitedMs = Number.NaN;
  new PerformanceObserver((list) => {
    paintedMs = list.getEntriesByName('first-contentful-paint')[0]?.startTime ?? paintedMs;
    look();
  }).observe({ type: 'paint', buffered: true });
  const observer = new MutationObserver(look);
  observer.observe(document, { subtree: true, childList: true });

  /** What nobody has seen yet is not accepted. */
  function look(): void {
    const join = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Join the room');
    if (join && Number.isNaN(invitedMs) && !Number.isNaN(paintedMs)) {
      invitedMs = performance.now();
      join.click();
    }
    if (!document.querySelector('textarea')) return;
    observer.disconnect();
    requestAnimationFrame(() => {
      // A message to oneself comes after the frame that is being made.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = note;
      port2.postMessage(null);
    });
  }

  function note(): void {
    const readyMs = performance.now();
    const loaded = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    const paths = (until: number) => [
      ...new Set(loaded.filter((one) => one.startTime <= until).map(({ name }) => new URL(name).pathname)),
    ];
    console.log(JSON.stringify({ paintedMs, invitedMs, readyMs, first: paths(paintedMs), all: paths(readyMs) }));
  }
}
