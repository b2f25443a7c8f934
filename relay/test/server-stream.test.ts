import { describe, expect, test } from 'bun:test';
import { frameSeqs, readAll, unreading } from './bare.ts';
import { createRoom, joinOf, Peer } from './peer.ts';
import { startedRelay } from './started.ts';

const generous = [
  '--messages-per-second',
  '100000',
  '--message-burst',
  '100000',
  '--ttl-seconds-default',
  '600',
  '--ttl-seconds-max',
  '600',
];
const bytes = ['--bytes-per-second', '1000000000', '--byte-burst', '1000000000'];
const capacity = ['--max-unjoined-per-prefix', '1000', '--capacity-max', '20', '--max-payload-bytes', '131072'];
const { origin } = startedRelay([...generous, ...bytes, ...capacity, '--queue-bytes', '67108864']);

/** The events that a peer has received, each as one line, its own join first. */
function streamOf(peer: Peer): readonly string[] {
  const lines: string[] = [];
  for (const received of peer.received) {
    if (received.kind === 'frame') {
      const { seq, member, payload } = received.frame;
      if (seq > 0) lines.push(`${seq} ${member} ${Bun.hash(payload)}`);
    } else if ('seq' in received.message) {
      const { seq, type, ...event } = received.message;
      const about = 'member' in event ? event.member : event.locked;
      lines.push(`${seq} ${type === 'joined' ? 'join' : type} ${about}`);
    }
  }
  return lines;
}

function seqsOf(peer: Peer): readonly number[] {
  return peer.received.flatMap((received) => {
    if (received.kind === 'frame') return received.frame.seq > 0 ? [received.frame.seq] : [];
    return 'seq' in received.message ? [received.message.seq] : [];
  });
}

function isOneByteRepeated(payload: Uint8Array): boolean {
  return Buffer.alloc(payload.length, payload[0]).equals(payload);
}

/** Waits until the peer has received event `seq`. */
async function until(peer: Peer, seq: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  while ((seqsOf(peer).at(-1) ?? 0) < seq) {
    if (performance.now() > deadline) throw new Error(`event ${seq} did not come`);
    await Bun.sleep(5);
  }
}

describe('one stream', () => {
  test('SK-8 SK-9 RM-3 the sender and the others receive the same bytes in the same order, sizes and speed as they come', async () => {
    const room = await createRoom(origin, { capacity: 6 });
    const peers: Peer[] = [];
    for (let i = 0; i < 6; i++) peers.push(await Peer.joined(origin, room));
    const sizes = [1, 100, 15_999, 16_384, 60_000, 131_072, 3];
    for (let i = 0; i < 60; i++) {
      // Each payload is one repeated byte: a buffer that was overwritten too early would show.
      for (const [at, peer] of peers.entries()) peer.say(new Uint8Array(sizes[(i + at) % 7] ?? 1).fill(i * 6 + at));
    }
    const last = 6 + 360;
    for (const peer of peers) await until(peer, last);
    const [reference = []] = peers.map(streamOf);
    for (const peer of peers) {
      expect(seqsOf(peer)).toEqual(
        Array.from({ length: last - (seqsOf(peer)[0] ?? 0) + 1 }, (_, i) => (seqsOf(peer)[0] ?? 0) + i),
      );
      expect(streamOf(peer)).toEqual(reference.slice(-streamOf(peer).length));
      for (const received of peer.received) {
        if (received.kind === 'frame') expect(isOneByteRepeated(received.frame.payload)).toBe(true);
      }
    }
    // Each sender's own frames arrive in the order they were sent.
    const own = peers[0]?.received.flatMap((got) =>
      got.kind === 'frame' && got.frame.member === 1 ? [got.frame.payload[0]] : [],
    );
    expect(own).toEqual(Array.from({ length: 60 }, (_, i) => (i * 6) % 256));
  }, 20_000);

  test('SK-9 whoever joins while others talk receives joined first and every later event, none earlier', async () => {
    const room = await createRoom(origin, { capacity: 20 });
    const talkers = [await Peer.joined(origin, room), await Peer.joined(origin, room)];
    for (let round = 0; round < 40; round++) {
      const newcomers = Array.from({ length: 4 }, () => new Peer(origin));
      const hellos = await Promise.all(newcomers.map((peer) => peer.nextMessage('hello')));
      // All in one go, so that joins and frames meet in one tick of the relay.
      newcomers.forEach((peer, at) => {
        for (const talker of talkers) talker.say(new Uint8Array(at % 2 === 0 ? 50 : 20_000).fill(round));
        peer.send(joinOf(room, hellos[at]?.nonce ?? new Uint8Array()));
        for (const talker of talkers) talker.say(new Uint8Array(at % 2 === 0 ? 20_000 : 50).fill(round));
      });
      const joined = await Promise.all(newcomers.map((peer) => peer.nextMessage('joined')));
      talkers[0]?.say(Uint8Array.of(1));
      const marker = Math.max(...joined.map(({ seq }) => seq)) + 1;
      for (const peer of newcomers) await until(peer, marker);
      for (const [at, peer] of newcomers.entries()) {
        expect(peer.received.slice(0, 2).map((got) => got.kind === 'message' && got.message.type)).toEqual([
          'hello',
          'joined',
        ]);
        const seqs = seqsOf(peer);
        const first = joined[at]?.seq ?? 0;
        expect(seqs).toEqual(seqs.map((_, i) => first + i));
      }
      await Promise.all(newcomers.map((peer) => peer.close()));
    }
  }, 30_000);

  test('SK-10 a directed frame goes to its member alone, takes no number, and is dropped when nobody is there', async () => {
    const room = await createRoom(origin, { capacity: 6 });
    const [a, b, c] = [
      await Peer.joined(origin, room),
      await Peer.joined(origin, room),
      await Peer.joined(origin, room),
    ];
    a.say(Uint8Array.of(7), 2);
    a.say(Uint8Array.of(8), 99);
    a.say(Uint8Array.of(9), 1);
    a.say(Uint8Array.of(10));
    await until(b, 4);
    await until(c, 4);
    const frames = (peer: Peer) =>
      peer.received.flatMap((got) =>
        got.kind === 'frame' ? [[got.frame.seq, got.frame.member, got.frame.payload[0]]] : [],
      );
    expect(frames(a)).toEqual([
      [0, 1, 9],
      [4, 1, 10],
    ]);
    expect(frames(b)).toEqual([
      [0, 1, 7],
      [4, 1, 10],
    ]);
    expect(frames(c)).toEqual([[4, 1, 10]]);
  });

  test('SK-9 SK-10 directed frames and events keep the order in which they were sent', async () => {
    const room = await createRoom(origin, { capacity: 6 });
    const [a, b] = [await Peer.joined(origin, room), await Peer.joined(origin, room)];
    for (let i = 0; i < 200; i++) a.say(new Uint8Array(i % 3 === 0 ? 20_000 : 10).fill(i), i % 2 === 0 ? 0 : 2);
    await until(b, 102);
    for (const peer of [a, b]) await peer.caughtUp();
    const order = b.received.flatMap((got) => (got.kind === 'frame' ? [got.frame.payload[0]] : []));
    expect(order).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  test('RM-3 two rooms do not hear each other', async () => {
    const [one, two] = [await createRoom(origin), await createRoom(origin)];
    const [a, b] = [await Peer.joined(origin, one), await Peer.joined(origin, two)];
    a.say(Uint8Array.of(1));
    b.say(Uint8Array.of(2));
    expect((await a.nextFrame()).payload).toEqual(Uint8Array.of(1));
    expect((await b.nextFrame()).payload).toEqual(Uint8Array.of(2));
    await Bun.sleep(20);
    expect([a.received.length, b.received.length]).toEqual([3, 3]);
  });
});

describe('slow readers', () => {
  test('LM-3 RM-4 SK-9 who does not read is closed at the limit, without a gap; the others miss nothing', async () => {
    const small = startedRelay([...generous, ...bytes, '--queue-bytes', '262144']);
    const room = await createRoom(small.origin, { capacity: 3 });
    const talker = await Peer.joined(small.origin, room);
    const listener = await Peer.joined(small.origin, room);
    const slow = await unreading(small.origin, room);
    expect(await talker.nextMessage('join')).toMatchObject({ member: 2 });
    expect(await talker.nextMessage('join')).toMatchObject({ member: 3 });
    let leave: { seq: number; why: string } | null = null;
    for (let i = 0; leave === null || i < 2000; i++) {
      if (i > 10_000) throw new Error('the slow member was never closed');
      talker.say(new Uint8Array(10_000).fill(i));
      const got = await talker.next();
      if (got.kind === 'message' && got.message.type === 'leave') leave = got.message;
    }
    expect(leave).toMatchObject({ member: 3, why: 'slow' });
    const last = seqsOf(talker).at(-1) ?? 0;
    await until(listener, last);
    expect(seqsOf(listener)).toEqual(seqsOf(listener).map((_, i) => i + 2));
    // What the slow one was still sent is a piece of the stream without a gap.
    const read = await readAll(slow);
    const seqs = frameSeqs(read);
    expect(seqs.length).toBeGreaterThan(5);
    expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));
  }, 30_000);

  test('LM-3 a member that breaks off in a calm room is lost, not slow', async () => {
    const room = await createRoom(origin);
    const talker = await Peer.joined(origin, room);
    const other = await Peer.joined(origin, room);
    for (let i = 0; i < 50; i++) talker.say(new Uint8Array(100_000).fill(i));
    await until(other, 52);
    other.socket.terminate();
    await until(talker, 53);
    expect(talker.received.at(-1)).toMatchObject({ message: { type: 'leave', member: 2, why: 'lost' } });
  });

  test('RM-4 LM-3 a member that was slow and has read everything since is lost, not slow', async () => {
    const megabyte = 2 ** 20;
    const patient = startedRelay([...generous, ...bytes, '--queue-bytes', String(32 * megabyte)]);
    const room = await createRoom(patient.origin);
    const talker = await Peer.joined(patient.origin, room);
    const slow = await unreading(patient.origin, room);
    await talker.nextMessage('join');
    // More than half of its queue, whatever the systems of both sides take, and not the whole of it.
    const sentBytes = 26 * megabyte;
    for (let said = 0; said < sentBytes; said += 65_536) {
      talker.say(new Uint8Array(65_536));
      await talker.nextFrame();
    }
    let readBytes = 0;
    slow.on('data', (data) => (readBytes += data.length));
    slow.resume();
    while (readBytes < sentBytes) await Bun.sleep(10);
    slow.destroy();
    expect(await talker.nextMessage('leave')).toMatchObject({ member: 2, why: 'lost' });
  }, 20_000);

  test('LM-3 directed frames to who does not read end the same way', async () => {
    const small = startedRelay([...generous, ...bytes, '--queue-bytes', '262144']);
    const room = await createRoom(small.origin);
    const talker = await Peer.joined(small.origin, room);
    await unreading(small.origin, room);
    await talker.nextMessage('join');
    for (let i = 0; i < 2000 && talker.received.length < 4; i++) {
      talker.say(new Uint8Array(20_000), 2);
      if (i % 20 === 0) await Bun.sleep(1);
    }
    expect(await talker.nextMessage('leave')).toMatchObject({ member: 2, why: 'slow' });
  }, 20_000);
});
