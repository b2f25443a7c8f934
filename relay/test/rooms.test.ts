import { describe, expect, test } from 'bun:test';
import { floorEffort, toBase64url } from '@pug/wire';
import { Counts } from '../src/counts.ts';
import type { PendingGrant } from '../src/pending.ts';
import { join, leave, type OpenRoom, purge, type RoomState } from '../src/room.ts';
import { type LiveRoom, type RoomLimits, Rooms } from '../src/rooms.ts';

const startMs = 1_700_000_000_000;
const limits: RoomLimits = { maxRooms: 2, maxPendingRooms: 3, pendingRoomMs: 120_000, emptyRoomMs: 5000 };

function idOf(number: number): string {
  return toBase64url(new Uint8Array(16).fill(number));
}

function grant(ttlSeconds = 3600): PendingGrant {
  const expiresAtMs = startMs + 1000 * ttlSeconds;
  return { expiresAtMs, ttlSeconds, capacity: 2, ownerKey: new Uint8Array(32).fill(7), solution: 5n };
}

function open(state: RoomState | undefined): OpenRoom {
  if (state?.phase !== 'open') throw new Error('the room has ended');
  return state;
}

/** Creates a room and lets its owner join. */
function joined(rooms: Rooms<string>, id: string, ttlSeconds?: number): LiveRoom<string> {
  rooms.create(id, grant(ttlSeconds), floorEffort, startMs);
  const room = rooms.enter(id, startMs);
  if (room === null) throw new Error('there is no such room');
  rooms.apply(room, join(open(room.state), { nowMs: startMs, claimsOwner: true, newTicketHash: 'ticket' }));
  return room;
}

describe('all rooms', () => {
  test('RM-1 a created room is found without members, whatever asks for it, until somebody joins', () => {
    const rooms = new Rooms<string>(limits, new Counts());
    expect(rooms.find(idOf(1), startMs)).toBeNull();
    expect(rooms.create(idOf(1), grant(), floorEffort, startMs)).toBe(true);
    expect(rooms.find(idOf(1), startMs)).toMatchObject({ members: [], grant: { ...grant(), emptyRoomMs: 5000 } });
    expect(rooms.counts).toEqual({ live: 0, pending: 1 });
  });

  test('RM-1 the first join makes it a live room, one for all who enter', () => {
    const rooms = new Rooms<string>(limits, new Counts());
    const room = joined(rooms, idOf(1));
    expect(rooms.counts).toEqual({ live: 1, pending: 0 });
    expect(rooms.enter(idOf(1), startMs)).toBe(room);
    expect(rooms.find(idOf(1), startMs)).toBe(open(room.state));
  });

  test('LM-1 PW-18 as many rooms wait as may: one more takes the place of one that cost no more', () => {
    const rooms = new Rooms<string>(limits, new Counts());
    const creates = (number: number, effort: number, nowMs = startMs) =>
      rooms.create(idOf(number), grant(), effort, nowMs);
    expect([1, 2, 3].map((number) => creates(number, 2 * floorEffort))).toEqual([true, true, true]);
    expect([rooms.occupancy, creates(4, floorEffort), creates(5, 2 * floorEffort)]).toEqual([1, false, true]);
    expect([1, 2, 3, 4, 5].map((number) => rooms.find(idOf(number), startMs) !== null)).toEqual([
      false,
      true,
      true,
      false,
      true,
    ]);
    // The places of those whose wait is over are free before the timer has come by.
    expect(creates(4, floorEffort, startMs + limits.pendingRoomMs)).toBe(true);
  });

  test('PW-16 places are scarce when rooms that live take them, with or without anybody in them', () => {
    const rooms = new Rooms<string>(limits, new Counts());
    joined(rooms, idOf(1));
    expect(rooms.occupancy).toBe(1 / limits.maxRooms);
    for (let number = 2; number <= limits.maxRooms; number++) joined(rooms, idOf(number));
    expect(rooms.occupancy).toBe(1);
  });

  test('LM-1 as many rooms live as may: one more is neither made nor entered', () => {
    const rooms = new Rooms<string>(limits, new Counts());
    rooms.create(idOf(3), grant(), floorEffort, startMs);
    const first = joined(rooms, idOf(1));
    joined(rooms, idOf(2));
    expect([rooms.create(idOf(4), grant(), floorEffort, startMs), rooms.enter(idOf(3), startMs)]).toEqual([
      false,
      null,
    ]);
    rooms.apply(first, purge(open(first.state), 1, startMs));
    expect(rooms.enter(idOf(3), startMs)).toMatchObject({ id: idOf(3) });
  });

  test('RM-7 RM-10 a purged room is unknown at once and has no deadline', () => {
    const rooms = new Rooms<string>(limits, new Counts());
    const room = joined(rooms, idOf(1));
    expect(rooms.apply(room, purge(open(room.state), 1, startMs))).toEqual([{ type: 'end', why: 'purged' }]);
    expect([rooms.find(idOf(1), startMs), rooms.nextMs(), rooms.counts]).toEqual([null, null, { live: 0, pending: 0 }]);
    expect(room.state).toEqual({ phase: 'ended' });
    expect(rooms.create(idOf(1), grant(), floorEffort, startMs)).toBe(true);
  });

  test('RM-8 RM-9 RM-1 each room ends at its own time', () => {
    const rooms = new Rooms<string>({ ...limits, maxRooms: 3 }, new Counts());
    const short = joined(rooms, idOf(1), 60);
    const empty = joined(rooms, idOf(2));
    rooms.create(idOf(3), grant(), floorEffort, startMs);
    rooms.apply(empty, leave(open(empty.state), 1, 'left', startMs));
    expect(rooms.nextMs()).toBe(startMs + 5000);
    expect([...rooms.elapse(startMs + 4999)]).toEqual([]);
    expect([...rooms.elapse(startMs + 5000)]).toEqual([[empty, [{ type: 'end', why: 'empty' }]]]);
    expect(rooms.nextMs()).toBe(startMs + 60_000);
    expect([...rooms.elapse(startMs + 60_000)]).toEqual([[short, [{ type: 'end', why: 'expired' }]]]);
    expect(rooms.nextMs()).toBe(startMs + 120_000);
    expect([...rooms.elapse(startMs + 120_000)]).toEqual([]);
    expect([rooms.counts, rooms.nextMs()]).toEqual([{ live: 0, pending: 0 }, null]);
  });

  test('RM-9 a join stops the wait of an empty room', () => {
    const rooms = new Rooms<string>(limits, new Counts());
    const room = joined(rooms, idOf(1));
    rooms.apply(room, leave(open(room.state), 1, 'lost', startMs));
    rooms.apply(room, join(open(room.state), { nowMs: startMs + 1000, claimsOwner: false, newTicketHash: 'second' }));
    expect([[...rooms.elapse(startMs + 5000)], rooms.nextMs()]).toEqual([[], startMs + 3_600_000]);
  });

  test('RM-8 a room whose time has come is unknown before it is ended, and its id is not given again', () => {
    const rooms = new Rooms<string>(limits, new Counts());
    joined(rooms, idOf(1), 60);
    expect(rooms.find(idOf(1), startMs + 60_000)).toBeNull();
    expect(rooms.create(idOf(1), grant(), floorEffort, startMs + 60_000)).toBe(false);
    expect([...rooms.elapse(startMs + 60_000)]).toHaveLength(1);
    expect(rooms.create(idOf(1), grant(), floorEffort, startMs + 60_000)).toBe(true);
  });

  test('RM-10 after 20,000 rooms of every fate nothing is left of any', () => {
    const rooms = new Rooms<string>({ ...limits, maxRooms: 20_000, maxPendingRooms: 20_000 }, new Counts());
    const id = (number: number) =>
      toBase64url(Uint8Array.from({ length: 16 }, (_, at) => (number >> (8 * (at % 4))) & 255));
    for (let number = 0; number < 20_000; number++) {
      if (number % 4 === 0) rooms.create(id(number), grant(), floorEffort, startMs);
      else {
        const room = joined(rooms, id(number), 60 + number);
        if (number % 4 === 1) rooms.apply(room, purge(open(room.state), 1, startMs));
        if (number % 4 === 2) rooms.apply(room, leave(open(room.state), 1, 'left', startMs));
      }
    }
    expect(rooms.counts).toEqual({ live: 10_000, pending: 5000 });
    let ended = 0;
    for (let atMs = rooms.nextMs(); atMs !== null; atMs = rooms.nextMs()) ended += [...rooms.elapse(atMs)].length;
    expect([ended, rooms.counts]).toEqual([10_000, { live: 0, pending: 0 }]);
  });
});
