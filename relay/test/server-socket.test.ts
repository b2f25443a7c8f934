import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { decodeProblem, defaultPolicy, encodeClientMessage, type ProblemCode, subprotocol } from '@pug/wire';
import { perTurn } from '../src/turns.ts';
import { unreading } from './bare.ts';
import { createRoom, joinOf, Peer } from './peer.ts';
import { rawRequest, startedRelay } from './started.ts';

const { origin } = startedRelay();

const upgrade = {
  Host: new URL(origin).host,
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol': 'pug.1',
};

/** The head of the answer to an upgrade with these headers; an undefined one is left out. */
async function upgraded(changes: Record<string, string | undefined> = {}): Promise<string> {
  const headers = Object.entries({ ...upgrade, ...changes }).filter(([, value]) => value !== undefined);
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return rawRequest(origin, `GET /ws HTTP/1.1\r\n${lines}\r\n`, 100);
}

describe('upgrade', () => {
  test('SK-1 the subprotocol is selected, among others too, and no extension ever', async () => {
    const key = createHash('sha1')
      .update('dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11')
      .digest('base64');
    for (const offered of ['pug.1', 'pug.2, pug.1', 'pug.1,chat']) {
      const extensions = 'permessage-deflate; client_max_window_bits';
      const raw = await upgraded({ 'Sec-WebSocket-Protocol': offered, 'Sec-WebSocket-Extensions': extensions });
      const head = raw.split('\r\n\r\n')[0] ?? '';
      expect(head).toStartWith('HTTP/1.1 101 ');
      expect(head.match(/Sec-WebSocket-Protocol: (.*)/g)).toEqual(['Sec-WebSocket-Protocol: pug.1']);
      expect(head).toContain(`Sec-WebSocket-Accept: ${key}`);
      expect(head.toLowerCase()).not.toContain('extensions');
      expect(head.toLowerCase()).not.toContain('server:');
    }
  });

  test.each<[string, Record<string, string | undefined>, ProblemCode]>([
    ['without a subprotocol', { 'Sec-WebSocket-Protocol': undefined }, 'upgrade_refused'],
    ['with another subprotocol', { 'Sec-WebSocket-Protocol': 'pug.2, pug' }, 'upgrade_refused'],
    ['without an upgrade', { Upgrade: undefined, Connection: 'keep-alive' }, 'upgrade_refused'],
    ['without a connection', { Connection: undefined }, 'upgrade_refused'],
    ['to a connection that is kept', { Connection: 'keep-alive' }, 'upgrade_refused'],
    ['without a key', { 'Sec-WebSocket-Key': undefined }, 'upgrade_refused'],
    ['of another origin', { Origin: 'https://evil.example' }, 'origin_refused'],
  ])('SK-1 HT-15 a request %s is refused', async (_, changes, code) => {
    const raw = await upgraded(changes);
    expect(decodeProblem(raw.split('\r\n\r\n')[1] ?? '')?.code).toBe(code);
  });

  test('SK-3 hello comes at once, with a nonce of its own for each socket', async () => {
    const peers = [new Peer(origin), new Peer(origin)];
    const hellos = await Promise.all(peers.map((peer) => peer.nextMessage('hello')));
    expect(hellos.map(({ nonce, protocol }) => [nonce.length, protocol])).toEqual([
      [32, 1],
      [32, 1],
    ]);
    expect(hellos[0]?.nonce).not.toEqual(hellos[1]?.nonce ?? new Uint8Array());
    expect(peers[0]?.socket.protocol).toBe(subprotocol);
    expect(peers[0]?.socket.extensions).toBe('');
    await Promise.all(peers.map((peer) => peer.close()));
  });
});

const closings: [string, (peer: Peer) => void][] = [
  ['text that is not JSON', (peer) => peer.socket.send('hello')],
  ['JSON in another spelling', (peer) => peer.socket.send('{"type": "ping"}')],
  ['an unknown type', (peer) => peer.socket.send('{"type":"shout"}')],
  ['an unknown field', (peer) => peer.socket.send('{"type":"ping","at":1}')],
  ['an empty text', (peer) => peer.socket.send('')],
  ['a text of 1,025 bytes', (peer) => peer.socket.send(' '.repeat(1025))],
  ['a text of 69,000 bytes', (peer) => peer.socket.send('x'.repeat(69_000))],
  ['a server message', (peer) => peer.socket.send('{"type":"pong"}')],
  ['an empty frame', (peer) => peer.socket.send(new Uint8Array())],
  ['half a header', (peer) => peer.socket.send(new Uint8Array(3))],
  ['a frame without a payload', (peer) => peer.socket.send(new Uint8Array(4))],
];

describe('before the join', () => {
  test.each([
    ...closings,
    ['ping', (peer: Peer) => peer.send({ type: 'ping' })] as const,
    ['purge', (peer: Peer) => peer.send({ type: 'purge' })] as const,
    ['a good frame', (peer: Peer) => peer.say(Uint8Array.of(1))] as const,
  ])('SK-4 SK-12 %s is bad_message', async (_, act) => {
    const peer = new Peer(origin);
    await peer.nextMessage('hello');
    act(peer);
    expect(await peer.closed).toEqual({ code: 4400, reason: 'bad_message' });
  });

  test('SK-4 LM-1 who does not join in time is closed with join_timeout, and not before', async () => {
    const quick = startedRelay(['--join-timeout-seconds', '1']);
    const room = await createRoom(quick.origin);
    const member = await Peer.joined(quick.origin, room);
    const started = performance.now();
    const idle = new Peer(quick.origin);
    expect(await idle.closed).toEqual({ code: 4408, reason: 'join_timeout' });
    expect(performance.now() - started).toBeWithin(950, 2000);
    await member.ping();
    await member.close();
  });

  test('LM-4 SK-12 with the 21st socket from a prefix the one that waits longest is closed; joining and leaving make room', async () => {
    const small = startedRelay();
    const room = await createRoom(small.origin);
    const come = async () => {
      const peer = new Peer(small.origin);
      const { nonce } = await peer.nextMessage('hello');
      return { peer, nonce };
    };
    const waiting = [];
    for (let count = 0; count < 20; count++) waiting.push(await come());
    const late = await come();
    expect(await waiting[0]?.peer.closed).toEqual({ code: 1013, reason: 'overloaded' });
    late.peer.send(joinOf(room, late.nonce));
    await late.peer.nextMessage('joined');
    await waiting[1]?.peer.close();
    for (let count = 0; count < 2; count++) await come();
    await come();
    expect(await waiting[2]?.peer.closed).toEqual({ code: 1013, reason: 'overloaded' });
    expect(waiting[3]?.peer.socket.readyState).toBe(WebSocket.OPEN);
  });

  test('LM-4 LM-7 twenty idle sockets lock nobody of their prefix out', async () => {
    const small = startedRelay(['--trusted-proxies', '127.0.0.1']);
    const from = (address: string) => ({ protocols: [subprotocol], headers: { 'X-Forwarded-For': address } });
    const room = await createRoom(small.origin);
    const idle = Array.from({ length: 20 }, () => new Peer(small.origin, from('203.0.113.5')));
    for (const peer of idle) await peer.nextMessage('hello');
    await new Peer(small.origin, from('203.0.113.77')).join(room);
  });

  test('LM-5 LM-6 a forged X-Forwarded-For changes nothing, a trusted one does, a shared listener does not count', async () => {
    const limit = ['--max-unjoined-per-prefix', '1'];
    const told = (to: string, address: string) =>
      new Peer(to, { protocols: [subprotocol], headers: { 'X-Forwarded-For': address } });
    const plain = startedRelay(limit);
    const first = told(plain.origin, '192.0.2.1');
    await first.nextMessage('hello');
    await told(plain.origin, '198.51.100.1').nextMessage('hello');
    expect((await first.closed).code).toBe(1013);
    const proxied = startedRelay([...limit, '--trusted-proxies', '127.0.0.1']);
    const behind = told(proxied.origin, '192.0.2.1');
    await behind.nextMessage('hello');
    const other = told(proxied.origin, '198.51.100.1');
    await other.nextMessage('hello');
    await told(proxied.origin, '203.0.113.9, 192.0.2.77').nextMessage('hello');
    expect((await behind.closed).code).toBe(1013);
    expect(other.socket.readyState).toBe(WebSocket.OPEN);
    const shared = startedRelay([...limit, '--shared']);
    for (let i = 0; i < 3; i++) await new Peer(shared.origin).nextMessage('hello');
  });
});

/** So many join at once that most of them wait for a turn. */
const crowdSize = 60;
const crowded = ['--max-unjoined-per-prefix', String(crowdSize)];

describe('in the room', () => {
  test.each([
    ...closings,
    ['a second join', (peer: Peer) => peer.socket.send(peer.received.length > 0 ? secondJoin : '')] as const,
    ['purge', (peer: Peer) => peer.send({ type: 'purge' })] as const,
    ['lock', (peer: Peer) => peer.send({ type: 'lock', locked: true })] as const,
    ['remove', (peer: Peer) => peer.send({ type: 'remove', member: 1 })] as const,
  ])('SK-4 SK-13 SK-15 %s is bad_message; the others see a leave and nothing more', async (_, act) => {
    const room = await createRoom(origin);
    const witness = await Peer.joined(origin, room);
    const peer = await Peer.joined(origin, room);
    expect(await witness.nextMessage('join')).toEqual({ type: 'join', seq: 2, member: 2, owner: false });
    act(peer);
    expect(await peer.closed).toEqual({ code: 4400, reason: 'bad_message' });
    expect(await witness.nextMessage('leave')).toEqual({ type: 'leave', seq: 3, member: 2, why: 'lost' });
    await witness.ping();
    await witness.close();
  });

  test('SK-4 SK-5 who talks on without waiting for the answer to its join is heard in order, also in a crowd', async () => {
    const rooms = await Promise.all(Array.from({ length: 2 * perTurn }, () => createRoom(origin)));
    const crowd = rooms.map((room) => ({ room, peer: new Peer(origin) }));
    const greeted = crowd.map(async ({ room, peer }) => joinOf(room, (await peer.nextMessage('hello')).nonce));
    const joins = await Promise.all(greeted);
    for (const [at, { peer }] of crowd.entries()) {
      peer.send(joins[at] ?? { type: 'ping' });
      for (const byte of [1, 2, 3]) peer.say(Uint8Array.of(byte));
      peer.send({ type: 'ping' });
    }
    for (const { peer } of crowd) {
      await peer.nextMessage('joined');
      for (const byte of [1, 2, 3]) expect([...(await peer.nextFrame()).payload]).toEqual([byte]);
      await peer.nextMessage('pong');
    }
  }, 60_000);

  /** What becomes of a crowd whose joins, none of them proven, have all this behind them. */
  async function endsOf(say: (peer: Peer) => void): Promise<Set<number>> {
    const relay = startedRelay(crowded);
    const crowd = Array.from({ length: crowdSize }, () => new Peer(relay.origin));
    const room = await createRoom(relay.origin);
    for (const peer of crowd) await peer.nextMessage('hello');
    for (const peer of crowd) {
      peer.send(joinOf(room, new Uint8Array(32)));
      say(peer);
    }
    return new Set(await Promise.all(crowd.map(async ({ closed }) => (await closed).code)));
  }

  test('SK-4 LM-2 who floods while its join waits is turned away', async () => {
    const codes = await endsOf((peer) => {
      for (let more = 0; more < 500; more++) peer.send({ type: 'ping' });
    });
    expect(codes).toEqual(new Set([4003, 4029]));
  }, 30_000);

  test('SK-4 OP-14 what all say behind joins that wait is bounded together', async () => {
    const payload = new Uint8Array(defaultPolicy.maxPayloadBytes);
    // Each is within its own rates: only together they are too many.
    const codes = await endsOf((peer) => {
      for (let more = 0; more < 15; more++) peer.say(payload);
    });
    expect(codes).toContain(4029);
  }, 30_000);

  test('SK-5 SK-11 ping is answered with pong', async () => {
    const peer = await Peer.joined(origin, await createRoom(origin));
    for (let i = 0; i < 3; i++) await peer.ping();
  });

  test('OP-14 SK-12 what is 4,096 bytes too long is too_large; what is longer ends before it was read', async () => {
    const { maxPayloadBytes } = defaultPolicy;
    const room = await createRoom(origin);
    const closeOf = async (sizeBytes: number) => {
      const peer = await Peer.joined(origin, room);
      peer.say(new Uint8Array(sizeBytes));
      return (await peer.closed).code;
    };
    expect(await closeOf(maxPayloadBytes + 4096)).toBe(4413);
    expect([1006, 1009]).toContain(await closeOf(maxPayloadBytes + 4097));
  });

  test('SK-7 SK-12 a payload at the limit passes, one byte more is too_large', async () => {
    const { maxPayloadBytes } = defaultPolicy;
    const peer = await Peer.joined(origin, await createRoom(origin));
    const payload = crypto.getRandomValues(new Uint8Array(maxPayloadBytes));
    peer.say(payload);
    expect((await peer.nextFrame()).payload).toEqual(payload);
    peer.say(new Uint8Array(maxPayloadBytes + 1));
    expect(await peer.closed).toEqual({ code: 4413, reason: 'too_large' });
  });

  test('SK-12 a message far over the limit ends the connection before it is read whole', async () => {
    const peer = await Peer.joined(origin, await createRoom(origin));
    peer.socket.send(new Uint8Array(1_000_000));
    expect([1006, 1009]).toContain((await peer.closed).code);
  });

  test('SK-12 text that is not UTF-8 and frames that are not masked end as RFC 6455 says', async () => {
    const key = Object.entries(upgrade)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
    for (const bytes of [
      '\x81\x82\x00\x00\x00\x00\xff\xfe',
      '\x81\x02hi',
      '\xc1\x80\x00\x00\x00\x00',
      '\x83\x80\x00\x00\x00\x00',
    ]) {
      const raw = await rawRequest(origin, `GET /ws HTTP/1.1\r\n${key}\r\n${bytes}`);
      expect(raw).toContain('"type":"hello"');
      expect(raw).not.toContain('"type":"joined"');
    }
    await Peer.joined(origin, await createRoom(origin));
  });

  test('LM-2 SK-12 more messages than the burst allows: flooding', async () => {
    const room = await createRoom(origin);
    const witness = await Peer.joined(origin, room);
    const peer = await Peer.joined(origin, room);
    for (let i = 0; i < 100; i++) peer.say(Uint8Array.of(i));
    expect(await peer.closed).toEqual({ code: 4029, reason: 'flooding' });
    await witness.nextMessage('join');
    let frames = 0;
    let next = await witness.next();
    for (; next.kind === 'frame'; next = await witness.next()) frames++;
    expect(frames).toBeWithin(60, 66);
    expect(next.message).toEqual({ type: 'leave', seq: 3 + frames, member: 2, why: 'flood' });
  });

  test('LM-2 WebSocket pings count, before the join and after it; a few do no harm', async () => {
    const room = await createRoom(origin);
    const witness = await Peer.joined(origin, room);
    const member = await Peer.joined(origin, room);
    const newcomer = new Peer(origin);
    await newcomer.nextMessage('hello');
    for (const peer of [member, newcomer]) for (let i = 0; i < 20; i++) peer.socket.ping();
    await member.ping();
    for (const peer of [member, newcomer]) for (let i = 0; i < 100; i++) peer.socket.ping();
    for (const peer of [member, newcomer]) expect(await peer.closed).toEqual({ code: 4029, reason: 'flooding' });
    await witness.nextMessage('join');
    expect(await witness.nextMessage('leave')).toMatchObject({ member: 2, why: 'flood' });
    await witness.ping();
  });

  test('LM-2 more bytes than the burst allows: flooding', async () => {
    const peer = await Peer.joined(origin, await createRoom(origin));
    for (let i = 0; i < 20; i++) peer.say(new Uint8Array(65_536));
    expect((await peer.closed).code).toBe(4029);
  });

  test('SK-11 a peer that answers nothing is closed after the idle time, one that answers pings is not', async () => {
    const impatient = startedRelay(['--idle-timeout-seconds', '8']);
    const room = await createRoom(impatient.origin);
    const witness = await Peer.joined(impatient.origin, room);
    // Between two of the runtime's looks, 4 s apart, where its own timer alone would be early.
    await Bun.sleep(2000);
    const silent = await unreading(impatient.origin, room);
    expect(await witness.nextMessage('join')).toMatchObject({ member: 2 });
    const started = performance.now();
    expect(await witness.next(25_000)).toMatchObject({ message: { type: 'leave', member: 2, why: 'lost' } });
    expect(performance.now() - started).toBeWithin(7800, 22_000);
    silent.destroy();
    await witness.ping();
  }, 40_000);
});

const secondJoin = encodeClientMessage({
  type: 'join',
  room: 'AAAAAAAAAAAAAAAAAAAAAA',
  joinKey: new Uint8Array(32),
  proof: new Uint8Array(64),
});
