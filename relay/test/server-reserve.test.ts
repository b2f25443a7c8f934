import { describe, expect, test } from 'bun:test';
import { createRoom, joinOf, type Keys, makeKeys, Peer } from './peer.ts';
import { startedRelay } from './started.ts';

const overloaded = { code: 1013, reason: 'overloaded' };

/** A relay for 20 sockets: 2 that have not joined, new rooms up to the 16th, new members up to the 18th. */
function smallRelay(): string {
  return startedRelay(['--max-sockets', '20', '--shared', '--effort-bits-floor', '13']).origin;
}

async function waitingAt(origin: string): Promise<Peer & { readonly nonce: Uint8Array }> {
  const peer = new Peer(origin);
  const { nonce } = await peer.nextMessage('hello');
  return Object.assign(peer, { nonce });
}

/** Members of new rooms until so many sockets are open. */
async function filled(origin: string, count: number): Promise<readonly (Keys & { readonly peer: Peer })[]> {
  const members: (Keys & { readonly peer: Peer })[] = [];
  while (members.length < count) {
    const room = await createRoom(origin);
    members.push({ ...room, peer: await Peer.joined(origin, room) });
  }
  return members;
}

async function refusalOf(origin: string, keys: Keys): Promise<unknown> {
  const peer = await waitingAt(origin);
  peer.send(joinOf(keys, peer.nonce));
  return peer.closed;
}

describe('LM-7 the doorway', () => {
  test('LM-7 SK-12 who has waited longest for its join makes room for who comes', async () => {
    const origin = smallRelay();
    const [first, second] = [await waitingAt(origin), await waitingAt(origin)];
    const third = await waitingAt(origin);
    expect(await first.closed).toEqual(overloaded);
    const room = await createRoom(origin);
    second.send(joinOf(room, second.nonce));
    await second.nextMessage('joined');
    third.send(joinOf(room, third.nonce));
    await third.nextMessage('joined');
  });

  test('LM-7 whoever joins at once gets in, however many others only stand there', async () => {
    const origin = smallRelay();
    const room = await createRoom(origin);
    const idle: Peer[] = [];
    for (let round = 0; round < 10; round++) {
      idle.push(...Array.from({ length: 5 }, () => new Peer(origin)));
      const member = await Peer.joined(origin, room);
      await member.close();
    }
    const closed = await Promise.all(idle.slice(0, -2).map((peer) => peer.closed));
    expect(closed.slice(0, 32)).toEqual(closed.slice(0, 32).map(() => overloaded));
    // After so many in a moment there are no words left for the others (LM-9).
    expect(closed.slice(32).map(({ code }) => code)).toEqual(closed.slice(32).map(() => 1006));
  });
});

describe('LM-8 the reserve', () => {
  test('LM-8 new rooms, then new members, then not even members who come back', async () => {
    const origin = smallRelay();
    const members = await filled(origin, 16);
    const [one, two] = members;
    if (one === undefined || two === undefined) throw new Error('unreachable: there are 16');
    const unjoinedRoom = await createRoom(origin);
    expect(await refusalOf(origin, unjoinedRoom)).toEqual(overloaded);
    const second = await Peer.joined(origin, one);
    await Peer.joined(origin, one);
    expect(await refusalOf(origin, two)).toEqual(overloaded);
    // A room that exists can be told from one that does not, and a bad proof is still a bad proof.
    expect(await refusalOf(origin, makeKeys())).toMatchObject({ code: 4004 });
    expect(await refusalOf(origin, { ...unjoinedRoom, join: two.join })).toMatchObject({ code: 4003 });
    // 18 are in. A ticket opens the rest, for a room whose connection is not yet known to be lost too.
    const [, ticket] = [await second.close(), second.received[1]];
    if (ticket?.kind !== 'message' || ticket.message.type !== 'joined') throw new Error('the second has not joined');
    await Peer.joined(origin, one, { ticket: ticket.message.ticket });
    await members[5]?.peer.close();
    await members[6]?.peer.close();
    await members[7]?.peer.close();
    await Peer.joined(origin, one);
    expect(await refusalOf(origin, unjoinedRoom)).toMatchObject({ code: 1013 });
  });

  test('LM-8 when attackers have taken all they can, a member with a ticket comes back', async () => {
    const origin = smallRelay();
    const room = await createRoom(origin);
    const member = await Peer.joined(origin, room);
    const { ticket } = member.as;
    const crowd = await filled(origin, 15);
    member.socket.terminate();
    // The attackers try for every place there is, with new rooms and with new members of their own.
    const [own, fresh] = [crowd[0], await createRoom(origin)];
    if (own === undefined) throw new Error('unreachable: there are 15');
    for (let round = 0; round < 10; round++) {
      for (const keys of [own, fresh]) {
        const peer = await waitingAt(origin);
        peer.send(joinOf(keys, peer.nonce));
      }
    }
    const idle = Array.from({ length: 10 }, () => new Peer(origin));
    const back = await Peer.joined(origin, room, { ticket });
    await back.ping();
    for (const peer of idle) peer.socket.terminate();
  });

  test('LM-8 LM-1 with every place taken by members a new socket is told so, and a freed place is one', async () => {
    const origin = smallRelay();
    const room = await createRoom(origin);
    const back = async (peer: Peer & { readonly as: { readonly ticket: Uint8Array } }) => {
      const { ticket } = peer.as;
      await peer.close();
      return ticket;
    };
    const [a, b] = [await Peer.joined(origin, room), await Peer.joined(origin, room)];
    const tickets = [await back(a), await back(b)];
    const others = await filled(origin, 16);
    for (const number of [0, 1]) await Peer.joined(origin, others[number] ?? room);
    for (const ticket of tickets) await Peer.joined(origin, room, { ticket });
    expect(await new Peer(origin).closed).toEqual(overloaded);
    await others[9]?.peer.close();
    await waitingAt(origin);
  });
});
