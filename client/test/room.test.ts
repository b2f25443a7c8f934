import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { LeaveReason } from '@pug/wire';
import fc from 'fast-check';
import { counted, entered, follow, named, type Room, type RoomEvent, toRoomView, type Violation } from '../src/room.ts';
import {
  nextWish,
  noWishes,
  toWishesView,
  unasked,
  unfulfilled,
  wishLock,
  wishPurge,
  wishRemoval,
} from '../src/wishes.ts';
import { type Joined, joinedMessage } from './fake.ts';
import { patienceMs } from './waiting.ts';

setDefaultTimeout(patienceMs);

function roomOf(joined: Partial<Joined> = {}): Room {
  const room = entered(joinedMessage(joined), 1_000_000, null);
  if (typeof room === 'string') throw new Error(room);
  return room;
}

describe('what joined may say', () => {
  const absurd: [string, Partial<Joined>][] = [
    ['without oneself', { member: 3, members: [1, 2] }],
    ['nobody', { member: 3, members: [] }],
    ['more than the capacity', { member: 3, members: [1, 2, 3], capacity: 2 }],
    ['a later member than the newcomer', { member: 3, members: [1, 3, 4], seq: 9 }],
    ['fewer events than members', { member: 3, members: [1, 2, 3], seq: 2 }],
  ];
  test.each(absurd)('CL-10 SK-6 RM-2 a member list %s is refused', (_, joined) => {
    expect(entered(joinedMessage(joined), 0, null)).toBe('member_list');
  });

  test('SK-6 the end is on the local clock, whatever the relay says its own is, and never before now', () => {
    expect(roomOf({ now: 5, expiresAt: 60_005 }).expiresAtMs).toBe(1_060_000);
    expect(roomOf({ now: 9e15, expiresAt: 0 }).expiresAtMs).toBe(1_000_000);
  });

  test('RM-2 CL-8 names of members who are still there are kept, under numbers that are never used again', () => {
    const before = {
      ...roomOf(),
      members: new Map([
        [1, 'Ada'],
        [2, 'Me'],
      ]),
    };
    const room = entered(joinedMessage({ member: 5, members: [1, 4, 5], seq: 9 }), 0, before);
    expect(typeof room === 'string' ? room : [...room.members]).toEqual([
      [1, 'Ada'],
      [4, null],
      [5, null],
    ]);
  });
});

describe('what may come next', () => {
  const room = roomOf({ member: 4, members: [1, 3, 4], seq: 10, capacity: 4 });
  const wrong: [Violation, RoomEvent][] = [
    ['gap', { type: 'lock', seq: 12, locked: true }],
    ['gap', { type: 'lock', seq: 10, locked: true }],
    ['gap', { type: 'frame', seq: 4_294_967_295, member: 1 }],
    ['gap', { type: 'frame', seq: 0, member: 1 }],
    ['member_twice', { type: 'join', seq: 11, member: 3, owner: false }],
    ['member_twice', { type: 'join', seq: 11, member: 2, owner: false }],
    ['unknown_member', { type: 'leave', seq: 11, member: 2, why: 'left' }],
    ['unknown_member', { type: 'frame', seq: 11, member: 9 }],
    ['left_without_close', { type: 'leave', seq: 11, member: 4, why: 'lost' }],
  ];
  test.each(wrong)('CL-10 SK-9 RM-2 %s: %j', (violation, event) => {
    expect(follow(room, event)).toBe(violation);
  });

  test('CL-10 JN-6 more members than the capacity are refused', () => {
    const join = { type: 'join', owner: false } as const;
    const full = follow(room, { ...join, seq: 11, member: 5 });
    expect(typeof full === 'string' ? full : follow(full, { ...join, seq: 12, member: 6 })).toBe('over_capacity');
  });

  test('CL-10 SK-9 an honest relay is never refused, and whatever it leaves out is noticed at the next event', () => {
    const kinds = fc.array(fc.tuple(fc.constantFrom('join', 'leave', 'lock', 'frame'), fc.nat()), {
      maxLength: 60,
      size: 'max',
    });
    fc.assert(
      fc.property(kinds, fc.nat(), (choices, dropped) => {
        const events = honest(choices);
        expect(typeof followAll(start, events)).toBe('object');
        if (events.length < 2) return;
        const at = dropped % (events.length - 1);
        expect(
          followAll(
            start,
            events.filter((_, index) => index !== at),
          ),
        ).toBe('gap');
      }),
    );
  });

  test('CL-8 CL-10 a name that is known of somebody who has left does not bring it back', () => {
    expect([...named(room, 3, 'Ada').members]).toEqual([
      [1, null],
      [3, 'Ada'],
      [4, null],
    ]);
    expect(named(room, 2, 'Gone')).toBe(room);
  });

  test('CR-5 a counter is good once, and only upwards; a member that leaves is forgotten', () => {
    const said = counted(room, 3, 5);
    expect(said && [counted(said, 3, 5), counted(said, 3, 4)]).toEqual([null, null]);
    expect(said && counted(said, 1, 1)).not.toBeNull();
    const left = said && follow(said, { type: 'leave', seq: 11, member: 3, why: 'left' });
    expect(typeof left === 'object' && left?.counters.size).toBe(0);
  });
});

const start = roomOf({ member: 2, members: [1, 2], seq: 2, capacity: 65_535 });

function followAll(room: Room, events: readonly RoomEvent[]): Room | Violation {
  return events.reduce<Room | Violation>((now, event) => (typeof now === 'string' ? now : follow(now, event)), room);
}

/** The events of an honest relay that follow `start`. */
function honest(choices: readonly (readonly [string, number])[]): RoomEvent[] {
  const members = [1, 2];
  let newest = 2;
  const reasons: LeaveReason[] = ['left', 'lost', 'replaced', 'slow', 'removed', 'flood'];
  return choices.map(([kind, n], at): RoomEvent => {
    const seq = start.seq + 1 + at;
    const others = members.filter((member) => member !== 2);
    const other = others[n % Math.max(1, others.length)];
    if (kind === 'leave' && other !== undefined) {
      members.splice(members.indexOf(other), 1);
      return { type: 'leave', seq, member: other, why: reasons[n % reasons.length] ?? 'left' };
    }
    if (kind === 'join') {
      members.push(++newest);
      return { type: 'join', seq, member: newest, owner: n % 2 === 0 };
    }
    if (kind === 'frame') return { type: 'frame', seq, member: members[n % members.length] ?? 2 };
    return { type: 'lock', seq, locked: n % 2 === 0 };
  });
}

test('SK-6 JN-2 who holds the room is what the relay says of each, and nobody who is gone', () => {
  const events: RoomEvent[] = [
    { type: 'join', seq: 11, member: 5, owner: true },
    { type: 'join', seq: 12, member: 6, owner: false },
    { type: 'leave', seq: 13, member: 1, why: 'left' },
  ];
  const before = roomOf({ member: 4, members: [1, 3, 4], owners: [1, 3], seq: 10 });
  const room = followAll(before, events);
  if (typeof room === 'string') throw new Error(room);
  expect([...room.owners]).toEqual([3, 5]);
  const view = toRoomView(room, '', { people: new Map(), compared: null, wishes: toWishesView(noWishes, room) });
  expect(view.owner).toBe(false);
  expect(view.members.map(({ number, owner }) => [number, owner])).toEqual([
    [3, true],
    [4, false],
    [5, true],
    [6, false],
  ]);
});

describe('what an owner asks', () => {
  const mine = roomOf({ owners: [2] });

  test('RM-5 RM-6 RM-7 everything is asked once, what destroys first', () => {
    let wishes = wishLock(wishRemoval(wishPurge(noWishes), 1), true);
    const asked: unknown[] = [];
    for (let next = nextWish(wishes); next; next = nextWish(wishes)) {
      asked.push(next.message);
      wishes = next.after;
    }
    expect(asked).toEqual([{ type: 'purge' }, { type: 'remove', member: 1 }, { type: 'lock', locked: true }]);
    expect(nextWish(unasked(wishes))?.message).toEqual({ type: 'purge' });
  });

  test('RM-5 RM-6 a wish is kept until the room fulfils it', () => {
    const wishes = nextWish(wishLock(noWishes, true))?.after ?? noWishes;
    expect(unfulfilled(wishes, mine).lock).not.toBeNull();
    expect(unfulfilled(wishes, { ...mine, locked: true }).lock).toBeNull();
    const removal = wishRemoval(noWishes, 1);
    expect(unfulfilled(removal, mine).remove.size).toBe(1);
    expect(unfulfilled(removal, { ...mine, members: new Map([[2, null]]) }).remove.size).toBe(0);
  });

  test('RM-5 RM-6 RM-7 what is shown to wait is what is not done, also once it was sent', () => {
    const wishes = wishLock(wishRemoval(wishPurge(noWishes), 1), true);
    const shown = { purge: true, lock: true, remove: [1] };
    expect(toWishesView(wishes, mine)).toEqual(shown);
    expect(toWishesView(nextWish(wishes)?.after ?? noWishes, mine)).toEqual(shown);
    expect(toWishesView(wishLock(wishes, false), mine).lock).toBeNull();
  });

  test('RM-5 the last word about the lock counts', () => {
    const wishes = wishLock(wishLock(noWishes, true), false);
    expect(nextWish(wishes)?.message).toEqual({ type: 'lock', locked: false });
  });

  test('SK-15 who is no owner asks nothing', () => {
    expect(unfulfilled(wishPurge(noWishes), roomOf())).toEqual(noWishes);
  });
});
