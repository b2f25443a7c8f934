import { describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { Backlog } from '../src/backlog.ts';
import { dial, enter, frame, opcodes } from './attacks/bare-socket.ts';
import { unreading } from './bare.ts';
import { createRoom, Peer } from './peer.ts';
import { residentBytes, running, until } from './running.ts';

class Queue {
  bytes = 0;
  getBufferedAmount(): number {
    return this.bytes;
  }
}

/** What the talker hears until its own word comes back: who left, and why. */
async function leavesBeforeEcho(talker: Peer): Promise<readonly string[]> {
  const reasons: string[] = [];
  for (let got = await talker.next(); got.kind !== 'frame'; got = await talker.next()) {
    if (got.message.type === 'leave') reasons.push(got.message.why);
  }
  talker.received.fill({ kind: 'message', message: { type: 'pong' } });
  return reasons;
}

describe('LM-10 all queues together', () => {
  test('LM-10 the longest queue goes first, until all fit: not the one that has been slow longest', () => {
    const backlog = new Backlog<Queue>(100, 10);
    const queues = [20, 40, 60, 50].map((bytes) => {
      const queue = Object.assign(new Queue(), { bytes });
      backlog.look(queue);
      return queue;
    });
    const [first, , longest, next] = queues as [Queue, Queue, Queue, Queue];
    expect([backlog.totalBytes, backlog.excess()]).toEqual([170, longest]);
    backlog.forget(longest);
    expect(backlog.excess()).toBe(next);
    // It is looked at again before it has to go: meanwhile another one may be the longest.
    first.bytes = 45;
    backlog.look(first);
    next.bytes = 30;
    expect([backlog.excess(), backlog.totalBytes]).toEqual([first, 115]);
    backlog.forget(first);
    expect([backlog.totalBytes, backlog.excess()]).toEqual([70, null]);
  });

  test('LM-10 who has read meanwhile stays, and a short queue is none', () => {
    const backlog = new Backlog<Queue>(100, 10);
    const [first, second, short] = [new Queue(), new Queue(), new Queue()];
    for (const queue of [first, second]) {
      queue.bytes = 60;
      backlog.look(queue);
    }
    short.bytes = 9;
    expect([backlog.look(short), backlog.totalBytes]).toEqual([9, 120]);
    first.bytes = 5;
    expect([backlog.excess(), backlog.totalBytes]).toEqual([null, 60]);
    backlog.forget(first);
    backlog.forget(short);
    expect(backlog.totalBytes).toBe(60);
  });

  test('LM-10 LM-3 RM-4 a crowd that never reads holds no more than all may; who reads is not touched', async () => {
    const generous = ['--messages-per-second', '20000', '--message-burst', '20000', '--ttl-seconds-max', '3600'];
    const rates = [
      '--bytes-per-second',
      '1000000000',
      '--byte-burst',
      '1000000000',
      '--max-unjoined-per-prefix',
      '100',
    ];
    const queues = ['--queue-bytes', '8388608', '--max-queued-bytes', '16777216', '--effort-bits-floor', '13'];
    const relay = await running([...generous, ...rates, ...queues, '--capacity-max', '6']);
    const talkers: Peer[] = [];
    for (let count = 0; count < 4; count++) {
      const room = await createRoom(relay.origin, { capacity: 6 });
      talkers.push(await Peer.joined(relay.origin, room));
      for (let sleeper = 0; sleeper < 4; sleeper++) await unreading(relay.origin, room);
    }
    const leaves: string[] = [];
    const beforeBytes = await residentBytes(relay.child.pid);
    let mostBytes = 0;
    // 16 sleepers could have 128 MiB in their queues, on top of what the system takes for each.
    for (let word = 0; word < 300; word++) {
      for (const talker of talkers) talker.say(new Uint8Array(60_000));
      for (const talker of talkers) leaves.push(...(await leavesBeforeEcho(talker)));
      if (word % 10 === 0) mostBytes = Math.max(mostBytes, await residentBytes(relay.child.pid));
    }
    expect(leaves.length).toBeGreaterThan(4);
    expect(new Set(leaves)).toEqual(new Set(['slow']));
    expect(mostBytes - beforeBytes).toBeLessThan(120 * 2 ** 20);
  }, 60_000);

  test('LM-10 answers to pings that nobody reads are in the sum, too', async () => {
    const megabyte = 2 ** 20;
    const rates = ['--bytes-per-second', '1000000000', '--byte-burst', '1000000000', '--ttl-seconds-max', '3600'];
    const often = ['--messages-per-second', '20000', '--message-burst', '1000000', '--effort-bits-floor', '13'];
    const bound = String(16 * megabyte);
    const queues = ['--queue-bytes', bound, '--max-queued-bytes', bound];
    const relay = await running([...rates, ...often, ...queues, '--capacity-max', '8']);
    const room = await createRoom(relay.origin, { capacity: 8 });
    let ended = 0;
    const sockets = await Promise.all(Array.from({ length: 8 }, () => unreading(relay.origin, room)));
    for (const socket of sockets) socket.on('error', () => {}).on('close', () => ended++);
    const pings = Buffer.concat(
      Array.from({ length: 2000 }, () => Buffer.concat([Buffer.of(0x89, 0xfd), Buffer.alloc(129)])),
    );
    // None of them is sent as much as its own queue may hold: only together they are too many.
    for (let sentBytes = 0; ended === 0 && sentBytes + pings.length < 14 * megabyte; sentBytes += pings.length) {
      await Promise.all(sockets.map((socket) => new Promise((done) => socket.write(pings, done))));
    }
    await until(() => ended > 0 || undefined);
    for (const socket of sockets) socket.destroy();
  }, 60_000);

  test('LM-10 LM-3 RM-4 events that nobody reads are in the sum, too: the lock set again and again', async () => {
    const megabyte = 2 ** 20;
    const rates = ['--bytes-per-second', '1000000000', '--byte-burst', '1000000000', '--ttl-seconds-max', '3600'];
    const often = ['--messages-per-second', '20000', '--message-burst', '1000000', '--effort-bits-floor', '13'];
    const bound = String(8 * megabyte);
    const queues = ['--queue-bytes', bound, '--max-queued-bytes', bound];
    const relay = await running([...rates, ...often, ...queues, '--capacity-max', '8']);
    const room = await createRoom(relay.origin, { capacity: 8 });
    const owner = dial(Number(new URL(relay.origin).port), '127.0.0.1');
    await new Promise<void>((joined) => enter(owner, room, joined, { owner: true }));
    let heard = '';
    const whys = new Set<string>();
    let areAllIn = false;
    let heardBytes = 0;
    owner.on('data', (data) => {
      heardBytes += data.length;
      heard = heard.slice(-100) + data.toString('latin1');
      areAllIn ||= heard.includes('"member":8');
      for (const [, why = ''] of heard.matchAll(/"why":"(\w+)"/g)) whys.add(why);
    });
    const sockets = await Promise.all(Array.from({ length: 7 }, () => unreading(relay.origin, room)));
    // Or the lock would keep out who is last.
    await until(() => areAllIn || undefined);
    const lock = frame(opcodes.text, Buffer.from('{"type":"lock","locked":true}'));
    const locks = Buffer.concat(Array.from({ length: 2000 }, () => lock));
    // None of them is sent as much as its own queue may hold: only together they are too many.
    const eventBytes = 2000 * '{"type":"lock","seq":1,"locked":true}'.length;
    for (let sentBytes = eventBytes; whys.size === 0 && sentBytes < 6 * megabyte; sentBytes += eventBytes) {
      await new Promise((done) => owner.write(locks, done));
      // Or the owner's own queue might be the longest.
      await until(() => whys.size > 0 || heardBytes >= sentBytes || undefined);
    }
    await until(() => whys.size > 0 || undefined);
    expect([...whys]).toEqual(['slow']);
    for (const socket of [owner, ...sockets]) socket.destroy();
  }, 60_000);

  test.each([
    ['half', 400],
    ['a tenth', 130],
  ])(
    'LM-3 OP-14 RM-7 RM-10 the end of a room frees %s of a queue that members did not read, at once',
    async (_, words) => {
      const rates = ['--bytes-per-second', '1000000000', '--byte-burst', '1000000000'];
      const often = ['--messages-per-second', '20000', '--message-burst', '20000', '--ttl-seconds-max', '3600'];
      const relay = await running([...rates, ...often, '--queue-bytes', '33554432', '--effort-bits-floor', '13']);
      const room = await createRoom(relay.origin, { capacity: 6 });
      const owner = await Peer.joined(relay.origin, room, { owner: true });
      for (let sleeper = 0; sleeper < 4; sleeper++) await unreading(relay.origin, room);
      const descriptors = () => readdirSync(`/proc/${relay.child.pid}/fd`).length;
      const beforeCount = descriptors();
      // What the systems of both sides take comes on top.
      for (let word = 0; word < words; word++) {
        owner.say(new Uint8Array(60_000));
        await leavesBeforeEcho(owner);
      }
      owner.send({ type: 'purge' });
      expect(await owner.closed).toMatchObject({ code: 4000 });
      await until(() => (descriptors() <= beforeCount - 4 ? true : undefined));
    },
    30_000,
  );
});
