/** The real browsers of this machine, and slower devices made of them. */
import { chmodSync, writeFileSync } from 'node:fs';
import { type Browser, chromium, firefox, type Page } from 'playwright-core';
import { builtPath, onCore } from '../lib/machine.ts';

export type Engine = 'chromium' | 'firefox';

/** Hardened: nothing but the interpreter runs JavaScript, and there is no WebAssembly. */
export interface Kind {
  readonly engine: Engine;
  readonly hardened: boolean;
}

const programs: Readonly<Record<Engine, readonly string[]>> = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome'],
  firefox: ['firefox-esr'],
};
const chromiumArgs = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const hardenedPrefs = {
  'javascript.options.ion': false,
  'javascript.options.baselinejit': false,
  'javascript.options.blinterp': false,
  'javascript.options.wasm': false,
};

/** Where a browser runs. Spare time is what the others leave: for a device that only talks to the one that is measured. */
export type Place = 'one core' | 'all cores' | 'spare time';

/**
 * Starts a browser without a window.
 * @throws {Error} when it is not installed
 */
export async function launch({ engine, hardened }: Kind, place: Place): Promise<Browser> {
  const found = programs[engine].map((program) => Bun.which(program)).find((path) => path !== null);
  if (!found) throw new Error(`${engine} is needed for this measurement: install ${programs[engine][0]}.`);
  const executablePath = placed(found, place);
  if (engine === 'chromium') {
    return chromium.launch({ executablePath, args: [...chromiumArgs, ...(hardened ? ['--js-flags=--jitless'] : [])] });
  }
  return firefox.launch({ channel: 'moz-firefox', executablePath, firefoxUserPrefs: hardened ? hardenedPrefs : {} });
}

/** A program that starts the browser with all its processes: on the core of the load, or behind everything else. */
function placed(path: string, place: Place): string {
  if (place === 'all cores') return path;
  const command = place === 'one core' ? onCore('load', [path]) : ['nice', '-n', '19', path];
  const program = builtPath(`${place}${path}`.replaceAll(/[ /]/g, '-'));
  writeFileSync(program, `#!/bin/sh\nexec ${command.join(' ')} "$@"\n`);
  chmodSync(program, 0o755);
  return program;
}

/** Slows a page's main thread, and nothing else, by `factor`: what the browser's developer tools call CPU throttling. */
export async function slowMainThread(page: Page, factor: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: factor });
}

/** The processes that run pages. */
export async function rendererPids(browser: Browser): Promise<readonly number[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

const periodMs = 16;

/**
 * Stops and continues processes with all their threads, so that they run one part of the time in `factor`.
 * @returns ends it, and tells the factor that was reached: on a busy machine this program is late, too
 */
export function slowProcesses(pids: readonly number[], factor: number): () => number {
  const startedAtMs = performance.now();
  let runningMs = 0;
  let continuedAtMs = startedAtMs;
  let timer: ReturnType<typeof setTimeout>;
  const run = () => {
    continuedAtMs = performance.now();
    signalAll(pids, 'SIGCONT');
    timer = setTimeout(rest, periodMs / factor);
  };
  const rest = () => {
    signalAll(pids, 'SIGSTOP');
    runningMs += performance.now() - continuedAtMs;
    timer = setTimeout(run, periodMs - periodMs / factor);
  };
  run();
  return () => {
    clearTimeout(timer);
    signalAll(pids, 'SIGCONT');
    return runningMs === 0 ? 1 : (performance.now() - startedAtMs) / runningMs;
  };
}

function signalAll(pids: readonly number[], name: 'SIGSTOP' | 'SIGCONT'): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // A browser ends spare processes when it likes.
    }
  }
}
