// A real relay process, a real platform, and a wire between them that can be cut.
import { connect, createServer, type Server, type Socket as TcpSocket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type CreatedRoom, createRoom, openSession, type Platform, type Session, type Socket } from '@pug/client';
import type { Identity } from '@pug/core';
import { makeIdentity, random, ratchet } from './parts.ts';

const relayMain = fileURLToPath(new URL('../../relay/src/main.ts', import.meta.url));

export interface Relay {
  readonly port: number;
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Starts the relay on `port` (0 takes a free one) and waits for the address it prints. */
export async function startRelay(port = 0, ...flags: string[]): Promise<Relay> {
  const process_ = Bun.spawn([process.execPath, relayMain, '--host', '127.0.0.1', '--port', String(port), ...flags], {
    stdout: 'pipe',
    stderr: 'ignore',
  });
  // A run that ends early, at its first failure, runs no afterAll.
  process.once('exit', () => process_.kill('SIGKILL'));
  let printed = '';
  for await (const chunk of process_.stdout.pipeThrough(new TextDecoderStream())) {
    printed += chunk;
    const found = /http:\/\/[^:\s]+:(\d+)/.exec(printed);
    if (!found) continue;
    const kill = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
      process_.kill(signal);
      await process_.exited;
    };
    return { port: Number(found[1]), kill };
  }
  throw new Error('the relay did not start');
}

/** The platform of this process, for the relay at `port`. */
export function platformAt(port: number): Platform {
  return {
    now: () => Date.now(),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    random,
    openSocket: (protocol) => openSocket(`ws://127.0.0.1:${port}/ws`, protocol),
    request: async (method, path, body) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, ...(body && { body }) });
      return { status: response.status, text: await response.text() };
    },
  };
}

function openSocket(url: string, protocol: string): Socket {
  const web = new WebSocket(url, protocol);
  web.binaryType = 'arraybuffer';
  const socket: Socket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    send: (data) => void web.send(data as string | Uint8Array<ArrayBuffer>), // Nothing here makes shared buffers.
    close: (code) => web.close(code),
  };
  web.onopen = () => socket.onopen?.();
  web.onmessage = ({ data }) => socket.onmessage?.(typeof data === 'string' ? data : new Uint8Array(data));
  web.onclose = ({ code }) => socket.onclose?.(code);
  return socket;
}

/** A TCP wire to a relay: it can be cut, and at one end only. */
export class Wire {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [TcpSocket, TcpSocket]>();
  readonly #stranded: TcpSocket[] = [];
  target: number;
  /** While false, connections are accepted and closed: nothing answers. */
  open = true;

  private constructor(target: number) {
    this.target = target;
    this.#server = createServer((near) => {
      if (this.open) this.#join(near);
      else near.destroy();
    });
  }

  static async to(target: number): Promise<Wire> {
    const wire = new Wire(target);
    await new Promise<void>((done) => wire.#server.listen(0, '127.0.0.1', done));
    return wire;
  }

  get port(): number {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('not listening');
    return address.port;
  }

  /** Ends all connections on both sides. */
  cut(): void {
    for (const pair of this.#pairs) for (const end of pair) end.destroy();
  }

  /** Ends all connections on the near side only: the relay goes on counting them. */
  strand(): void {
    for (const [near, far] of this.#pairs) {
      this.#stranded.push(far);
      near.unpipe(far);
      far.unpipe(near);
      near.removeAllListeners('close');
      near.destroy();
    }
    this.#pairs.clear();
  }

  close(): void {
    this.cut();
    for (const far of this.#stranded) far.destroy();
    this.#server.close();
  }

  #join(near: TcpSocket): void {
    const far = connect(this.target, '127.0.0.1');
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    for (const end of pair) {
      end.setNoDelay(true);
      end.on('error', () => {});
      end.on('close', () => {
        near.destroy();
        far.destroy();
        this.#pairs.delete(pair);
      });
    }
    near.pipe(far);
    far.pipe(near);
  }
}

/** A room on the relay at `port`. */
export async function makeRoom(port: number, capacity = 2, ttlSeconds = 600): Promise<CreatedRoom> {
  const result = await createRoom({
    platform: platformAt(port),
    ttlSeconds,
    capacity,
    signal: new AbortController().signal,
    onProgress: () => {},
    confirmLongWork: async () => true,
  });
  if (result.kind !== 'created') throw new Error(`no room: ${result.kind}`);
  return result.room;
}

/** A session in `room`, as its owner or as anybody with the link; `identity` is new unless it is given. */
export function join(
  port: number,
  room: CreatedRoom,
  name: string,
  role: 'owner' | 'guest' = 'guest',
  identity: Identity = makeIdentity(),
): Session {
  const { link, ownerSeed } = room;
  return openSession({
    platform: platformAt(port),
    link,
    ownerSeed: role === 'owner' ? ownerSeed : null,
    identity,
    name,
    loadRatchet: () => ratchet,
  });
}
