import { describe, expect, test } from 'bun:test';
import type { ServerMessage } from '@pug/wire';
import { createRoom, type JoinChoices, joinOf, type Keys, makeKeys, Peer } from './peer.ts';
import { startedRelay } from './started.ts';

const { origin } = startedRelay([
  '--capacity-max',
  '100',
  '--max-payload-bytes',
  '409600',
  '--byte-burst',
  '1048576',
  '--max-unjoined-per-prefix',
  '500',
]);

/** A join that must be refused, and how it is. */
async function refusalOf(keys: Keys, choices: JoinChoices = {}, at = origin): Promise<string> {
  const peer = new Peer(at);
  const { nonce } = await peer.nextMessage('hello');
  peer.send(joinOf(keys, nonce, choices));
  const { code, reason } = await peer.closed;
  expect(peer.received.length).toBe(1);
  return `${code} ${reason}`;
}

type Shown = ServerMessage | string;

/** All that a peer has been told from its own `joined` on. */
function toldTo(peer: Peer): readonly Shown[] {
  return peer.received
    .slice(2)
    .map((received) => (received.kind === 'frame' ? `frame ${received.frame.seq}` : received.message))
    .filter((shown) => typeof shown === 'string' || shown.type !== 'pong');
}

describe('joining', () => {
  test('SK-6 SK-9 RM-2 joined says all there is to know, and is not followed by the own join', async () => {
    const room = await createRoom(origin, { ttlSeconds: 600, capacity: 3 });
    const before = Date.now();
    const first = await Peer.joined(origin, room, { owner: true });
    const { now, ticket, ...as } = first.as;
    const told = { type: 'joined' as const, expiresAt: room.expiresAt, capacity: 3, locked: false };
    expect(as).toEqual({ ...told, member: 1, members: [1], seq: 1, owners: [1] });
    expect(ticket.length).toBe(16);
    // The relay's clock was set by one that drops what is below a millisecond: it may be that much behind.
    expect(now - before).toBeWithin(-1, 1000);
    const second = await Peer.joined(origin, room);
    expect(second.as).toMatchObject({ ...told, member: 2, members: [1, 2], seq: 2, owners: [1] });
    await second.close();
    const third = await Peer.joined(origin, room);
    expect(third.as).toMatchObject({ member: 3, members: [1, 3], seq: 4 });
    for (const peer of [first, third]) await peer.caughtUp();
    expect(toldTo(first)).toEqual([
      { type: 'join', seq: 2, member: 2, owner: false },
      { type: 'leave', seq: 3, member: 2, why: 'left' },
      { type: 'join', seq: 4, member: 3, owner: false },
    ]);
    expect(toldTo(third)).toEqual([]);
  });

  test('JN-4 a room that never was and one that was purged are not told apart', async () => {
    const room = await createRoom(origin);
    const owner = await Peer.joined(origin, room, { owner: true });
    owner.send({ type: 'purge' });
    expect(await owner.closed).toEqual({ code: 4000, reason: 'purged' });
    expect(await refusalOf(makeKeys())).toBe('4004 not_found');
    expect(await refusalOf(room)).toBe('4004 not_found');
  });

  test('JN-1 JN-3 JN-5 a proof over another nonce, of another key or for another room is rejected and changes nothing', async () => {
    const [room, other] = [await createRoom(origin, { capacity: 2 }), await createRoom(origin)];
    const member = await Peer.joined(origin, room);
    const mutations: ((join: ReturnType<typeof joinOf>, nonce: Uint8Array) => object)[] = [
      () => joinOf(room, new Uint8Array(32)),
      () => ({ joinKey: other.joinKey }),
      (_, nonce) => ({ proof: joinOf(other, nonce).proof }),
      (_, nonce) => ({ proof: joinOf(other, nonce).proof, joinKey: other.joinKey }),
      ({ proof }) => ({ proof: proof.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) }),
      ({ proof }) => ({ proof: proof.map((byte, at) => (at === 63 ? byte ^ 1 : byte)) }),
      () => ({ joinKey: new Uint8Array(32), proof: new Uint8Array(64) }),
    ];
    for (const mutate of mutations) {
      const peer = new Peer(origin);
      const { nonce } = await peer.nextMessage('hello');
      const join = joinOf(room, nonce);
      peer.send({ ...join, ...mutate(join, nonce) });
      expect(await peer.closed).toEqual({ code: 4003, reason: 'proof_rejected' });
    }
    await member.ping();
    expect(toldTo(member)).toEqual([]);
    expect((await Peer.joined(origin, room)).as.member).toBe(2);
  });

  test('JN-2 a wrong owner proof is rejected even if the join proof is good', async () => {
    const room = await createRoom(origin);
    expect(await refusalOf({ ...room, owner: makeKeys().owner }, { owner: true })).toBe('4003 proof_rejected');
    expect((await Peer.joined(origin, room)).as.member).toBe(1);
  });

  test('JN-4 full comes before the proof, and an owner proof passes no full room', async () => {
    const room = await createRoom(origin, { capacity: 2 });
    const peers = [await Peer.joined(origin, room), await Peer.joined(origin, room)];
    expect(await refusalOf({ ...room, join: makeKeys().join })).toBe('4009 full');
    expect(await refusalOf(room, { owner: true })).toBe('4009 full');
    await peers[0]?.close();
    expect((await Peer.joined(origin, room)).as.members).toEqual([2, 3]);
  });

  test('JN-6 a hundred sockets race for five places: five get in, everybody agrees who', async () => {
    const room = await createRoom(origin, { capacity: 5 });
    const peers = Array.from({ length: 100 }, () => new Peer(origin));
    const hellos = await Promise.all(peers.map((peer) => peer.nextMessage('hello')));
    for (const [at, peer] of peers.entries()) peer.send(joinOf(room, hellos[at]?.nonce ?? new Uint8Array()));
    const ends = await Promise.all(
      peers.map((peer) =>
        Promise.race([peer.closed.then(({ reason }) => reason), peer.nextMessage('joined').catch(() => 'full')]),
      ),
    );
    const members = ends.filter((end) => typeof end !== 'string').map(({ member }) => member);
    expect(members.toSorted()).toEqual([1, 2, 3, 4, 5]);
    expect(ends.filter((end) => end === 'full').length).toBe(95);
  });
});

describe('coming back', () => {
  test('JN-7 RM-4 a ticket replaces the member it stands for, in a full and locked room, twice in a row', async () => {
    const room = await createRoom(origin, { capacity: 2 });
    const owner = await Peer.joined(origin, room, { owner: true });
    const before = await Peer.joined(origin, room);
    owner.send({ type: 'lock', locked: true });
    await before.nextMessage('lock');
    const { ticket } = before.as;
    const again = await Peer.joined(origin, room, { ticket });
    expect(again.as).toMatchObject({ member: 3, members: [1, 3], seq: 5, locked: true });
    expect(await before.closed).toEqual({ code: 1000, reason: 'replaced' });
    // As if the answer had been lost: the same old ticket once more.
    const third = await Peer.joined(origin, room, { ticket });
    expect(third.as).toMatchObject({ member: 4, members: [1, 4], seq: 7 });
    expect(await again.closed).toEqual({ code: 1000, reason: 'replaced' });
    await owner.caughtUp();
    expect(toldTo(owner)).toEqual([
      { type: 'join', seq: 2, member: 2, owner: false },
      { type: 'lock', seq: 3, locked: true },
      { type: 'leave', seq: 4, member: 2, why: 'replaced' },
      { type: 'join', seq: 5, member: 3, owner: false },
      { type: 'leave', seq: 6, member: 3, why: 'replaced' },
      { type: 'join', seq: 7, member: 4, owner: false },
    ]);
    expect(await refusalOf(room, { ticket: new Uint8Array(16) })).toBe('4010 locked');
  });

  test('JN-5 JN-7 a ticket with a bad proof replaces nobody', async () => {
    const room = await createRoom(origin, { capacity: 2 });
    const member = await Peer.joined(origin, room);
    const { ticket } = member.as;
    expect(await refusalOf({ ...room, join: makeKeys().join }, { ticket })).toBe('4003 proof_rejected');
    await member.ping();
  });

  test('JN-9 RM-5 RM-6 removal voids the ticket; a lock keeps the removed out, an owner proof passes it', async () => {
    const room = await createRoom(origin);
    const owner = await Peer.joined(origin, room, { owner: true });
    const other = await Peer.joined(origin, room);
    owner.send({ type: 'remove', member: 99 });
    owner.send({ type: 'remove', member: 2 });
    expect(await other.closed).toEqual({ code: 4011, reason: 'removed' });
    owner.send({ type: 'lock', locked: true });
    owner.send({ type: 'lock', locked: true });
    await owner.nextMessage('join');
    expect(await owner.nextMessage('leave')).toEqual({ type: 'leave', seq: 3, member: 2, why: 'removed' });
    expect(await owner.nextMessage('lock')).toEqual({ type: 'lock', seq: 4, locked: true });
    expect(await owner.nextMessage('lock')).toEqual({ type: 'lock', seq: 5, locked: true });
    expect(await refusalOf(room, { ticket: other.as.ticket })).toBe('4010 locked');
    const second = await Peer.joined(origin, room, { owner: true });
    owner.send({ type: 'lock', locked: false });
    await second.nextMessage('lock');
    const { as } = await Peer.joined(origin, room, { ticket: other.as.ticket });
    expect(as).toMatchObject({ members: [1, 3, 4], owners: [1, 3] });
    owner.send({ type: 'remove', member: 1 });
    expect(await owner.closed).toEqual({ code: 4011, reason: 'removed' });
  });
});

describe('the end', () => {
  test('RM-7 RM-10 SK-12 purge closes everybody and the id is unknown', async () => {
    const room = await createRoom(origin);
    const peers = [
      await Peer.joined(origin, room, { owner: true }),
      await Peer.joined(origin, room),
      await Peer.joined(origin, room),
    ];
    peers[0]?.send({ type: 'purge' });
    for (const peer of peers) expect(await peer.closed).toEqual({ code: 4000, reason: 'purged' });
    expect(await refusalOf(room)).toBe('4004 not_found');
  });

  test('RM-8 SK-12 a room expires within a second of its time, and is gone', async () => {
    const brief = startedRelay(['--ttl-seconds-min', '1']);
    const room = await createRoom(brief.origin, { ttlSeconds: 2 });
    const peers = [await Peer.joined(brief.origin, room), await Peer.joined(brief.origin, room)];
    for (const peer of peers) expect(await peer.closed).toEqual({ code: 4001, reason: 'expired' });
    expect(Date.now() - room.expiresAt).toBeWithin(0, 1000);
    expect(await refusalOf(room, {}, brief.origin)).toBe('4004 not_found');
  });

  test('RM-1 a room that nobody joins is forgotten', async () => {
    const hasty = startedRelay(['--pending-room-seconds', '1']);
    const [joined, left] = [await createRoom(hasty.origin), await createRoom(hasty.origin)];
    const member = await Peer.joined(hasty.origin, joined);
    await Bun.sleep(1300);
    expect(await refusalOf(left, {}, hasty.origin)).toBe('4004 not_found');
    await member.ping();
  });

  test('RM-9 an empty room waits for somebody to come back, then ends', async () => {
    const relay = startedRelay(['--empty-room-seconds', '1']);
    const room = await createRoom(relay.origin);
    await (await Peer.joined(relay.origin, room)).close();
    await Bun.sleep(100);
    const back = await Peer.joined(relay.origin, room);
    expect(back.as).toMatchObject({ member: 2, members: [2], seq: 3 });
    await Bun.sleep(1000);
    await back.ping();
    await back.close();
    await Bun.sleep(1400);
    expect(await refusalOf(room, {}, relay.origin)).toBe('4004 not_found');
  });

  test('RM-9 with 0 seconds an empty room ends at once', async () => {
    const relay = startedRelay(['--empty-room-seconds', '0']);
    const room = await createRoom(relay.origin);
    await (await Peer.joined(relay.origin, room)).close();
    expect(await refusalOf(room, {}, relay.origin)).toBe('4004 not_found');
  });

  test('RM-4 a connection that breaks is lost, one that is closed with 1000 has left', async () => {
    const room = await createRoom(origin);
    const witness = await Peer.joined(origin, room);
    const [broken, closed, other] = [
      await Peer.joined(origin, room),
      await Peer.joined(origin, room),
      await Peer.joined(origin, room),
    ];
    await witness.caughtUp();
    broken.socket.terminate();
    expect(await witness.nextMessage('leave')).toEqual({ type: 'leave', seq: 5, member: 2, why: 'lost' });
    await closed.close();
    expect(await witness.nextMessage('leave')).toEqual({ type: 'leave', seq: 6, member: 3, why: 'left' });
    other.socket.close(3000);
    expect(await witness.nextMessage('leave')).toEqual({ type: 'leave', seq: 7, member: 4, why: 'lost' });
  });
});
