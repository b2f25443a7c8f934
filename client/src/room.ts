/**
 * The room as its events tell it. Pure: `(room, event) → room`, or the rule that the relay broke: then the connection is dropped and
 * joined again (CL-10), for whatever follows cannot be trusted to be whole.
 */
import { accept, type Counters, forget, noCounters } from '@pug/core';
import type { ServerMessage } from '@pug/wire';
import type { Comparison, MemberView, RoomView, WishesView } from './api.ts';
import type { Person } from './circle.ts';

export type Joined = Extract<ServerMessage, { type: 'joined' }>;
/** An event that takes the next number of the room's one stream (SK-9). */
export type RoomEvent =
  | Extract<ServerMessage, { type: 'join' | 'leave' | 'lock' }>
  | { readonly type: 'frame'; readonly seq: number; readonly member: number };

/** What an honest relay never does. */
export type Violation =
  | 'member_list'
  | 'gap'
  | 'member_twice'
  | 'over_capacity'
  | 'unknown_member'
  | 'left_without_close'
  | 'false_echo';

export interface Room {
  readonly self: number;
  /** Numbers and names, in the order of joining. */
  readonly members: ReadonlyMap<number, string | null>;
  /** The highest number seen: a new member's is higher (RM-2). */
  readonly highest: number;
  /** The number of the last event (SK-9). */
  readonly seq: number;
  readonly counters: Counters;
  /** The members that proved to be owners (JN-2). */
  readonly owners: ReadonlySet<number>;
  readonly locked: boolean;
  readonly expiresAtMs: number;
  readonly capacity: number;
  readonly closingAtMs: number | null;
}

/** The room that a `joined` describes. Names of members who were there `before`, under numbers that are never used again, are kept. */
export function entered(joined: Joined, nowMs: number, before: Room | null): Room | Violation {
  const { member, members, seq, capacity, locked, owners } = joined;
  if (!members.includes(member) || members.length > capacity) return 'member_list';
  // The newest number is the newcomer's own, and each joined with an event of its own.
  if (members.at(-1) !== member || seq < members.length) return 'member_list';
  return {
    self: member,
    members: new Map(members.map((number) => [number, before?.members.get(number) ?? null])),
    highest: member,
    seq,
    counters: noCounters,
    owners: new Set(owners),
    locked,
    expiresAtMs: nowMs + Math.max(0, joined.expiresAt - joined.now),
    capacity,
    closingAtMs: null,
  };
}

/** The room after the next event of its stream. */
export function follow(room: Room, event: RoomEvent): Room | Violation {
  if (event.seq !== room.seq + 1) return 'gap';
  const next = { ...room, seq: event.seq };
  switch (event.type) {
    case 'join':
      return withMember(next, event.member, event.owner);
    case 'leave':
      return withoutMember(next, event.member);
    case 'lock':
      return { ...next, locked: event.locked };
    case 'frame':
      return room.members.has(event.member) ? next : 'unknown_member';
  }
}

/** The room after a frame's counter, or null when it was seen before: a replay (CR-5). */
export function counted(room: Room, member: number, counter: number): Room | null {
  const counters = accept(room.counters, member, counter);
  return counters && { ...room, counters };
}

/** The room after a member said its name, or is somebody who said none; one that has left, and may not be out of the circle yet, is not back for it. */
export function named(room: Room, member: number, name: string | null): Room {
  if (!room.members.has(member)) return room;
  return { ...room, members: new Map(room.members).set(member, name) };
}

/** What the circle and this owner's wishes add to the room. */
export interface Additions {
  readonly people: ReadonlyMap<number, Person>;
  readonly compared: Comparison | null;
  readonly wishes: WishesView;
}

/** The room as it is shown. The own name is shown at once, before its echo; a name that was not said is the one its key gives. */
export function toRoomView(room: Room, ownName: string, { people, ...added }: Additions): RoomView {
  const members = Array.from(room.members, ([number, name]): MemberView => {
    const self = number === room.self;
    const person = people.get(number);
    const shown = self && ownName !== '' ? ownName : (name ?? person?.name ?? null);
    const owner = room.owners.has(number);
    return { number, name: shown, tag: person?.tag ?? null, self, owner, admitted: person !== undefined };
  });
  const { self, locked, expiresAtMs, capacity, closingAtMs } = room;
  const owner = isOwner(room);
  return { self, members, owner, locked, expiresAtMs, capacity, closingAtMs, admitted: people.has(self), ...added };
}

/** Whether this client may do what only an owner may (SK-15). */
export function isOwner({ owners, self }: Room): boolean {
  return owners.has(self);
}

function withMember(room: Room, member: number, owner: boolean): Room | Violation {
  if (member <= room.highest) return 'member_twice';
  if (room.members.size >= room.capacity) return 'over_capacity';
  const owners = owner ? new Set(room.owners).add(member) : room.owners;
  return { ...room, members: new Map(room.members).set(member, null), owners, highest: member };
}

function withoutMember(room: Room, member: number): Room | Violation {
  if (!room.members.has(member)) return 'unknown_member';
  if (member === room.self) return 'left_without_close';
  const members = new Map(room.members);
  members.delete(member);
  const owners = new Set(room.owners);
  owners.delete(member);
  return { ...room, members, owners, counters: forget(room.counters, member) };
}
