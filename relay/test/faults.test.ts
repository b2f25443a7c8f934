import { afterAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { encodeCreateRequest } from '@pug/wire';
import { DescriptorWatch } from '../src/descriptors.ts';
import { unreading } from './bare.ts';
import { createRoom, type Keys, makeKeys, Peer, post, solvedRequest } from './peer.ts';
import {
  environment,
  logged,
  logOf,
  program,
  type Running,
  relayCommand,
  residentBytes,
  running,
  spawned,
  temporaryFolder,
  until,
} from './running.ts';

/** Stops what a terminal shows until Control and Q. */
const controlS = '\x13';

const prlimit = program('prlimit');
const [faketime] = new Bun.Glob('/usr/lib/*/faketime/libfaketime.so.1').scanSync({ absolute: true, onlyFiles: false });
// A static program, as PUG_RELAY_COMMAND may be, loads no library that moves its clock.
const canMoveClock = faketime !== undefined && process.env.PUG_RELAY_COMMAND === undefined;

/** Processor time it has used. */
function usedMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

/** Two members who say something and hear it. */
async function talk(one: Peer, two: Peer, byte: number): Promise<void> {
  one.say(Uint8Array.of(byte));
  for (const peer of [one, two]) expect([...(await peer.nextFrame()).payload]).toEqual([byte]);
}

async function pair(origin: string, room: Keys): Promise<readonly [Peer, Peer]> {
  const [one, two] = [await Peer.joined(origin, room), await Peer.joined(origin, room)];
  await one.nextMessage('join');
  return [one, two];
}

describe('the process dies', () => {
  test('OP-11 SIGKILL: rooms are gone, no file is left, clients see 1006 and come back to not_found, tokens are expired', async () => {
    const folder = temporaryFolder();
    const around = { env: { TMPDIR: folder, HOME: folder, XDG_CACHE_HOME: folder } };
    const killed = await running([], around);
    const room = await createRoom(killed.origin);
    const peers = await pair(killed.origin, room);
    const request = encodeCreateRequest(await solvedRequest(killed.origin, makeKeys()));
    killed.child.kill('SIGKILL');
    for (const peer of peers) expect(await peer.closed).toMatchObject({ code: 1006 });
    await killed.child.exited;
    expect(readdirSync(folder)).toEqual([]);
    const next = await running(['--port', new URL(killed.origin).port], around);
    expect(next.origin).toBe(killed.origin);
    const back = new Peer(next.origin);
    await expect(back.join(room)).rejects.toThrow();
    expect(await back.closed).toEqual({ code: 4004, reason: 'not_found' });
    expect(await (await post(next.origin, request)).json()).toMatchObject({ code: 'expired' });
    const anew = await createRoom(next.origin, {}, room);
    await talk(...(await pair(next.origin, anew)), 1);
  }, 20_000);
});

test('OP-10 SK-14 whoever read the log has gone: rooms go on, and the end is an orderly one', async () => {
  const child = spawned(['--drain-seconds', '0']);
  afterAll(() => child.kill('SIGKILL'));
  await child.stderr.cancel();
  const { value } = await child.stdout.getReader().read();
  const [origin = ''] = /http:\S+/.exec(Buffer.from(value ?? []).toString()) ?? [];
  const peers = await pair(origin, await createRoom(origin));
  await talk(...peers, 1);
  child.kill('SIGTERM');
  for (const peer of peers) expect((await peer.closed).code).toBe(1012);
  expect(await child.exited).toBe(0);
}, 20_000);

test('OP-10 SK-14 the terminal it writes to is stopped: rooms go on, and the end is an orderly one', async () => {
  let shown = '';
  const terminal = new Bun.Terminal({ data: (_, bytes) => (shown += Buffer.from(bytes).toString()) });
  const child = Bun.spawn([...relayCommand, '--host', '127.0.0.1', '--port', '0', '--drain-seconds', '0'], {
    terminal,
    env: environment(),
  });
  afterAll(() => child.kill('SIGKILL'));
  const origin = await until(() => /http:[^\s"]+/.exec(shown)?.[0]);
  await until(() => /"listening".*}/.exec(shown)?.[0]);
  terminal.write(controlS);
  const peers = await pair(origin, await createRoom(origin));
  child.kill('SIGTERM');
  for (const peer of peers) expect((await peer.closed).code).toBe(1012);
  expect(await child.exited).toBe(0);
  expect(shown).not.toContain('draining');
}, 20_000);

test('OP-10 lines wait in the log up to a bound, whole ones are written, and the end waits for them', async () => {
  const flood = `
    import { log, logWritten } from ${JSON.stringify(join(import.meta.dir, '..', 'src', 'log.ts'))};
    for (let effort = 1; effort <= 5000; effort++) log({ event: 'difficulty', effort, was: 0 });
    await logWritten();
    process.exit();`;
  const child = Bun.spawn([process.execPath, '-e', flood], { stderr: 'pipe' });
  const lines = (await new Response(child.stderr).text()).trimEnd().split('\n');
  // One is being written while a hundred wait.
  expect(lines.map((line) => JSON.parse(line).effort)).toEqual(Array.from({ length: 101 }, (_, at) => at + 1));
});

describe.skipIf(!canMoveClock)('the system clock is set', () => {
  const ttlSeconds = 4;

  /** A relay whose system clock `set` moves while it runs. */
  async function runningOnMovableClock(): Promise<{ relay: Running; set: (offsetSeconds: number) => void }> {
    const path = join(temporaryFolder(), 'clock');
    const set = (seconds: number) => writeFileSync(path, `${seconds < 0 ? '' : '+'}${seconds}`);
    set(0);
    const env = {
      LD_PRELOAD: faketime ?? '',
      FAKETIME_TIMESTAMP_FILE: path,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
    return { relay: await running(['--ttl-seconds-min', '1'], { env }), set };
  }

  test.each([3600, -3600])(
    'OP-12 RM-8 by %i s: a room ends at its time, a token from before is good, joins and talk go on',
    async (jumpSeconds) => {
      const { relay, set } = await runningOnMovableClock();
      const before = encodeCreateRequest(await solvedRequest(relay.origin, makeKeys()));
      const createdAtMs = performance.now();
      const room = await createRoom(relay.origin, { ttlSeconds });
      const [one] = await pair(relay.origin, room);
      set(jumpSeconds);
      await Bun.sleep(1000);
      const three = await Peer.joined(relay.origin, room);
      await one.nextMessage('join');
      await talk(one, three, 3);
      const leftMs = three.as.expiresAt - three.as.now;
      expect(leftMs).toBeWithin(1, 1000 * ttlSeconds);
      expect((await post(relay.origin, before)).status).toBe(201);
      const after = await createRoom(relay.origin, { ttlSeconds });
      expect(after.expiresAt - room.expiresAt).toBeWithin(900, 10_000);
      expect(await one.closed).toMatchObject({ code: 4001 });
      const livedMs = performance.now() - createdAtMs;
      expect(livedMs).toBeWithin(1000 * ttlSeconds - 100, 1000 * (ttlSeconds + 3));
      // The process did see the jump: its log is on the system's clock.
      relay.child.kill('SIGTERM');
      const { ts } = await logged(relay, 'draining');
      expect((Date.parse(String(ts)) - Date.now()) / 1000).toBeWithin(jumpSeconds - 60, jumpSeconds + 60);
    },
    30_000,
  );
});

describe.skipIf(prlimit === null)('file descriptors run out', () => {
  const few = (count: number) => ({ before: [prlimit ?? '', `--nofile=${count}:${count}`] });
  const many = ['--max-unjoined-per-prefix', '1000'];

  test('OP-15 LM-7 the limits follow the descriptors, whatever maxSockets says: who waits longest gives way', async () => {
    const relay = await running(many, few(80));
    expect((await logged(relay, 'listening')).sockets).toBe(16);
    const waiting = async () => {
      const peer = new Peer(relay.origin);
      await peer.nextMessage('hello');
      return peer;
    };
    // A tenth of 16, rounded up, may stand in the doorway.
    const [first, second] = [await waiting(), await waiting()];
    await waiting();
    expect(await first.closed).toEqual({ code: 1013, reason: 'overloaded' });
    await second.close();
    await waiting();
  });

  test('OP-13 none is left: members talk, no core is burnt, and whoever comes when there are some gets in', async () => {
    const relay = await running(many, few(200));
    const room = await createRoom(relay.origin);
    const [one, two] = await pair(relay.origin, room);
    const port = Number(new URL(relay.origin).port);
    const idle = Array.from({ length: 260 }, () => net.connect(port, '127.0.0.1').on('error', () => {}));
    await until(() => logOf(relay).find(({ limit }) => limit === 'descriptors'), relay.output);
    // At once: the runtime ends what says nothing by itself, and then there are descriptors again.
    // By a connection of its own, for those it has are served; it is refused, or waits.
    const late = fetch(`${relay.origin}/healthz`, { keepalive: false, signal: AbortSignal.timeout(500) });
    await expect(late).rejects.toThrow();
    const [fromMs, usedBeforeMs] = [performance.now(), usedMs(relay.child.pid)];
    for (let i = 0; i < 20; i++) {
      await talk(one, two, i);
      await Bun.sleep(100);
    }
    const share = (usedMs(relay.child.pid) - usedBeforeMs) / (performance.now() - fromMs);
    expect(share).toBeLessThan(0.2);
    for (const socket of idle) socket.destroy();
    await until(() =>
      fetch(`${relay.origin}/healthz`).then(
        ({ status }) => (status === 200 ? true : undefined),
        () => undefined,
      ),
    );
    const three = await Peer.joined(relay.origin, room);
    expect(three.as.members).toEqual([1, 2, 3]);
    await one.nextMessage('join');
    await talk(one, three, 99);
  }, 30_000);
});

test('OP-13 a file that cannot be opened for another reason is no lack of descriptors', () => {
  const watch = (probe: string) => {
    let paused = 0;
    new DescriptorWatch([], () => paused++, probe).look();
    return paused;
  };
  expect([watch('/dev/null'), watch('/dev/null/nowhere')]).toEqual([0, 0]);
});

describe.skipIf(prlimit === null)('memory runs out', () => {
  const megabyte = 2 ** 20;
  const within = (bytes: number) => ({ before: [prlimit ?? '', `--data=${bytes}`] });
  const open = ['--capacity-max', '16', '--max-unjoined-per-prefix', '100', '--messages-per-second', '1000'];
  const rates = ['--message-burst', '100000', '--bytes-per-second', '1000000000', '--byte-burst', '1000000000'];
  const fast = [...open, ...rates, '--ttl-seconds-max', '3600'];

  /** One talks, and a dozen do not read. @returns what the talker still hears of itself */
  async function shout(relay: Running, megabytes: number): Promise<number> {
    const room = await createRoom(relay.origin, { capacity: 16 });
    const talker = await Peer.joined(relay.origin, room);
    const deaf = await Promise.all(Array.from({ length: 12 }, () => unreading(relay.origin, room)));
    let heard = 0;
    for (; heard < 32 * megabytes; heard++) {
      talker.say(new Uint8Array(32_768));
      const next = await talker.next().catch(() => null);
      if (next === null) break;
      talker.received.fill({ kind: 'message', message: { type: 'pong' } });
    }
    for (const socket of deaf) socket.destroy();
    return heard;
  }

  test('OP-14 within the limits that are set, a dozen who do not read cost a dozen queues and no more', async () => {
    const relay = await running([...fast, '--queue-bytes', String(megabyte)], within(512 * megabyte));
    const room = await createRoom(relay.origin);
    const [one, two] = await pair(relay.origin, room);
    const before = await residentBytes(relay.child.pid);
    expect(await shout(relay, 64)).toBe(32 * 64);
    // 12 × 64 MB would have been kept without the limit.
    expect((await residentBytes(relay.child.pid)) - before).toBeLessThan(120 * megabyte);
    await talk(one, two, 7);
  }, 30_000);

  test('OP-14 OP-11 RL-2 limits beyond the memory there is: the process ends, everybody sees 1006, nothing is told', async () => {
    // A relay may keep a message once for all who do not read it: one queue alone is more than there is.
    const queues = ['--queue-bytes', String(1024 * megabyte), '--max-queued-bytes', String(8192 * megabyte)];
    const relay = await running([...fast, ...queues], within(512 * megabyte));
    const room = await createRoom(relay.origin);
    const [one] = await pair(relay.origin, room);
    await shout(relay, 640);
    expect(await one.closed).toMatchObject({ code: 1006 });
    expect(await relay.child.exited).not.toBe(0);
    // A trace of the stacks would show their arguments, addresses among them.
    expect(relay.output()).not.toMatch(/0x[0-9a-f]{8}/);
  }, 60_000);
});
