import { describe, expect, test } from 'bun:test';
import {
  admit,
  create,
  directs,
  type Effect,
  elapse,
  frame,
  type Grant,
  type JoinClaims,
  join,
  leave,
  lock,
  type OpenRoom,
  purge,
  type RoomState,
  remove,
  type Transition,
} from '../src/room.ts';

const startMs = 1_700_000_000_000;
const grant: Grant = {
  expiresAtMs: startMs + 60_000,
  ttlSeconds: 60,
  capacity: 3,
  ownerKey: new Uint8Array(32),
  emptyRoomMs: 5000,
  solution: 1n,
};

function open(state: RoomState): OpenRoom {
  if (state.phase !== 'open') throw new Error('the room has ended');
  return state;
}

interface Newcomer {
  readonly owner?: boolean;
  /** The ticket it shows. */
  readonly shows?: string;
  /** The ticket it gets; by default `ticket-<its number>`. */
  readonly gets?: string;
}

function claims({ owner = false, shows }: Newcomer, nowMs = startMs): JoinClaims {
  return { nowMs, claimsOwner: owner, ...(shows !== undefined && { ticketHash: shows }) };
}

function joined(room: OpenRoom, newcomer: Newcomer = {}): Transition {
  return join(room, { ...claims(newcomer), newTicketHash: newcomer.gets ?? `ticket-${room.lastMember + 1}` });
}

/** A room whose first member is its owner and where the others joined after. */
function roomOf(members: number, changes: Partial<Grant> = {}): OpenRoom {
  let room = create({ ...grant, ...changes });
  for (let member = 1; member <= members; member++) room = open(joined(room, { owner: member === 1 }).state);
  return room;
}

function locked(room: OpenRoom): OpenRoom {
  return open(lock(room, 1, true, startMs).state);
}

function numbers(room: OpenRoom): readonly number[] {
  return room.members.map(({ member }) => member);
}

function gone(room: OpenRoom, member: number): OpenRoom {
  return open(leave(room, member, 'lost', startMs).state);
}

function typesOf(effects: readonly Effect[]): readonly string[] {
  return effects.map(({ type }) => type);
}

describe('create', () => {
  test('RM-1 SK-9 a new room has nobody in it and no event behind it', () => {
    expect(create(grant)).toEqual({
      phase: 'open',
      grant,
      seq: 0,
      lastMember: 0,
      members: [],
      tickets: [],
      locked: false,
      emptyAtMs: null,
    });
  });
});

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
    expect(numbers(open(state))).toEqual([1]);
    expect(effects).toEqual([
      { type: 'publish', event: { type: 'join', seq: 1, member: 1 } },
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
          owner: true,
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
    expect(numbers(room)).toEqual([2, 4]);
  });

  test('JN-7 a listed member is replaced: closed, its leave told, then the join', () => {
    const { state, effects } = joined(roomOf(3), { shows: 'ticket-2' });
    expect(numbers(open(state))).toEqual([1, 3, 4]);
    expect(effects.slice(0, 3)).toEqual([
      { type: 'close', member: 2, as: 'replaced' },
      { type: 'publish', event: { type: 'leave', seq: 4, member: 2, why: 'replaced' } },
      { type: 'publish', event: { type: 'join', seq: 5, member: 4 } },
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
    expect(room.members).toEqual([{ member: 2, owner: false }]);
    expect(typesOf(purge(room, 2, startMs).effects)).toEqual(['close', 'publish', 'deadline']);
  });

  test('JN-2 a room has as many owners as prove it', () => {
    const room = open(joined(roomOf(2), { owner: true }).state);
    expect(room.members.filter(({ owner }) => owner).map(({ member }) => member)).toEqual([1, 3]);
  });

  test('JN-7 a ticket works again when the answer to the join was lost, and each of a chain replaces the latest', () => {
    let room = roomOf(2);
    for (const shows of ['ticket-2', 'ticket-2', 'ticket-3', 'ticket-2', 'ticket-5', 'ticket-4']) {
      const latest = room.lastMember;
      const { state, effects } = joined(room, { shows });
      expect(effects[0]).toEqual({ type: 'close', member: latest, as: 'replaced' });
      room = open(state);
      expect(numbers(room)).toEqual([1, latest + 1]);
    }
  });

  test('JN-7 a chain goes on over a member that has left by itself', () => {
    const back = open(joined(gone(roomOf(2), 2), { shows: 'ticket-2' }).state);
    expect(joined(back, { shows: 'ticket-2' }).effects[0]).toEqual({ type: 'close', member: 3, as: 'replaced' });
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
    expect(numbers(after)).toHaveLength(3);
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

describe('frame', () => {
  test('RM-3 SK-9 a frame to everybody takes the next number and changes nothing else', () => {
    const room = roomOf(2);
    const { seq, ...rest } = room;
    const next = frame(room, 2);
    expect(next).toEqual({ ...rest, seq: seq + 1 });
    // Nothing of a room is copied for a frame.
    expect(next?.members).toBe(room.members);
    expect(next?.tickets).toBe(room.tickets);
  });

  test('RM-4 who is not in the room sends no frame to it', () => {
    expect(frame(roomOf(2), 3)).toBeNull();
    expect(frame(gone(roomOf(2), 2), 2)).toBeNull();
  });

  test('SK-10 RM-3 a directed frame goes to a member, and to nobody else', () => {
    const room = gone(roomOf(3), 2);
    expect([directs(room, 1, 3), directs(room, 1, 1)]).toEqual([true, true]);
    expect([directs(room, 1, 2), directs(room, 1, 4), directs(room, 2, 1)]).toEqual([false, false, false]);
  });
});

describe('leave', () => {
  for (const why of ['left', 'lost', 'slow', 'flood'] as const) {
    test(`RM-4 a member leaves once: ${why}`, () => {
      const { state, effects } = leave(roomOf(2), 2, why, startMs);
      expect(effects).toEqual([{ type: 'publish', event: { type: 'leave', seq: 3, member: 2, why } }]);
      expect(leave(open(state), 2, 'lost', startMs)).toEqual({ state, effects: [] });
    });
  }

  test('RM-9 when the last member leaves, the room waits', () => {
    const { state, effects } = leave(roomOf(1), 1, 'left', startMs + 10);
    expect(open(state).emptyAtMs).toBe(startMs + 5010);
    expect(effects.at(-1)).toEqual({ type: 'deadline', atMs: startMs + 5010 });
  });

  test('RM-9 an empty room waits no longer than it lives', () => {
    const { effects } = leave(roomOf(1), 1, 'left', grant.expiresAtMs - 1);
    expect(effects.at(-1)).toEqual({ type: 'deadline', atMs: grant.expiresAtMs });
  });

  test('RM-9 RM-10 0 ends the room at once and leaves nothing', () => {
    expect(leave(roomOf(1, { emptyRoomMs: 0 }), 1, 'left', startMs)).toEqual({
      state: { phase: 'ended' },
      effects: [{ type: 'end', why: 'empty' }],
    });
  });

  test('RM-9 0 does not end the room of one who is replaced', () => {
    const { state } = joined(roomOf(1, { emptyRoomMs: 0, capacity: 1 }), { shows: 'ticket-1' });
    expect(numbers(open(state))).toEqual([2]);
  });
});

describe('lock', () => {
  test('RM-5 setting and clearing the lock are events, also when they change nothing', () => {
    let room = roomOf(2);
    for (const [at, setting] of [true, true, false, false].entries()) {
      const { state, effects } = lock(room, 1, setting, startMs);
      expect(effects).toEqual([{ type: 'publish', event: { type: 'lock', seq: 3 + at, locked: setting } }]);
      room = open(state);
      expect(room.locked).toBe(setting);
    }
  });

  test('RM-5 a lock outlives the owner, and an empty room', () => {
    expect(gone(gone(locked(roomOf(2)), 1), 2).locked).toBe(true);
  });
});

describe('remove', () => {
  test('RM-6 JN-9 the member is closed, the others see it leave, its tickets are void', () => {
    const { state, effects } = remove(roomOf(3), 1, 2, startMs);
    expect(effects).toEqual([
      { type: 'close', member: 2, as: 'removed' },
      { type: 'publish', event: { type: 'leave', seq: 4, member: 2, why: 'removed' } },
    ]);
    expect(open(state).tickets.map(({ hash }) => hash)).toEqual(['ticket-1', 'ticket-3']);
    expect(admit(locked(open(state)), claims({ shows: 'ticket-2' }))).toBe('locked');
  });

  test('JN-9 JN-7 removal voids the inherited tickets, too', () => {
    const back = open(joined(roomOf(2), { shows: 'ticket-2' }).state);
    const room = locked(open(remove(back, 1, 3, startMs).state));
    expect(room.tickets.map(({ hash }) => hash)).toEqual(['ticket-1']);
  });

  test('RM-6 removing a number that is not in the room does nothing', () => {
    const room = gone(roomOf(3), 2);
    for (const member of [2, 4, 99]) expect(remove(room, 1, member, startMs)).toEqual({ state: room, effects: [] });
  });

  test('RM-6 an owner may remove itself, and a removed person may join again while the room is not locked', () => {
    const { state } = remove(roomOf(1), 1, 1, startMs);
    expect(open(state).emptyAtMs).toBe(startMs + 5000);
    expect(admit(state, claims({ shows: 'ticket-1' }))).toBeNull();
  });
});

describe('purge', () => {
  test('RM-7 RM-10 the room is gone when it returns, whoever was in it', () => {
    expect(purge(locked(roomOf(3)), 1, startMs)).toEqual({
      state: { phase: 'ended' },
      effects: [{ type: 'end', why: 'purged' }],
    });
  });
});

describe('SK-15 JN-2 what only an owner may do, from another member, ends that one’s connection', () => {
  const attempts: readonly (readonly [string, (room: OpenRoom, by: number) => Transition])[] = [
    ['purge', (room, by) => purge(room, by, startMs)],
    ['lock', (room, by) => lock(room, by, true, startMs)],
    ['remove', (room, by) => remove(room, by, 1, startMs)],
  ];
  for (const [name, attempt] of attempts) {
    test(`SK-15 ${name}`, () => {
      const { state, effects } = attempt(roomOf(3), 2);
      expect(effects).toEqual([
        { type: 'close', member: 2, as: 'bad_message' },
        { type: 'publish', event: { type: 'leave', seq: 4, member: 2, why: 'lost' } },
      ]);
      expect(open(state)).toMatchObject({ locked: false, members: [{ member: 1 }, { member: 3 }] });
    });

    test(`RM-4 ${name} by one who is not in the room does nothing`, () => {
      const room = roomOf(2);
      expect(attempt(room, 7)).toEqual({ state: room, effects: [] });
    });
  }
});

describe('elapse', () => {
  test('RM-8 at its time a room expires, whoever is in it', () => {
    for (const room of [roomOf(0), roomOf(3), gone(roomOf(1), 1)]) {
      expect(elapse(room, grant.expiresAtMs)).toEqual({
        state: { phase: 'ended' },
        effects: [{ type: 'end', why: 'expired' }],
      });
    }
  });

  test('RM-9 at the end of its empty time a room ends', () => {
    const room = gone(roomOf(1), 1);
    expect(elapse(room, startMs + 5000)).toEqual({
      state: { phase: 'ended' },
      effects: [{ type: 'end', why: 'empty' }],
    });
  });

  test('RM-8 RM-9 too early nothing happens', () => {
    const empty = gone(roomOf(1), 1);
    expect(elapse(empty, startMs + 4999)).toEqual({ state: empty, effects: [] });
    const room = roomOf(2);
    expect(elapse(room, grant.expiresAtMs - 1)).toEqual({ state: room, effects: [] });
  });
});
