/** How long a person waits for a room: from the click to the link on the screen, in Chromium, with the built web client and a relay. */
import type { Browser, Page } from 'playwright-core';
import { printTable, quantileOf, show } from '../lib/table.ts';
import { relay, startServer } from '../relay/servers.ts';
import { launch, rendererPids, slowMainThread, slowProcesses } from './browsers.ts';

type Device = 'plain' | 'slow main thread' | 'slow page';

const slowness = 4;
const devices: Readonly<Record<Device, string>> = {
  plain: 'as it is',
  'slow main thread': `main thread ${slowness} × slower (developer tools)`,
  'slow page': `whole page process ${slowness} × slower (stopped three quarters of the time)`,
};
const names = Object.keys(devices) as readonly Device[]; // The object has no keys but its own.

export async function measureRooms(runs: number): Promise<string> {
  const server = await startServer(relay);
  const browser = await launch({ engine: 'chromium', hardened: false }, 'all cores');
  const times = new Map<Device, number[]>(names.map((device) => [device, []]));
  for (let run = 0; run < runs; run++) {
    for (const [device, own] of times) own.push(await createOnce(browser, server.port, device));
  }
  const version = `Chromium ${browser.version()}`;
  await browser.close();
  await server.stop();
  const rows = [...times].map(([device, own]) => {
    const [p50, p95] = [quantileOf(own, 0.5), quantileOf(own, 0.95)];
    return [
      devices[device],
      String(own.length),
      ...[p50, p95, Math.min(...own), Math.max(...own)].map(show),
      show(p95 / p50),
    ];
  });
  printTable(
    `Creating a room in ${version}, proof of work included`,
    ['device', 'runs', 'p50 ms', 'p95 ms', 'least', 'most', 'p95 ÷ p50'],
    rows,
  );
  return version;
}

async function createOnce(browser: Browser, port: number, device: Device): Promise<number> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`http://localhost:${port}/`);
  await page.getByRole('button', { name: 'Open the room' }).waitFor();
  // What a person needs to read the page is time to come to rest.
  await page.waitForTimeout(300);
  if (device === 'slow main thread') await slowMainThread(page, slowness);
  const release = device === 'slow page' ? slowProcesses(await rendererPids(browser), slowness) : () => {};
  try {
    return await clickAndWait(page);
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
          else if (waitedMs > 60_000) reject(new Error('no link after a minute'));
          else requestAnimationFrame(look);
        };
        if (!button) return reject(new Error('the page has no button to open a room'));
        button.click();
        look();
      }),
  );
}
