import { describe, expect, test } from 'bun:test';
import {
  admit,
  create,
  directs,
  elapse,
  frame,
  leave,
  lock,
  type OpenRoom,
  purge,
  remove,
  type Transition,
} from '../src/room.ts';
import { claims, gone, grant, joined, locked, open, roomOf, startMs } from './room-moves.ts';

describe('create', () => {
  test('RM-1 SK-9 a new room has nobody in it and no event behind it', () => {
    expect(create(grant)).toEqual({
      phase: 'open',
      grant,
      seq: 0,
      lastMember: 0,
      members: [],
      owners: [],
      tickets: [],
      locked: false,
      emptyAtMs: null,
    });
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

  test('RM-6 RM-9 SK-15 0 closes whoever was the last and is put out', () => {
    const last = roomOf(1, { emptyRoomMs: 0 });
    const guest = gone(roomOf(2, { emptyRoomMs: 0 }), 1);
    for (const [{ state, effects }, close] of [
      [remove(last, 1, 1, startMs), { type: 'close', member: 1, as: 'removed' }],
      [lock(guest, 2, true, startMs), { type: 'close', member: 2, as: 'bad_message' }],
    ] as const) {
      expect(state).toEqual({ phase: 'ended' });
      expect(effects).toEqual([close, { type: 'end', why: 'empty' }]);
    }
  });

  test('RM-9 0 does not end the room of one who is replaced', () => {
    const { state } = joined(roomOf(1, { emptyRoomMs: 0, capacity: 1 }), { shows: 'ticket-1' });
    expect(open(state).members).toEqual([2]);
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

  test('JN-9 RM-6 whoever was in twice does not pass the lock by the other ticket; who is in keeps theirs', () => {
    const twice = open(joined(gone(roomOf(2), 2)).state);
    const room = locked(open(remove(twice, 1, 3, startMs).state));
    const refusals = ['ticket-2', 'ticket-3', 'ticket-1'].map((shows) => admit(room, claims({ shows })));
    expect(refusals).toEqual(['locked', 'locked', null]);
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
      expect(open(state)).toMatchObject({ locked: false, members: [1, 3] });
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
