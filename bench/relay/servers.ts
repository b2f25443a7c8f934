/** The servers that are compared, and how each is started on a core of its own. */
import { join } from 'node:path';
import { Lines } from '../lib/lines.ts';
import { compile, compileGo, onCore, root } from '../lib/machine.ts';

export type Protocol = 'pug' | 'raw' | 'socketio' | 'reference';

/** A server that listens. `port` is on 127.0.0.1. */
export interface Server {
  readonly protocol: Protocol;
  readonly port: number;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** What can be started, by the name it has in the tables. */
export interface Contestant {
  readonly name: string;
  readonly protocol: Protocol;
  readonly command: () => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Nothing is switched off: rates, sequence numbers and accounting work as always. The bounds are out of the way, because a few clients do
 * here what many do elsewhere, and rooms live until the measurement ends.
 */
const relayFlags: Readonly<Record<string, number | string>> = {
  host: '127.0.0.1',
  port: 0,
  'ttl-seconds-max': 7200,
  'messages-per-second': 40_000, // × 7,200 s × 6 members is just below 2^31
  'message-burst': 1_000_000,
  'bytes-per-second': 2 ** 30,
  'byte-burst': 2 ** 30,
  'join-timeout-seconds': 600,
  'idle-timeout-seconds': 900,
  'empty-room-seconds': 7200,
  'pending-room-seconds': 7200,
  'drain-seconds': 0,
  // Every room costs the generator the same, however many there are and from wherever they come.
  'effort-bits-ceiling': 18,
  shared: 'true',
  'max-unjoined-per-prefix': 1_000_000,
};

const bench = (file: string) => join(root, 'bench', 'relay', file);

export const relay: Contestant = { name: 'Pug Network relay', protocol: 'pug', command: () => relayCommand([], {}) };

/** The relay's command line with these flags for the runtime, and these for the relay besides or instead of the ones above. */
export function relayCommand(runtimeFlags: readonly string[], flags: Readonly<Record<string, number>>): string[] {
  const own = flagsOf({ ...relayFlags, ...flags });
  return [process.execPath, ...extraRuntimeFlags(), ...runtimeFlags, join(root, 'relay', 'src', 'main.ts'), ...own];
}

function flagsOf(flags: Readonly<Record<string, number | string>>): string[] {
  return Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
}

/** `npm run build:relay-go` makes it. */
export const relayGo: Contestant = {
  name: 'relay-go',
  protocol: 'pug',
  command: () => [join(root, 'relay-go', 'dist', 'pug-relay'), ...flagsOf(relayFlags)],
};

/** A program of bench/relay/go-peers, on one WebSocket package of Go. */
export function goPeer(name: string): Contestant {
  return { name: `${name} (Go)`, protocol: 'raw', command: () => [compileGo('relay/go-peers', name)] };
}

/** For profiling: BENCH_BUN_FLAGS="--cpu-prof …" is handed to the relay's Bun. */
function extraRuntimeFlags(): readonly string[] {
  return process.env.BENCH_BUN_FLAGS?.split(' ').filter((flag) => flag !== '') ?? [];
}

export const bareBun: Contestant = {
  name: 'bare Bun publish',
  protocol: 'raw',
  command: () => [process.execPath, bench('bare-bun.ts')],
};

/** The same hello, signature and answer as our relay's, and nothing behind them. */
export const bareJoin: Contestant = {
  name: 'bare Bun, signature only',
  protocol: 'pug',
  command: () => [process.execPath, bench('bare-join.ts')],
};

export const wsNode: Contestant = {
  name: 'ws on Node',
  protocol: 'raw',
  command: () => ['node', bench('ws-node.mjs')],
};

export const socketioNode: Contestant = {
  name: 'Socket.IO on Node',
  protocol: 'socketio',
  command: () => ['node', bench('socketio-node.mjs')],
};

/** Its bounds are out of the way like the relay's. Work of 8 bits, because the harness pays it. */
export const referenceNode: Contestant = {
  name: 'reference stack: Express, Socket.IO on Node',
  protocol: 'reference',
  command: () => ['node', bench('reference-node.mjs'), '8', '1000000'],
};

let compiledLimit: string | undefined;

export const limit: Contestant = {
  name: 'C fan-out (limit)',
  protocol: 'raw',
  command: () => {
    compiledLimit ??= compile('limit', ['relay/limit.c'], ['-O3']);
    return [compiledLimit];
  },
};

/** Starts a server and waits until it has said its port, alone on a line or at the end of an address. */
export async function startServer(contestant: Contestant): Promise<Server> {
  const { PORT: _, ...inherited } = process.env;
  const env = Object.fromEntries(Object.entries(inherited).filter(([name]) => !name.startsWith('PUG_')));
  const program = new Lines(onCore('server', contestant.command()), {
    ...env,
    ...contestant.env,
    NODE_ENV: 'production',
  });
  for (;;) {
    const [, port] = /(?:^|:)(\d+)\/?$/.exec((await program.read()).trim()) ?? [];
    if (port === undefined) continue;
    return { protocol: contestant.protocol, port: Number(port), pid: program.pid, stop: () => program.stop() };
  }
}

/** Resident memory in bytes. */
export async function residentBytes(server: Server): Promise<number> {
  const [, kibibytes = Number.NaN] = /VmRSS:\s+(\d+)/.exec(await Bun.file(`/proc/${server.pid}/status`).text()) ?? [];
  return Number(kibibytes) * 1024;
}
