/** How long a person waits for a room: from the click to the link on the screen, in Chromium, with the built web client and a relay. */
import type { Browser, Page } from 'playwright-core';
import { medianOf, printTable, quantileOf, show } from '../lib/table.ts';
import { relay, startServer } from '../relay/servers.ts';
import { checkPage } from '../web/people.ts';
import { launch, rendererPids, slowMainThread, slowProcesses } from './browsers.ts';

type Device = 'plain' | 'slow main thread' | 'slow page';

const slowness = 4;
const devices: Readonly<Record<Device, string>> = {
  plain: 'as it is',
  'slow main thread': 'main thread slower (developer tools)',
  'slow page': 'all of the page slower, its process stopped most of the time',
};
const names = Object.keys(devices) as readonly Device[]; // The object has no keys but its own.

/** How long it took, and how many times slower the device was made. */
interface Wait {
  readonly ms: number;
  readonly slowness: number;
}

export async function measureRooms(runs: number): Promise<void> {
  const server = await startServer(relay);
  await checkPage(server.port);
  const browser = await launch({ engine: 'chromium', hardened: false }, 'all cores');
  const waits = new Map<Device, Wait[]>(names.map((device) => [device, []]));
  for (let run = 0; run < runs; run++) {
    for (const [device, own] of waits) own.push(await createOnce(browser, server.port, device));
  }
  const version = `Chromium ${browser.version()}`;
  await browser.close();
  await server.stop();
  const rows = [...waits].map(([device, own]) => {
    const ms = own.map((wait) => wait.ms);
    const [p50, p95] = [quantileOf(ms, 0.5), quantileOf(ms, 0.95)];
    const slower = show(medianOf(own.map((wait) => wait.slowness)));
    return [devices[device], slower, String(ms.length), ...[p50, p95, ...range(ms)].map(show), show(p95 / p50)];
  });
  printTable(
    `Creating a room in ${version}, proof of work included`,
    ['device', '× slower', 'runs', 'p50 ms', 'p95 ms', 'least', 'most', 'p95 ÷ p50'],
    rows,
  );
}

function slowed(device: Device): number {
  return device === 'plain' ? 1 : slowness;
}

function range(values: readonly number[]): readonly number[] {
  return [Math.min(...values), Math.max(...values)];
}

async function createOnce(browser: Browser, port: number, device: Device): Promise<Wait> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`http://localhost:${port}/`);
  await page.getByRole('button', { name: 'Open the room' }).waitFor();
  // What a person needs to read the page is time to come to rest.
  await page.waitForTimeout(300);
  if (device === 'slow main thread') await slowMainThread(page, slowness);
  const release = device === 'slow page' ? slowProcesses(await rendererPids(browser), slowness) : () => slowed(device);
  try {
    return { ms: await clickAndWait(page), slowness: release() };
  } finally {
    release();
    await context.close();
  }
}

/** Milliseconds from the click to the first frame after the link stood in the share panel. Runs in the page, so that no tool's own time counts. */
function clickAndWait(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const button = [...document.querySelectorAll('button')].find(
          (one) => one.textContent?.trim() === 'Open the room',
        );
        const startedAtMs = performance.now();
        const look = () => {
          const waitedMs = performance.now() - startedAtMs;
          const shown = [...document.querySelectorAll('input')].some(
            (input) => input.value.includes('/r#') && input.checkVisibility(),
          );
          if (shown) requestAnimationFrame(() => resolve(performance.now() - startedAtMs));
          else if (waitedMs > 60_000)
            reject(new Error(`no link after a minute: ${document.body.innerText.slice(0, 300)}`));
          else requestAnimationFrame(look);
        };
        if (!button) return reject(new Error('the page has no button to open a room'));
        button.click();
        look();
      }),
  );
}
