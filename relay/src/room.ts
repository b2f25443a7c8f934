/**
 * The room as a pure state machine (spec/room.md): each event is a function from a state to the next one and the effects to carry
 * out, in order. No clock, no socket, no payload: times come in as arguments, effects go out as data.
 */
import type { LeaveReason, ServerMessage } from '@pug/wire';
import { afterJoin, afterLeave, memberOf, ofListed, type Tickets } from './tickets.ts';

/** What creation granted (HT-5); it never changes. Times are milliseconds, `ownerKey` is 32 bytes. */
export interface Grant {
  readonly expiresAtMs: number;
  readonly ttlSeconds: number;
  readonly capacity: number;
  readonly ownerKey: Uint8Array;
  /** How long the room outlives its last member; 0 is not at all (RM-9). */
  readonly emptyRoomMs: number;
  /** The key under which the solution that made this room is remembered (HT-6, PW-10). */
  readonly solution: bigint;
}

export interface OpenRoom {
  readonly phase: 'open';
  readonly grant: Grant;
  /** The number of the last event (SK-9). */
  readonly seq: number;
  /** The highest member number given so far (RM-2). */
  readonly lastMember: number;
  /** The numbers of those who are in, ascending. */
  readonly members: readonly number[];
  /** Those among them who are owners, ascending. */
  readonly owners: readonly number[];
  readonly tickets: Tickets;
  readonly locked: boolean;
  /** When the room ends unless somebody joins (RM-9), or null while it has members or has had none. */
  readonly emptyAtMs: number | null;
}

/** All that is left of a room that ended: nothing (RM-10). */
export interface EndedRoom {
  readonly phase: 'ended';
}

export type RoomState = OpenRoom | EndedRoom;

/** The events that every member receives (SK-9), besides frames. */
export type RoomEvent = Extract<ServerMessage, { type: 'join' | 'leave' | 'lock' }>;

/** What a new member is told (SK-6), without the ticket: the room knows only its hash. */
export type Welcome = Omit<Extract<ServerMessage, { type: 'joined' }>, 'ticket'>;

export type EndReason = 'purged' | 'expired' | 'empty';

/** What to do, in the order given. */
export type Effect =
  /** The member is out: close its connection. `replaced` is code 1000, the others are SK-12's. */
  | { readonly type: 'close'; readonly member: number; readonly as: 'replaced' | 'removed' | 'bad_message' }
  /** To everybody who is in at this point: those closed before no longer are, one who is welcomed after is not yet. */
  | { readonly type: 'publish'; readonly event: RoomEvent }
  /** To the new member alone, which from here on receives what is published. */
  | { readonly type: 'welcome'; readonly joined: Welcome }
  /** The room's one deadline moved: call `elapse` then. */
  | { readonly type: 'deadline'; readonly atMs: number }
  /** Close every connection with this code (`empty` has none left), then forget the room and its id. The last effect there is. */
  | { readonly type: 'end'; readonly why: EndReason };

export interface Transition {
  readonly state: RoomState;
  readonly effects: readonly Effect[];
}

export type Refusal = 'not_found' | 'locked' | 'full';

export interface JoinClaims {
  readonly nowMs: number;
  /** SHA-256 of the ticket that was shown, as in `Ticket`. */
  readonly ticketHash?: string;
  /** Whether the join carries an owner proof, verified or not yet. */
  readonly claimsOwner: boolean;
}

export interface Join extends JoinClaims {
  /** SHA-256 of the ticket that the new member gets, as in `Ticket`. */
  readonly newTicketHash: string;
}

const ended: EndedRoom = { phase: 'ended' };

/** A room as it is created: nobody in it, no event yet. */
export function create(grant: Grant): OpenRoom {
  const nobody = { seq: 0, lastMember: 0, members: [], owners: [], tickets: [] };
  return { phase: 'open', grant, ...nobody, locked: false, emptyAtMs: null };
}

/** Whether the room's time has come (RM-8, RM-9): from then on it is unknown, even before `elapse` has ended it. */
export function isOver({ grant, emptyAtMs }: OpenRoom, nowMs: number): boolean {
  return nowMs >= grant.expiresAtMs || (emptyAtMs !== null && nowMs >= emptyAtMs);
}

/**
 * Judges what can be judged of a join before its proof, in the order of JN-4. Changes nothing (JN-5).
 * @returns null when only the proof is left to verify
 */
export function admit(room: RoomState | null, { nowMs, ticketHash, claimsOwner }: JoinClaims): Refusal | null {
  if (room === null || room.phase === 'ended' || isOver(room, nowMs)) return 'not_found';
  const past = memberOf(room.tickets, ticketHash);
  if (room.locked && past === null && !claimsOwner) return 'locked';
  const freed = past !== null && isMember(room, past) ? 1 : 0;
  return room.members.length - freed >= room.grant.capacity ? 'full' : null;
}

/**
 * A join whose proofs have verified; `claimsOwner` is now a fact. If its ticket's member is still listed, that one leaves first (JN-7).
 * @throws when `admit` would refuse it: to ask and to join are one step (JN-6)
 */
export function join(room: OpenRoom, request: Join): Transition {
  const refusal = admit(room, request);
  if (refusal !== null) throw new Error(`a join was not admitted: ${refusal}`);
  const past = memberOf(room.tickets, request.ticketHash);
  const before = past === null ? { room, effects: [] } : drop(room, past, 'replaced', request.nowMs);
  const seq = before.room.seq + 1;
  const member = room.lastMember + 1;
  const owner = request.claimsOwner;
  const members = [...before.room.members, member];
  const owners = owner ? [...before.room.owners, member] : before.room.owners;
  const tickets = afterJoin(room.tickets, { hash: request.newTicketHash, member }, past, room.grant.capacity);
  const state: OpenRoom = { ...before.room, seq, lastMember: member, members, owners, tickets, emptyAtMs: null };
  return {
    state,
    effects: [
      ...before.effects,
      { type: 'publish', event: { type: 'join', seq, member, owner } },
      { type: 'welcome', joined: welcome(state, request.nowMs) },
      ...(room.members.length === 0 ? [deadlineOf(state)] : []),
    ],
  };
}

/**
 * A frame to everybody (RM-3): the one effect is to send it to all members under the number `seq` of the returned room. Every message
 * of every room comes through here, so the new state is all that is allocated.
 * @returns null when `from` is not in the room
 */
export function frame(room: OpenRoom, from: number): OpenRoom | null {
  if (!isMember(room, from)) return null;
  const { phase, grant, seq, lastMember, members, owners, tickets, locked, emptyAtMs } = room;
  return { phase, grant, seq: seq + 1, lastMember, members, owners, tickets, locked, emptyAtMs };
}

/** Whether a directed frame is delivered (SK-10): both ends are in the room. It changes nothing. */
export function directs(room: OpenRoom, from: number, to: number): boolean {
  return isMember(room, from) && isMember(room, to);
}

/** A member's connection has ended, or the caller is closing it. One that already left is not there to leave again (RM-4). */
export function leave(room: OpenRoom, member: number, why: LeaveReason, nowMs: number): Transition {
  const after = drop(room, member, why, nowMs);
  return after.room === room ? { state: room, effects: [] } : settle(after, nowMs);
}

/** `by` locks or unlocks the room (RM-5). */
export function lock(room: OpenRoom, by: number, locked: boolean, nowMs: number): Transition {
  if (!isOwner(room, by)) return refuse(room, by, nowMs);
  const seq = room.seq + 1;
  return { state: { ...room, seq, locked }, effects: [{ type: 'publish', event: { type: 'lock', seq, locked } }] };
}

/** `by` removes a member, which voids its tickets and those of all who are not in (RM-6, JN-9). */
export function remove(room: OpenRoom, by: number, member: number, nowMs: number): Transition {
  if (!isOwner(room, by)) return refuse(room, by, nowMs);
  const after = drop(room, member, 'removed', nowMs);
  if (after.room === room) return { state: room, effects: [] };
  return settle({ ...after, room: { ...after.room, tickets: ofListed(after.room.tickets) } }, nowMs);
}

/** `by` ends the room (RM-7). */
export function purge(room: OpenRoom, by: number, nowMs: number): Transition {
  return isOwner(room, by) ? end('purged') : refuse(room, by, nowMs);
}

/** Time has passed: the room expires (RM-8), or ends because it stayed empty (RM-9), or it is too early for either. */
export function elapse(room: OpenRoom, nowMs: number): Transition {
  if (nowMs >= room.grant.expiresAtMs) return end('expired');
  return room.emptyAtMs !== null && nowMs >= room.emptyAtMs ? end('empty') : { state: room, effects: [] };
}

function isMember(room: OpenRoom, member: number): boolean {
  return room.members.includes(member);
}

function without(members: readonly number[], member: number): readonly number[] {
  return members.filter((other) => other !== member);
}

function isOwner(room: OpenRoom, member: number): boolean {
  return room.owners.includes(member);
}

function welcome({ grant, seq, lastMember, members, owners, locked }: OpenRoom, nowMs: number): Welcome {
  return {
    type: 'joined',
    member: lastMember,
    members,
    seq,
    now: nowMs,
    expiresAt: grant.expiresAtMs,
    capacity: grant.capacity,
    locked,
    owners,
  };
}

/** An open room and what led to it. */
interface Step {
  readonly room: OpenRoom;
  readonly effects: readonly Effect[];
}

/** The room without the member, and what tells so; the very same room when the member is not in it. */
function drop(room: OpenRoom, member: number, why: LeaveReason, nowMs: number): Step {
  if (!isMember(room, member)) return { room, effects: [] };
  const members = without(room.members, member);
  const owners = isOwner(room, member) ? without(room.owners, member) : room.owners;
  const seq = room.seq + 1;
  const event: Effect = { type: 'publish', event: { type: 'leave', seq, member, why } };
  // For every other reason the connection has ended, or whoever reports it ends it.
  const closes = why === 'replaced' || why === 'removed';
  return {
    room: { ...room, seq, members, owners, tickets: afterLeave(room.tickets, member, nowMs) },
    effects: closes ? [{ type: 'close', member, as: why }, event] : [event],
  };
}

/** What only an owner may do, from a member that is not one, ends that member's connection (SK-15). */
function refuse(room: OpenRoom, by: number, nowMs: number): Transition {
  const { room: rest, effects } = drop(room, by, 'lost', nowMs);
  if (rest === room) return { state: room, effects };
  return settle({ room: rest, effects: [{ type: 'close', member: by, as: 'bad_message' }, ...effects] }, nowMs);
}

/** Starts the room's last wait when nobody is left in it (RM-9). */
function settle({ room, effects }: Step, nowMs: number): Transition {
  if (room.members.length > 0) return { state: room, effects };
  if (room.grant.emptyRoomMs === 0) {
    // Nobody is left to hear of it, but whoever was put out is still connected.
    const closes = effects.filter(({ type }) => type === 'close');
    return { state: ended, effects: [...closes, ...end('empty').effects] };
  }
  const state: OpenRoom = { ...room, emptyAtMs: nowMs + room.grant.emptyRoomMs };
  return { state, effects: [...effects, deadlineOf(state)] };
}

function deadlineOf({ grant, emptyAtMs }: OpenRoom): Effect {
  return { type: 'deadline', atMs: Math.min(grant.expiresAtMs, emptyAtMs ?? grant.expiresAtMs) };
}

function end(why: EndReason): Transition {
  return { state: ended, effects: [{ type: 'end', why }] };
}
