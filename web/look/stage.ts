/** What the pictures are taken of: a relay of its own, a door before it that can be shut, and a camera that also asks axe. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import type { Words } from '../src/strings/words.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'web', 'screens');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Longer than any motion of the page. */
const settledMs = 400;

export interface Relay {
  readonly port: number;
  readonly process: ChildProcess;
}

/** A relay on a free port of this machine. */
export async function startRelay(): Promise<Relay> {
  const flags = ['--port', '0', '--host', '127.0.0.1', '--ttl-seconds-min', '2', '--pending-room-seconds', '1'];
  const child = spawn(process.execPath, ['relay/src/main.ts', ...flags, '--drain-seconds', '120'], { cwd: root });
  const port = await new Promise<number>((resolve, reject) => {
    child.on('exit', () => reject(new Error('the relay did not start')));
    child.stdout.on('data', (data) => {
      const found = /:(\d+)\s*$/.exec(String(data));
      if (found) resolve(Number(found[1]));
    });
  });
  return { port, process: child };
}

export interface Door {
  readonly origin: string;
  shut(isShut: boolean): void;
  stop(): void;
}

/** A door before the relay: when it is shut, connections are cut and new ones refused. */
export async function openDoor(port: number): Promise<Door> {
  const open = new Set<Socket>();
  let isShut = false;
  const server = createServer((outer) => {
    if (isShut) {
      outer.destroy();
      return;
    }
    const inner = connect(port, '127.0.0.1');
    for (const socket of [outer, inner]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => open.delete(socket));
    }
    outer.pipe(inner).pipe(outer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const shut = (now: boolean) => {
    isShut = now;
    if (now) for (const socket of open) socket.destroy();
  };
  const stop = () => {
    shut(true);
    server.close();
  };
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, shut, stop }; // It listens on a port.
}

/** Makes the relay's puzzle as hard as `effort` iterations. Its token is then forged: for looking only. */
export async function harden(page: Page, effort: number): Promise<void> {
  await page.route('**/api/v1/challenge', async (route) => {
    const challenge = JSON.parse(await (await route.fetch()).text());
    const token = Buffer.from(challenge.token, 'base64url');
    const target = Math.floor((challenge.k * 2 ** 32 * 1024) / effort) - 1;
    token.writeUInt32BE(target, 4);
    const body = {
      ...challenge,
      token: token.toString('base64url'),
      target,
      effort: Math.floor((challenge.k * 2 ** 32) / (target + 1)) * 1024,
    };
    await route.fulfill({ contentType: 'application/json', body: JSON.stringify(body) });
  });
}

/** What a browser says of a cut connection, and Firefox of the icon of a page that may load none (HT-11). */
const expectedNoise = /WebSocket|ws:|Failed to load resource|net::|NS_ERROR|NetworkError|was interrupted|favicon\.ico/i;

export class Camera {
  readonly problems: string[] = [];
  readonly name: string;
  readonly context: BrowserContext;
  readonly door: Door;
  readonly words: Words;
  readonly #only: string | null;
  #isShooting = false;

  constructor(name: string, context: BrowserContext, door: Door, words: Words, only: string | null) {
    this.name = name;
    this.context = context;
    this.door = door;
    this.words = words;
    this.#only = only;
    mkdirSync(folder, { recursive: true });
  }

  /** A camera for another profile of the same browser. */
  with(context: BrowserContext): Camera {
    const other = new Camera(this.name, context, this.door, this.words, this.#only);
    return Object.assign(other, { problems: this.problems });
  }

  async page(path = '/'): Promise<Page> {
    const page = await this.context.newPage();
    const note = (text: string) => {
      // Playwright writes a style element of its own into the page for each picture in Firefox.
      const isPicture = this.#isShooting && text.includes('style-src-elem');
      if (!expectedNoise.test(text) && !isPicture) this.problems.push(`${this.name} ${text}`);
    };
    page.on('console', (message) => message.type() === 'error' && note(message.text()));
    page.on('pageerror', (error) => note(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(this.door.origin)) this.problems.push(`${this.name} off origin: ${request.url()}`);
    });
    await page.goto(`${this.door.origin}${path}`);
    return page;
  }

  /** Opens a link of this relay. */
  link(link: string): Promise<Page> {
    const { pathname, hash } = new URL(link);
    return this.page(`${pathname}${hash}`);
  }

  /** Takes the picture `screen`, and judges what it shows, unless the page lets no script run, axe included. */
  async shot(page: Page, screen: string, { isScripted = true } = {}): Promise<void> {
    if (this.#only !== null && !screen.includes(this.#only)) return;
    await page.waitForTimeout(settledMs);
    // Half-faded pictures have no contrast: whatever moves is waited for.
    await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {}))));
    this.#isShooting = true;
    await page.screenshot({ path: join(folder, `${screen}-${this.name}.png`) });
    this.#isShooting = false;
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (isWide) this.problems.push(`${this.name} ${screen}: wider than the window`);
    if (isScripted) await this.#judge(page, screen);
  }

  async #judge(page: Page, screen: string): Promise<void> {
    await page.evaluate(axeSource);
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as typeof import('axe-core') & { axe: typeof import('axe-core') }; // Just put there.
      const { violations } = await axe.run({ resultTypes: ['violations'] });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' | ')}`);
    });
    for (const violation of violations) this.problems.push(`${this.name} ${screen} axe ${violation}`);
  }
}
