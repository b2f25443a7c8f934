/** The load generator as the measurements see it (load.c says what each command does). */
import { Lines } from '../lib/lines.ts';
import { compile, onCore } from '../lib/machine.ts';
import type { RoomLine } from './rooms.ts';
import type { Server } from './servers.ts';

export const membersPerRoom = 6;

/** What a command did and cost. Latencies are one way, from when a message was due to its arrival at each member, in microseconds. */
export interface Stretch {
  readonly seconds: number;
  /** Deliveries, pings, clients or joins. */
  readonly done: number;
  readonly serverCpuSeconds: number;
  readonly ownCpuSeconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

export interface Load {
  readonly open: (clients: number) => Promise<Stretch>;
  /** Those whom `open` would open up to so many come, leave at once, and show their tickets when they are opened. */
  readonly visit: (clients: number) => Promise<Stretch>;
  readonly saturate: (underWay: number, warmMs: number, ms: number) => Promise<Stretch>;
  readonly rate: (deliveriesPerSecond: number, warmMs: number, ms: number) => Promise<Stretch>;
  readonly idle: (ms: number, pingEveryMs: number) => Promise<Stretch>;
  readonly joins: (atOnce: number, count: number) => Promise<Stretch>;
  readonly admit: (clients: number) => Promise<Stretch>;
  readonly stop: () => Promise<void>;
}

let program: string | undefined;

/** Starts a generator for `server`, on the other core. It knows `rooms`, and puts so many members into each. */
export function startLoad(server: Server, rooms: readonly RoomLine[], members = membersPerRoom): Load {
  program ??= compile('load', ['relay/load.c', 'relay/client.c', 'relay/sign.c', 'relay/text.c'], ['-O2']);
  const command = [program, server.protocol, String(server.port), String(server.pid), String(members)];
  const lines = new Lines(onCore('load', command));
  lines.write(rooms.map((room) => `${room}\n`).join(''));
  const ask = async (text: string) => stretchOf(await lines.ask(text));
  const whole = Math.round;
  return {
    open: (clients) => ask(`open ${clients}`),
    visit: (clients) => ask(`visit ${clients}`),
    saturate: (underWay, warmMs, ms) => ask(`saturate ${underWay} ${whole(warmMs)} ${whole(ms)}`),
    rate: (perSecond, warmMs, ms) => ask(`rate ${perSecond / members} ${whole(warmMs)} ${whole(ms)}`),
    idle: (ms, pingEveryMs) => ask(`idle ${whole(ms)} ${pingEveryMs}`),
    joins: (atOnce, count) => ask(`joins ${atOnce} ${count}`),
    admit: (clients) => ask(`admit ${clients}`),
    stop: () => lines.stop(),
  };
}

function stretchOf(line: string): Stretch {
  const answer: Stretch & { readonly error?: string } = JSON.parse(line);
  if (answer.error !== undefined) throw new Error(`load generator: ${answer.error}`);
  return answer;
}
