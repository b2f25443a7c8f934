import { describe, expect, test } from 'bun:test';
import { unreading } from './bare.ts';
import { createRoom, makeKeys, Peer, post } from './peer.ts';
import { environment, logOf, relayCommand, residentBytes, running } from './running.ts';
import { rawRequest } from './started.ts';

async function status(origin: string, path: string): Promise<number> {
  return (await fetch(origin + path)).status;
}

describe('drain', () => {
  test('SK-14 HT-14 SIGTERM: not ready, nobody new, everybody told, closed one after the other with 1012, exit 0', async () => {
    const relay = await running(['--drain-seconds', '2']);
    const room = await createRoom(relay.origin);
    const peers: Peer[] = [];
    for (let i = 0; i < 6; i++) peers.push(await Peer.joined(relay.origin, room));
    const waiting = new Peer(relay.origin);
    await waiting.nextMessage('hello');
    const [first] = peers;
    const started = performance.now();
    relay.child.kill('SIGTERM');
    await waiting.nextMessage('closing');
    expect(await status(relay.origin, '/readyz')).toBe(503);
    expect(await status(relay.origin, '/healthz')).toBe(200);
    expect(await status(relay.origin, '/ws')).toBe(503);
    expect((await post(relay.origin, '{}')).status).toBe(503);
    first?.say(Uint8Array.of(1));
    const ends = await Promise.all(
      [...peers, waiting].map(async (peer) => ({ ...(await peer.closed), atMs: performance.now() - started })),
    );
    for (const { code, reason } of ends) expect([code, reason]).toEqual([1012, 'restarting']);
    const times = ends.map(({ atMs }) => atMs);
    expect(Math.max(...times) - Math.min(...times)).toBeWithin(1000, 2500);
    const told = first?.received.flatMap((got) =>
      got.kind === 'message' && got.message.type === 'closing' ? [got.message.inSeconds] : [],
    );
    expect(told).toEqual([2]);
    expect(await relay.child.exited).toBe(0);
    expect(logOf(relay).map(({ event }) => event)).toEqual(['listening', 'draining', 'stopped']);
  }, 15_000);

  test('SK-14 a second SIGTERM exits at once', async () => {
    const relay = await running(['--drain-seconds', '60']);
    const peer = new Peer(relay.origin);
    await peer.nextMessage('hello');
    relay.child.kill('SIGTERM');
    await peer.nextMessage('closing');
    const started = performance.now();
    relay.child.kill('SIGTERM');
    await relay.child.exited;
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('what it writes', () => {
  test('RL-2 OP-10 LK-8 nothing that anybody sent is in the output: rooms, keys, paths, headers, payloads, addresses', async () => {
    const relay = await running();
    const marker = 'QzPlantedMarkerQz';
    const keys = makeKeys();
    const room = await createRoom(relay.origin, {}, keys);
    const peers = [await Peer.joined(relay.origin, room, { owner: true }), await Peer.joined(relay.origin, room)];
    peers[1]?.say(Buffer.from(marker));
    await fetch(`${relay.origin}/${marker}?${marker}=1`, {
      headers: { 'X-Marker': marker, 'User-Agent': marker, Cookie: marker },
    });
    await fetch(`${relay.origin}/r%23${marker}`);
    await post(relay.origin, `{"token":"${marker}"}`);
    await rawRequest(relay.origin, `${marker}\r\n\r\n`);
    await rawRequest(relay.origin, `GET /${marker} HTTP/1.1\r\nHost: ${marker}\r\nContent-Length: ${marker}\r\n\r\n`);
    peers[1]?.socket.send(`{"type":"${marker}"}`);
    await peers[1]?.closed;
    peers[0]?.send({ type: 'purge' });
    await peers[0]?.closed;
    relay.child.kill('SIGTERM');
    await relay.child.exited;
    const output = relay.output();
    const [joinKey, ownerKey] = [Buffer.from(keys.joinKey), Buffer.from(keys.ownerKey)];
    const spelt = [joinKey.toString('hex'), ownerKey.toString('hex'), joinKey.toString('base64url')];
    const secrets = [marker, keys.room, ...spelt];
    for (const planted of secrets) expect(output).not.toContain(planted);
    // The lines there are, in full: a new one must be looked at here.
    const facts = logOf(relay).map(({ ts, port, ...fact }) => fact);
    expect(facts).toEqual([
      {
        event: 'listening',
        level: 'info',
        tls: false,
        redirectPort: null,
        metricsPort: null,
        sockets: expect.any(Number),
        webClient: expect.any(Boolean),
        docs: expect.any(Boolean),
      },
      // A client may hear the close before the relay has heard its answer.
      { event: 'draining', level: 'info', seconds: 8, sockets: expect.any(Number), rooms: 0 },
      { event: 'stopped', level: 'info' },
    ]);
    const others = output.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
    expect(others[0]).toBe(`Pug Network is running: ${relay.origin}`);
    expect(others.length).toBeLessThanOrEqual(2);
  }, 15_000);

  test('LM-3 the process stays small while megabytes pass somebody who does not read', async () => {
    const flags = ['--messages-per-second', '100000', '--message-burst', '100000', '--ttl-seconds-default', '600'];
    const rates = ['--ttl-seconds-max', '600', '--bytes-per-second', '1000000000', '--byte-burst', '1000000000'];
    const relay = await running([...flags, ...rates]);
    const room = await createRoom(relay.origin);
    const talker = await Peer.joined(relay.origin, room);
    const talk = async (count: number) => {
      for (let i = 0; i < count; i++) {
        talker.say(new Uint8Array(20_000));
        await talker.next();
        talker.received.fill({ kind: 'message', message: { type: 'pong' } });
      }
    };
    await talk(500);
    const before = await residentBytes(relay.child.pid);
    const slow = await Promise.all([1, 2, 3].map(() => unreading(relay.origin, room)));
    await talk(2000);
    // 40 MB went to each of three who did not read: 120 MB if it were kept. The heap alone breathes by some 25.
    expect((await residentBytes(relay.child.pid)) - before).toBeLessThan(45_000_000);
    for (const socket of slow) socket.destroy();
  }, 30_000);
});

describe('starting', () => {
  async function output(...args: string[]) {
    const child = Bun.spawn([...relayCommand, ...args], {
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      env: environment(),
    });
    const [out, err] = [await new Response(child.stdout).text(), await new Response(child.stderr).text()];
    return { code: await child.exited, out, err };
  }

  test('OP-1 --help and --print-config answer and exit, an unknown flag is an error', async () => {
    expect(await output('--help')).toMatchObject({
      code: 0,
      out: expect.stringContaining('--ttl-seconds-max'),
      err: '',
    });
    expect(JSON.parse((await output('--print-config')).out)).toMatchObject({ maxPayloadBytes: 65_536 });
    expect(await output('--nonsense')).toMatchObject({ code: 2, out: '' });
  });

  test('OP-2 RL-2 an address that is taken: one line without it, and a non-zero exit', async () => {
    const taken = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() });
    const port = String(taken.port);
    const { code, out, err } = await output('--host', '127.0.0.1', '--port', port);
    await taken.stop(true);
    expect([code, out]).toEqual([1, '']);
    expect(JSON.parse(err)).toMatchObject({ level: 'error', event: 'fault', code: 'listen_failed' });
    expect(err).not.toContain(port);
  });

  test('OP-2 the address of another listener that is taken ends the start as well', async () => {
    const taken = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() });
    const { code, err } = await output('--port', '0', '--metrics-listen', `127.0.0.1:${taken.port}`);
    await taken.stop(true);
    expect([code, JSON.parse(err).code]).toEqual([1, 'listen_failed']);
  });
});
