/**
 * Random and mutated input against a live relay, and what its neighbours feel of it:
 * npm run fuzz:relay -- --count 100000 [--seed N] [--url http://127.0.0.1:3000]. Exits 1 when a demand is not met.
 */
import { ask } from '../../tools/usage.mjs';
import { Field, type Lane, lanes } from './fuzz-lanes.ts';
import { exchange } from './http.ts';
import { type Pick, pickFrom } from './mutate.ts';
import { askedUrl, type Relay, relayAt, startRelay } from './relay.ts';

/** Sockets at once: enough to keep a core busy, too few for the bound of LM-4. */
const workers = 6;
const defaultQuietMs = 10_000;
/** Of the inputs, how many come before memory is measured: a relay may grow until it is warm. */
const warmShare = 0.2;
const mostGrowthBytes = 48 * 2 ** 20;
const slowestP99Ms = 250;
/** What a relay may answer to a stranger: never a fault of its own (500). */
const goodEnding =
  /^(went on|waits for more|closed without an answer|closed [a-z_]+|closed (1000|1002|1003|1005|1006|1007|1009)|status (101|200|400|403|404|405|408|409|411|413|414|415|426|431|501|503|505))$/;

export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
  /** Null, or absent, for a relay of this tree. */
  readonly url?: URL | null;
  /** How long the neighbours are listened to before the noise begins. */
  readonly quietMs?: number;
}

type Tally = Map<string, number>;

async function fuzz(relay: Relay, count: number, pick: Pick, tally: Tally): Promise<void> {
  let left = count;
  const work = async (own: Pick) => {
    const field = await Field.prepare(relay);
    while (left-- > 0) {
      const lane = laneFrom(own);
      const ending = await lane.send(field, own).catch((error: Error) => `failed: ${error.message}`);
      const key = `${lane.name}\t${ending}`;
      tally.set(key, (tally.get(key) ?? 0) + 1);
    }
    field.forget();
  };
  await Promise.all(Array.from({ length: workers }, () => work(pickFrom(pick(2 ** 32)))));
}

function laneFrom(pick: Pick): Lane {
  let at = pick(lanes.reduce((sum, { share }) => sum + share, 0));
  for (const lane of lanes) {
    if (at < lane.share) return lane;
    at -= lane.share;
  }
  throw new Error('the shares cover every number drawn');
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The neighbour's thread. */
class Neighbour {
  readonly #worker = new Worker(new URL('./fuzz-neighbour.ts', import.meta.url));
  #failure: string | null = null;

  async moveIn(url: URL): Promise<void> {
    this.#worker.onerror = ({ message }) => {
      this.#failure = message;
    };
    this.#worker.postMessage({ start: url.href });
    await this.#answer();
  }

  /** Latencies in milliseconds since the last mark, ascending. @throws when the neighbours could not talk */
  async mark(): Promise<readonly number[]> {
    this.#worker.postMessage('mark');
    const latencies = await this.#answer();
    return (latencies as number[]).sort((a, b) => a - b);
  }

  leave(): void {
    this.#worker.terminate();
  }

  #answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(this.#failure ?? 'the neighbours are silent')), 10_000);
      this.#worker.onmessage = ({ data }) => {
        clearTimeout(timer);
        if (this.#failure === null) resolve(data);
        else reject(new Error(`the neighbours could not talk: ${this.#failure}`));
      };
    });
  }
}

interface Measured {
  readonly quiet: readonly number[];
  readonly fuzzed: readonly number[];
  readonly bytes: { readonly before: number; readonly warm: number; readonly after: number };
  readonly tally: Tally;
  readonly seconds: number;
}

async function measure(relay: Relay, { count, seed, quietMs = defaultQuietMs }: FuzzOptions): Promise<Measured> {
  const neighbour = new Neighbour();
  await neighbour.moveIn(relay.url);
  const resident = async () => (await relay.process?.residentBytes()) ?? Number.NaN;
  const pick = pickFrom(seed);
  const tally: Tally = new Map();
  await Bun.sleep(quietMs);
  const quiet = await neighbour.mark();
  const before = await resident();
  const startedMs = performance.now();
  const warmCount = Math.ceil(count * warmShare);
  await fuzz(relay, warmCount, pick, tally);
  const warm = await resident();
  await fuzz(relay, count - warmCount, pick, tally);
  const seconds = (performance.now() - startedMs) / 1000;
  const fuzzed = await neighbour.mark();
  await Bun.sleep(1000);
  const after = await resident();
  // A last word: they still talk when it is over.
  const last = await neighbour.mark();
  if (last.length === 0) throw new Error('the neighbours have stopped talking');
  neighbour.leave();
  return { quiet, fuzzed, bytes: { before, warm, after }, tally, seconds };
}

function print({ quiet, fuzzed, bytes, tally, seconds }: Measured, { count, seed }: FuzzOptions): void {
  const mebi = (value: number) => (value / 2 ** 20).toFixed(1);
  const ms = (value: number) => value.toFixed(2);
  console.log(`seed ${seed}, ${count} inputs in ${seconds.toFixed(0)} s (${Math.round(count / seconds)}/s)\n`);
  for (const [key, times] of [...tally].sort(([a], [b]) => a.localeCompare(b))) {
    const [lane = '', ending = ''] = key.split('\t');
    console.log(`  ${lane.padEnd(18)} ${ending.padEnd(28)} ${String(times).padStart(8)}`);
  }
  console.log('\n  neighbour          samples   p50 ms   p99 ms   max ms');
  for (const [name, list] of [
    ['quiet', quiet],
    ['under fuzz', fuzzed],
  ] as const) {
    const cells = [percentile(list, 0.5), percentile(list, 0.99), percentile(list, 1)].map((value) =>
      ms(value).padStart(9),
    );
    console.log(`  ${name.padEnd(16)} ${String(list.length).padStart(9)}${cells.join('')}`);
  }
  console.log(
    `\n  relay memory MiB   before ${mebi(bytes.before)}, warm ${mebi(bytes.warm)}, after ${mebi(bytes.after)}`,
  );
}

/** What is wrong with it, in lines. */
async function judge(relay: Relay, { fuzzed, bytes, tally }: Measured): Promise<string[]> {
  const wrong = [...tally.keys()].filter((key) => !goodEnding.test(key.split('\t')[1] ?? ''));
  const faults = wrong.map((key) => `an input ended in a way it must not: ${key.replace('\t', ': ')}`);
  const grown = bytes.after - bytes.warm;
  if (grown > mostGrowthBytes) faults.push(`the relay grew by ${Math.round(grown / 2 ** 20)} MiB while warm`);
  const p99 = percentile(fuzzed, 0.99);
  if (!(p99 < slowestP99Ms)) faults.push(`the neighbours waited ${p99.toFixed(0)} ms at p99`);
  const alive = await exchange(relay.url, { path: '/healthz' }).catch(() => null);
  if (alive?.text !== 'ok') faults.push('the relay does not live any more');
  if (relay.process?.printed.match(/"level":"error"/)) faults.push('the relay logged a fault of its own');
  return faults;
}

/** Runs it all. @returns what is wrong */
export async function fuzzRelay(options: FuzzOptions): Promise<string[]> {
  // The rates are raised so that it is the input, not the flood, that ends connections; RM-11 bounds them.
  const rates = ['--messages-per-second', '4000', '--message-burst', '100000', '--byte-burst', '1073741824'];
  const relay = options.url ? await relayAt(options.url) : await startRelay(rates);
  try {
    const measured = await measure(relay, options);
    print(measured, options);
    return await judge(relay, measured);
  } finally {
    const code = await relay.process?.stop();
    if (code) console.log(`the relay ended with exit code ${code}`);
  }
}

const usage = `npm run fuzz:relay -- [--count 10000] [--seed N] [--url http://…]
Sends random input to a relay, one of this tree unless a URL names another, while two people next door talk. Exits 1 when somebody notices.`;

if (import.meta.main) {
  const defaults = { count: 10_000, seed: 1 + Math.floor(Math.random() * 2 ** 32) };
  const { numbers, texts } = ask(usage, { numbers: defaults, texts: ['url'] });
  const url = askedUrl(usage, texts.url);
  const faults = await fuzzRelay({ ...numbers, url }).catch((error: Error) => [error.message]);
  for (const fault of faults) console.log(`FAILED ${fault}`);
  process.exit(faults.length > 0 ? 1 : 0);
}
