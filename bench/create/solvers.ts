/** How much faster an attacker's own program is than the solver of the web client, each on one core: the handicap of honest people. */
import { createHash, pbkdf2Sync } from 'node:crypto';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { builtPath, onCore, root } from '../lib/machine.ts';
import { printTable, ratios, show, showRange } from '../lib/table.ts';
import { compileSolver } from '../relay/rooms.ts';
import { type Kind, launch } from './browsers.ts';

const iterationsPerTry = 1024;
const kinds: readonly Kind[] = [
  { engine: 'chromium', hardened: false },
  { engine: 'chromium', hardened: true },
  { engine: 'firefox', hardened: false },
  { engine: 'firefox', hardened: true },
];

interface Measured {
  readonly name: string;
  /** Iterations a second, one for each round. */
  readonly rates: number[];
  readonly note: string;
}

interface Opened extends Measured {
  readonly browser: Browser;
  readonly page: Page;
}

export async function measureSolvers(rounds: number, ms: number): Promise<string> {
  const native = compileSolver();
  checkNative(native);
  const site = serveSolver(await bundleSolver());
  const lanes: Measured = { name: 'native: 16 tries in vector lanes (native.c)', rates: [], note: '' };
  const library: Measured = { name: 'native: the C library in Bun (BoringSSL)', rates: [], note: '' };
  const opened: Opened[] = [];
  for (const kind of kinds) opened.push(await open(kind, site.port));
  for (let round = 0; round < rounds; round++) {
    lanes.rates.push(nativeRate(native, ms));
    library.rates.push(libraryRate(ms));
    for (const { page, rates } of opened) rates.push(await pageRate(page, ms));
  }
  const versions = opened.map(({ browser }) => browser.version());
  await Promise.all(opened.map(({ browser }) => browser.close()));
  site.stop(true);
  const rows = [lanes, library, ...opened].map(({ name, rates, note }) => [
    name,
    showRange(rates.map((rate) => rate / 1e6)),
    showRange(ratios(lanes.rates, rates)),
    showRange(ratios(library.rates, rates)),
    note,
  ]);
  printTable(
    `Solvers of the proof of work on one core, PBKDF2-HMAC-SHA-256 of ${iterationsPerTry.toLocaleString('en-US')} iterations`,
    ['solver', 'M iterations/s', 'native.c ÷ this', 'library ÷ this', 'without JIT?'],
    rows,
  );
  return `Chromium ${versions[0]}, Firefox ${versions[2]}`;
}

/** The native solver must do the same work as everybody else's, or its rate says nothing. */
function checkNative(native: string): void {
  const puzzle = createHash('sha256').update('any').digest();
  const { stdout } = Bun.spawnSync([native, 'try', puzzle.toString('hex'), '77']);
  const expected = pbkdf2Sync(puzzle, Buffer.of(0, 0, 0, 77), iterationsPerTry, 32, 'sha256').readUInt32BE(0);
  if (Number(stdout.toString()) !== expected) throw new Error('native.c computes something else than PBKDF2');
}

function nativeRate(native: string, ms: number): number {
  const { stdout } = Bun.spawnSync(onCore('load', [native, 'rate', String(ms)]));
  const { tries, cpuSeconds }: { readonly tries: number; readonly cpuSeconds: number } = JSON.parse(stdout.toString());
  return (tries * iterationsPerTry) / cpuSeconds;
}

function libraryRate(ms: number): number {
  const salt = Buffer.alloc(4);
  const from = process.cpuUsage();
  let tries = 0;
  for (;;) {
    pbkdf2Sync(salt, salt, iterationsPerTry, 32, 'sha256');
    tries++;
    const { user, system } = process.cpuUsage(from);
    if (user + system > ms * 1000) return (tries * iterationsPerTry * 1e6) / (user + system);
  }
}

/** The web client's own solver as one file, built from its source: not a copy of it. */
async function bundleSolver(): Promise<string> {
  const outfile = builtPath('solver.js');
  const source = join(root, 'client', 'src', 'solver.ts');
  const { exitCode, stderr } = Bun.spawnSync([
    process.execPath,
    'build',
    source,
    '--target=browser',
    `--outfile=${outfile}`,
    '--minify',
  ]);
  if (exitCode !== 0) throw new Error(`the client's solver could not be built:\n${stderr.toString()}`);
  return Bun.file(outfile).text();
}

const solverPage = `<!doctype html><title>solver</title>
<script type="module">import { solve } from './solver.js'; globalThis.solve = solve;</script>`;

function serveSolver(script: string): Bun.Server<undefined> {
  return Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) =>
      new URL(request.url).pathname === '/solver.js'
        ? new Response(script, { headers: { 'Content-Type': 'text/javascript' } })
        : new Response(solverPage, { headers: { 'Content-Type': 'text/html' } }),
  });
}

async function open(kind: Kind, port: number | undefined): Promise<Opened> {
  const browser = await launch(kind, 'one core');
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  await pageRate(page, 100); // warm-up
  const { wasm, loopMs } = await page.evaluate(interpreterSigns);
  const note = `${wasm ? 'WebAssembly is there' : 'no WebAssembly'}, a loop of 10 M takes ${show(loopMs)} ms`;
  const name = `web client in ${kind.engine === 'chromium' ? 'Chromium' : 'Firefox'}${kind.hardened ? ', JIT and WebAssembly off' : ''}`;
  return { name, rates: [], note, browser, page };
}

/** What tells whether JIT and WebAssembly are really off. */
function interpreterSigns(): { readonly wasm: boolean; readonly loopMs: number } {
  const startedAtMs = performance.now();
  let sum = 0;
  for (let i = 0; i < 1e7; i++) sum = (sum + i) | 0;
  return { wasm: typeof WebAssembly === 'object', loopMs: performance.now() - startedAtMs + (sum & 0) };
}

/** What the page of serveSolver has: the client's `solve`. */
interface SolverPage {
  readonly solve: (work: {
    readonly puzzle: Uint8Array;
    readonly k: number;
    readonly target: number;
    readonly signal: { readonly aborted: boolean };
    readonly onHit: () => void;
  }) => Promise<unknown>;
}

/** Every try is a hit of the easiest target, so that asking for k hits is asking for k tries. */
function pageRate(page: Page, ms: number): Promise<number> {
  return page.evaluate(
    async ([wantedMs, iterations]) => {
      // Put there by the page that serveSolver serves.
      const { solve } = globalThis as unknown as SolverPage;
      const signal = { aborted: false };
      let tries = 0;
      const startedAtMs = performance.now();
      const onHit = () => {
        tries++;
        signal.aborted = performance.now() - startedAtMs > wantedMs;
      };
      await solve({ puzzle: new Uint8Array(32), k: 2 ** 31, target: 2 ** 32 - 1, signal, onHit });
      return (tries * iterations * 1000) / (performance.now() - startedAtMs);
    },
    [ms, iterationsPerTry] as const,
  );
}
