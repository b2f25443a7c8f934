import { describe, expect, test } from 'bun:test';
import { admit, create, type JoinClaims, lock, type OpenRoom, purge, type RoomState } from '../src/room.ts';
import { isComingBack } from '../src/tickets.ts';
import { claims, gone, grant, joined, locked, open, roomOf, startMs, typesOf } from './room-moves.ts';

describe('admit', () => {
  const full = roomOf(3);
  const cases: readonly (readonly [title: string, RoomState | null, JoinClaims, ReturnType<typeof admit>])[] = [
    ['JN-4 an unknown room is not found', null, claims({}), 'not_found'],
    [
      'JN-4 a purged room is not told apart from an unknown one',
      purge(roomOf(1), 1, startMs).state,
      claims({}),
      'not_found',
    ],
    ['JN-4 RM-8 an expired room is not found, ended yet or not', roomOf(1), claims({}, grant.expiresAtMs), 'not_found'],
    [
      'JN-4 a room is found until the millisecond before it expires',
      roomOf(1),
      claims({}, grant.expiresAtMs - 1),
      null,
    ],
    ['RM-9 a room whose empty time is over is not found', gone(roomOf(1), 1), claims({}, startMs + 5000), 'not_found'],
    ['RM-9 a room is found while it is empty', gone(roomOf(1), 1), claims({}, startMs + 4999), null],
    ['JN-4 not found goes before locked and full', locked(full), claims({}, grant.expiresAtMs), 'not_found'],
    ['JN-4 RM-5 a lock refuses', locked(roomOf(2)), claims({}), 'locked'],
    ['JN-4 locked goes before full', locked(full), claims({}), 'locked'],
    ['JN-7 RM-5 a ticket passes a lock', locked(roomOf(2)), claims({ shows: 'ticket-2' }), null],
    [
      'JN-7 the ticket of a member that has left passes a lock',
      gone(locked(roomOf(3)), 2),
      claims({ shows: 'ticket-2' }),
      null,
    ],
    [
      'JN-7 a ticket that the room does not know has no effect',
      locked(roomOf(2)),
      claims({ shows: 'ticket-9' }),
      'locked',
    ],
    ['JN-7 RM-5 who claims to be an owner passes a lock', locked(roomOf(2)), claims({ owner: true }), null],
    ['JN-4 a full room refuses', full, claims({}), 'full'],
    ['JN-7 a full room refuses its owner, too', full, claims({ owner: true }), 'full'],
    ['JN-7 a listed member’s seat counts as free for its ticket', full, claims({ shows: 'ticket-2' }), null],
    [
      'JN-7 an unlisted member’s ticket frees no seat',
      open(joined(gone(full, 2)).state),
      claims({ shows: 'ticket-2' }),
      'full',
    ],
    ['JN-7 a ticket passes both a lock and its own seat', locked(full), claims({ shows: 'ticket-3' }), null],
  ];
  for (const [title, state, asked, refusal] of cases) {
    test(title, () => {
      const before = JSON.stringify(state, (_, value) => (typeof value === 'bigint' ? String(value) : value));
      expect(admit(state, asked)).toBe(refusal);
      // JN-5
      expect(JSON.stringify(state, (_, value) => (typeof value === 'bigint' ? String(value) : value))).toBe(before);
    });
  }
});

describe('join', () => {
  test('RM-1 SK-6 the first join is event 1 and starts the life of the room', () => {
    const { state, effects } = joined(create(grant), { owner: true });
    expect(open(state).members).toEqual([1]);
    expect(effects).toEqual([
      { type: 'publish', event: { type: 'join', seq: 1, member: 1, owner: true } },
      {
        type: 'welcome',
        joined: {
          type: 'joined',
          member: 1,
          members: [1],
          seq: 1,
          now: startMs,
          expiresAt: grant.expiresAtMs,
          capacity: 3,
          locked: false,
          owners: [1],
        },
      },
      { type: 'deadline', atMs: grant.expiresAtMs },
    ]);
  });

  test('SK-9 the others are told before the new member hears anything, and it hears the number of its own join', () => {
    const { effects } = joined(locked(roomOf(2)), { shows: 'ticket-8', owner: true });
    expect(typesOf(effects)).toEqual(['publish', 'welcome']);
    expect(effects[1]).toMatchObject({ joined: { member: 3, members: [1, 2, 3], seq: 4, locked: true } });
  });

  test('RM-2 numbers ascend and are never used again', () => {
    const room = open(joined(gone(gone(roomOf(3), 3), 1)).state);
    expect(room.members).toEqual([2, 4]);
  });

  test('JN-7 a listed member is replaced: closed, its leave told, then the join', () => {
    const { state, effects } = joined(roomOf(3), { shows: 'ticket-2' });
    expect(open(state).members).toEqual([1, 3, 4]);
    expect(effects.slice(0, 3)).toEqual([
      { type: 'close', member: 2, as: 'replaced' },
      { type: 'publish', event: { type: 'leave', seq: 4, member: 2, why: 'replaced' } },
      { type: 'publish', event: { type: 'join', seq: 5, member: 4, owner: false } },
    ]);
    expect(effects[3]).toMatchObject({ type: 'welcome', joined: { member: 4, members: [1, 3, 4], seq: 5 } });
    expect(effects).toHaveLength(4);
  });

  test('JN-7 the ticket of one who left replaces nobody', () => {
    const { effects } = joined(gone(roomOf(3), 2), { shows: 'ticket-2' });
    expect(typesOf(effects)).toEqual(['publish', 'welcome']);
  });

  test('JN-7 ownership comes from the owner proof alone, not from a ticket', () => {
    const room = open(joined(roomOf(1), { shows: 'ticket-1' }).state);
    expect([room.members, room.owners]).toEqual([[2], []]);
    expect(typesOf(purge(room, 2, startMs).effects)).toEqual(['close', 'publish', 'deadline']);
  });

  test('JN-2 SK-6 a room has as many owners as prove it, and everybody is told who they are', () => {
    const { state, effects } = joined(roomOf(2), { owner: true });
    expect(effects).toMatchObject([{ event: { member: 3, owner: true } }, { joined: { owners: [1, 3] } }]);
    const guest = joined(gone(open(state), 1));
    expect(guest.effects).toMatchObject([{ event: { member: 4, owner: false } }, { joined: { owners: [3] } }]);
  });

  test('JN-7 a ticket works again when the answer to the join was lost, and each of a chain replaces the latest', () => {
    let room = roomOf(2);
    for (const shows of ['ticket-2', 'ticket-2', 'ticket-3', 'ticket-2', 'ticket-5', 'ticket-4']) {
      const latest = room.lastMember;
      const { state, effects } = joined(room, { shows });
      expect(effects[0]).toEqual({ type: 'close', member: latest, as: 'replaced' });
      room = open(state);
      expect(room.members).toEqual([1, latest + 1]);
    }
  });

  test('JN-7 a chain goes on over a member that has left by itself', () => {
    const back = open(joined(gone(roomOf(2), 2), { shows: 'ticket-2' }).state);
    expect(joined(back, { shows: 'ticket-2' }).effects[0]).toEqual({ type: 'close', member: 3, as: 'replaced' });
  });

  test('LM-8 JN-7 coming back is a ticket of somebody who is listed, or left less than 60 s ago', () => {
    const isBack = (room: OpenRoom, ticket: string, afterMs: number) =>
      isComingBack(room.tickets, ticket, startMs + afterMs);
    const room = roomOf(2);
    expect([isBack(room, 'ticket-2', 3_600_000), isBack(room, 'ticket-9', 0)]).toEqual([true, false]);
    const left = gone(room, 2);
    expect([59_999, 60_000].map((afterMs) => isBack(left, 'ticket-2', afterMs))).toEqual([true, false]);
    expect(isBack(left, 'ticket-1', 60_000)).toBe(true);
    // One that was put out for a command it may not give has left like any other.
    expect(isBack(open(lock(room, 2, true, startMs).state), 'ticket-2', 60_000)).toBe(false);
    // Whoever is back is listed again, under the old ticket too.
    const back = open(joined(left, { shows: 'ticket-2' }).state);
    expect(['ticket-2', 'ticket-3'].map((ticket) => isBack(back, ticket, 3_600_000))).toEqual([true, true]);
  });

  test('JN-8 a room knows the last 4 tickets for each place and no more', () => {
    let room = roomOf(3);
    for (let member = 4; member <= 14; member++) room = open(joined(gone(room, member - 1)).state);
    expect(room.tickets.map(({ hash }) => hash)).toEqual(Array.from({ length: 12 }, (_, at) => `ticket-${at + 3}`));
    const withASeat = gone(locked(room), 14);
    expect(admit(withASeat, claims({ shows: 'ticket-2' }))).toBe('locked');
    expect(admit(withASeat, claims({ shows: 'ticket-3' }))).toBeNull();
  });

  test('JN-8 a ticket that was inherited is as old as it was', () => {
    let room = roomOf(2, { capacity: 2 });
    for (let joins = 0; joins < 6; joins++) room = open(joined(room, { shows: 'ticket-2' }).state);
    expect(room.tickets).toHaveLength(8);
    room = open(joined(room, { shows: 'ticket-2' }).state);
    expect(room.tickets.map(({ hash }) => hash)).not.toContain('ticket-1');
    room = open(joined(room, { shows: 'ticket-2' }).state);
    expect(room.tickets.map(({ hash }) => hash)).not.toContain('ticket-2');
    expect(admit(room, claims({ shows: 'ticket-2' }))).toBe('full');
  });

  test('JN-6 of joins that race for the last seat one gets it, whatever was asked before', () => {
    const room = roomOf(2);
    expect([admit(room, claims({})), admit(room, claims({}))]).toEqual([null, null]);
    const after = open(joined(room).state);
    expect(() => joined(after)).toThrow('not admitted: full');
    expect(after.members).toHaveLength(3);
  });

  test('JN-6 100 joins race for 5 places and 5 get one', () => {
    let room = create({ ...grant, capacity: 5 });
    let refused = 0;
    for (let attempt = 0; attempt < 100; attempt++) {
      if (admit(room, claims({})) === null) room = open(joined(room).state);
      else refused++;
    }
    expect([room.members.length, refused]).toEqual([5, 95]);
  });

  test('RM-9 a join within the empty time stops the wait', () => {
    const { state, effects } = joined(gone(roomOf(1), 1));
    expect(open(state).emptyAtMs).toBeNull();
    expect(effects.at(-1)).toEqual({ type: 'deadline', atMs: grant.expiresAtMs });
  });
});
