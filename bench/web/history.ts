/** Whether a long conversation stays smooth: frames while a person types and scrolls in a room where much was said and more is. */
import type { Browser, ElementHandle, Page } from 'playwright-core';
import { type Engine, launch, slowMainThread } from '../create/browsers.ts';
import { printTable, quantileOf, show } from '../lib/table.ts';
import { relay, startServer } from '../relay/servers.ts';
import { checkPage, composer, joinRoom, newPage, openRoom, patienceMs, sayHello } from './people.ts';

const slowness = 4;
const limitMs = 50;
/** While it is measured, somebody says so much. */
const messagesPerSecond = 5;
/** As many as the room draws at most. */
const bareLines = 150;
const bareTurns = 24;
/** About as many frames as to scroll up through 5,000 lines. */
const busyTurns = 72;
const bareSteps = 700;
const typedKeys = 150;
const keyEveryMs = 40;
const wheelPx = 400;
const wheelEveryMs = 16;
const restMs = 400;
const readMs = 3_000;
const throughAll = 'scrolling up through all of it';
const upAndDown = 'scrolling up and down';
/** Where the pointer rests: on the log. */
const pointer = { x: 400, y: 300 };
const fillPatienceMs = 240_000;

/** Milliseconds between frames, and the frames that took longer than 50 ms, as the browser itself counts them (Chromium). */
interface Frames {
  readonly intervals: readonly number[];
  readonly long: readonly number[];
}

/** What `watchFrames` and `prepareArithmetic` put into the page. */
interface WatchedPage {
  readonly takeFrames: () => Frames;
  readonly compute: (isOn: boolean) => void;
}

/** Looked up before anything is measured: to find something by its role, the tool reads the whole page, which takes longer than a frame. */
interface Places {
  readonly log: ElementHandle<SVGElement | HTMLElement>;
  readonly newest: { readonly x: number; readonly y: number };
}

type Doings = Readonly<Record<string, () => Promise<void>>>;

function doingsInRoom(page: Page, at: Places): Doings {
  return {
    reading: () => page.waitForTimeout(readMs),
    typing: () => type(page),
    [throughAll]: () => scrollUp(page, at),
    'jumping back and forth': () => jump(page, at),
  };
}

/** The same where nothing is done but what the browser does by itself. */
function doingsOnBarePage(page: Page): Doings {
  return {
    reading: () => page.waitForTimeout(readMs),
    typing: () => type(page),
    [upAndDown]: () => scrollBare(page, bareTurns),
    'two lines a frame from below to above': () => page.evaluate(stepBare, bareSteps),
  };
}

/** And with as much work in each frame as in the room, all of it arithmetic: nothing is drawn anew or left to collect. */
function doingsOnBusyPage(page: Page): Doings {
  const compute = (isOn: boolean) => page.evaluate((on) => (globalThis as unknown as WatchedPage).compute(on), isOn);
  return {
    [upAndDown]: async () => {
      await compute(true);
      await scrollBare(page, busyTurns);
      await compute(false);
    },
  };
}

/** Fills a room with `lines` texts and measures at another person's page. */
export async function measureHistory(lines: number): Promise<void> {
  const rows: (readonly string[])[] = [];
  const versions: string[] = [];
  for (const engine of ['chromium', 'firefox'] as const) {
    const server = await startServer(relay);
    const browser = await launch({ engine, hardened: false }, 'all cores');
    // Whoever talks has a machine of their own, as people do: theirs is what this one has to spare.
    const others = await launch({ engine: 'chromium', hardened: false }, 'spare time');
    versions.push(`${engine === 'chromium' ? 'Chromium' : 'Firefox'} ${browser.version()}`);
    try {
      await checkPage(server.port);
      rows.push(...(await measureIn(engine, await newPage(others), browser, server.port, lines)));
    } finally {
      await browser.close();
      await others.close();
      await server.stop();
    }
  }
  printTable(
    `${show(lines)} messages in view history, ${messagesPerSecond} more each second; ${versions.join(', ')}`,
    ['browser', 'page', 'device', 'while', 'frames', 'busy ms', 'p99 ms', 'longest ms', `frames over ${limitMs} ms`],
    rows,
  );
}

async function measureIn(
  engine: Engine,
  writer: Page,
  browser: Browser,
  port: number,
  lines: number,
): Promise<string[][]> {
  const reader = await newPage(browser, watchFrames);
  const link = await openRoom(writer, port, 2);
  await joinRoom(reader, link);
  await sayHello(reader);
  await fill(writer, reader, lines);
  const measure = { engine, reader, writer };
  const ofRoom = await measureOn('room', doingsInRoom(reader, await findPlaces(reader)), measure);
  await showBarePage(reader);
  const ofBare = await measureOn('bare', doingsOnBarePage(reader), measure);
  if (engine === 'firefox') return [...ofRoom, ...ofBare].map(rowOf);
  await slowMainThread(reader, 1);
  await reader.evaluate(prepareArithmetic, busyMsIn(ofRoom, throughAll) - busyMsIn(ofBare, upAndDown));
  // To find out how much that is was a long frame of its own.
  await reader.waitForTimeout(restMs);
  const ofBusy = await measureOn('busy', doingsOnBusyPage(reader), measure);
  return [...ofRoom, ...ofBare, ...ofBusy].map(rowOf);
}

interface Measured {
  readonly engine: Engine;
  readonly reader: Page;
  /** Goes on talking whatever the reader's page is: the machine has the same to do. */
  readonly writer: Page;
}

interface Result {
  readonly engine: Engine;
  readonly page: string;
  readonly factor: number;
  readonly doing: string;
  readonly frames: Frames;
  /** How long the main thread worked for a frame, on average; only Chromium tells. */
  readonly busyMs: number;
}

async function measureOn(page: string, doings: Doings, { engine, reader, writer }: Measured): Promise<Result[]> {
  const results: Result[] = [];
  // Only Chromium can be slowed.
  for (const factor of engine === 'chromium' ? [1, slowness] : [1]) {
    if (engine === 'chromium') await slowMainThread(reader, factor);
    for (const [doing, run] of Object.entries(doings)) {
      const stop = await goOnTalking(writer);
      await takeFrames(reader);
      const busy = engine === 'chromium' ? await watchBusy(reader) : null;
      await run();
      const frames = await takeFrames(reader);
      const busyMs = ((await busy?.()) ?? Number.NaN) / frames.intervals.length;
      await stop();
      await newestButton(reader).waitFor({ state: 'detached', timeout: patienceMs });
      results.push({ engine, page, factor, doing, frames, busyMs });
    }
  }
  return results;
}

/** At full speed. */
function busyMsIn(results: readonly Result[], sought: string): number {
  return results.find(({ doing, factor }) => doing === sought && factor === 1)?.busyMs ?? Number.NaN;
}

/** @returns for how long the main thread was busy since, in milliseconds; Chromium counts while it is asked to */
async function watchBusy(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const busyMs = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
  const beforeMs = await busyMs();
  return async () => {
    const sinceMs = (await busyMs()) - beforeMs;
    await session.detach();
    return sinceMs;
  };
}

function rowOf({ engine, page, factor, doing, frames: { intervals, long }, busyMs }: Result): string[] {
  const over = engine === 'chromium' ? long : intervals.filter((ms) => ms > limitMs);
  return [
    engine,
    page,
    factor === 1 ? 'as it is' : `main thread ${factor} × slower`,
    doing,
    String(intervals.length),
    Number.isNaN(busyMs) ? '–' : show(busyMs),
    show(quantileOf(intervals, 0.99)),
    show(Math.max(...intervals)),
    over.length === 0 ? '0' : `${over.length}: ${over.map(show).join(', ')}`,
  ];
}

/** Texts of several kinds. */
function textOf(n: number): string {
  const kinds = [
    `message ${n}`,
    `message ${n}: ${'a longer one, which takes more than a line on most screens. '.repeat(4)}`,
    `message ${n}: https://example.org/some/page?number=${n} and \`code ${n}\``,
    `message ${n}\n\`\`\`js\nconst number = ${n};\nreturn number * 2;\n\`\`\``,
    '👍',
  ];
  return kinds[n % kinds.length] ?? '';
}

/** The writer says them as fast as the session takes them. */
async function fill(writer: Page, reader: Page, lines: number): Promise<void> {
  const texts = Array.from({ length: lines - 1 }, (_, n) => textOf(n));
  await writer.evaluate(async (all) => {
    const field = document.querySelector('textarea');
    if (!field?.form) throw new Error('there is no composer');
    for (const [n, text] of all.entries()) {
      field.value = text;
      field.dispatchEvent(new InputEvent('input', { bubbles: true }));
      field.form.requestSubmit();
      // A writer never has thousands of texts on their way, and drawing them is not what is measured.
      if (n % 20 > 0) continue;
      do await new Promise((resolve) => setTimeout(resolve, 20));
      while (document.querySelector('.pending'));
    }
  }, texts.concat('the last of them'));
  await reader.getByText('the last of them', { exact: true }).waitFor({ timeout: fillPatienceMs });
}

/** As little as a page can be on which so many lines scroll: no script, and nothing arrives. What is slow here is not the room's. */
async function showBarePage(page: Page): Promise<void> {
  await page.goto('about:blank');
  const lines = Array.from({ length: bareLines }, (_, n) => `<p>${textOf(n)}</p>`).join('');
  await page.setContent(`<!doctype html>
    <style>main { height: 80vh; overflow: auto } p { max-width: 36rem; white-space: pre-wrap }</style>
    <main>${lines}</main><textarea autofocus></textarea>`);
  await page.getByRole('textbox').focus();
}

/** Somebody goes on talking. @returns ends it */
async function goOnTalking(writer: Page): Promise<() => Promise<void>> {
  const timer = await writer.evaluate((everyMs) => {
    let n = 0;
    return Number(
      setInterval(() => {
        const field = document.querySelector('textarea');
        if (!field?.form) return;
        field.value = `and more ${++n}`;
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
        field.form.requestSubmit();
      }, everyMs),
    );
  }, 1000 / messagesPerSecond);
  return () => writer.evaluate((id) => clearInterval(id), timer);
}

/** Leaves the composer with the focus and the pointer on the log. */
async function findPlaces(page: Page): Promise<Places> {
  await page.mouse.move(pointer.x, pointer.y);
  await wheelUp(page, 10);
  const button = newestButton(page);
  await button.waitFor({ timeout: patienceMs });
  const box = await button.boundingBox();
  const log = await page.getByRole('region', { name: 'Messages' }).elementHandle();
  if (!box || !log) throw new Error('there is no log');
  const at: Places = { log, newest: { x: box.x + box.width / 2, y: box.y + box.height / 2 } };
  await toNewest(page, at);
  await button.waitFor({ state: 'detached', timeout: patienceMs });
  await composer(page).focus();
  return at;
}

/** There while the newest lines are not. */
function newestButton(page: Page) {
  return page.getByRole('button', { name: /newest messages|new messages?$/ });
}

async function type(page: Page): Promise<void> {
  await page.keyboard.type('words and more words, '.repeat(typedKeys / 22), { delay: keyEveryMs });
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Backspace');
}

/** By the wheel, until there is nothing earlier; then back by the button. */
async function scrollUp(page: Page, at: Places): Promise<void> {
  const isAtTop = () => at.log.evaluate((element) => element.scrollTop === 0);
  for (let turn = 0; turn === 0 || !(await isAtTop()); turn++) {
    if (turn > 400) throw new Error('the top of the history is never reached');
    await wheelUp(page, 20);
  }
  await toNewest(page, at);
}

async function scrollBare(page: Page, turns: number): Promise<void> {
  await page.mouse.move(pointer.x, pointer.y);
  for (let turn = 0; turn < turns; turn++) await wheel(page, 20, turn % 2 === 0 ? wheelPx : -wheelPx);
}

/** Runs in the page, as fast as it is. `compute` then begins, or ends, arithmetic of `ms` in each frame, measured now. */
function prepareArithmetic(ms: number): void {
  let state = 1;
  const calculate = (rounds: number) => {
    for (let round = 0; round < rounds; round++) state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
  };
  const tried = 1_000_000;
  const tookMs = Array.from({ length: 31 }, () => {
    const startedAtMs = performance.now();
    calculate(tried);
    return performance.now() - startedAtMs;
  });
  const medianMs = tookMs.sort((one, other) => one - other)[15] ?? Number.NaN;
  const rounds = (tried * ms) / medianMs;
  let next = 0;
  const frame = () => {
    calculate(rounds);
    next = requestAnimationFrame(frame);
  };
  const compute = (isOn: boolean) => (isOn ? frame() : cancelAnimationFrame(next));
  Object.assign(globalThis, { compute });
}

/** Runs in the page. What a step up through the room asks of the browser: lines come, others go, and what is read stays where it is. */
async function stepBare(steps: number): Promise<void> {
  const log = document.querySelector('main');
  for (let step = 0; step < steps; step++) {
    await new Promise(requestAnimationFrame);
    const [first, last] = [log?.firstElementChild, log?.lastElementChild];
    if (!log || !first || !last?.previousElementSibling) throw new Error('there are no lines');
    const beforePx = first.getBoundingClientRect().top;
    log.prepend(last.previousElementSibling, last);
    log.scrollTop += first.getBoundingClientRect().top - beforePx;
  }
}

async function jump(page: Page, at: Places): Promise<void> {
  for (let time = 0; time < 10; time++) {
    await wheelUp(page, 10);
    await toNewest(page, at);
  }
}

function wheelUp(page: Page, turns: number): Promise<void> {
  return wheel(page, turns, -wheelPx);
}

async function wheel(page: Page, turns: number, px: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    await page.mouse.wheel(0, px);
    await page.waitForTimeout(wheelEveryMs);
  }
}

async function toNewest(page: Page, { newest }: Places): Promise<void> {
  // The wheel rolls on for a moment.
  await page.waitForTimeout(restMs);
  await page.mouse.click(newest.x, newest.y);
  await page.waitForTimeout(restMs);
  await page.mouse.move(pointer.x, pointer.y);
}

// Put into the page by `watchFrames`.
function takeFrames(page: Page): Promise<Frames> {
  return page.evaluate(() => (globalThis as unknown as WatchedPage).takeFrames());
}

/** Runs before the page. */
function watchFrames(): void {
  let intervals: number[] = [];
  let long: number[] = [];
  let lastMs = Number.NaN;
  const frame = (nowMs: number) => {
    if (!Number.isNaN(lastMs)) intervals.push(nowMs - lastMs);
    lastMs = nowMs;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const observer = new PerformanceObserver((list) => {
    long.push(...list.getEntries().map(({ duration }) => duration));
  });
  if (PerformanceObserver.supportedEntryTypes.includes('long-animation-frame'))
    observer.observe({ type: 'long-animation-frame' });
  const takeFrames = (): Frames => {
    long.push(...observer.takeRecords().map(({ duration }) => duration));
    const taken = { intervals, long };
    intervals = [];
    long = [];
    return taken;
  };
  Object.assign(globalThis, { takeFrames });
}
