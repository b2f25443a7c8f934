/** Rooms to begin a test with, and the moves that lead to them. */
import {
  create,
  type Effect,
  type Grant,
  type JoinClaims,
  join,
  leave,
  lock,
  type OpenRoom,
  type RoomState,
  type Transition,
} from '../src/room.ts';

export const startMs = 1_700_000_000_000;
export const grant: Grant = {
  expiresAtMs: startMs + 60_000,
  ttlSeconds: 60,
  capacity: 3,
  ownerKey: new Uint8Array(32),
  emptyRoomMs: 5000,
  solution: 1n,
};

export function open(state: RoomState): OpenRoom {
  if (state.phase !== 'open') throw new Error('the room has ended');
  return state;
}

interface Newcomer {
  readonly owner?: boolean;
  /** The ticket it shows. Each member's own is `ticket-<its number>`. */
  readonly shows?: string;
}

export function claims({ owner = false, shows }: Newcomer, nowMs = startMs): JoinClaims {
  return { nowMs, claimsOwner: owner, ...(shows !== undefined && { ticketHash: shows }) };
}

export function joined(room: OpenRoom, newcomer: Newcomer = {}): Transition {
  return join(room, { ...claims(newcomer), newTicketHash: `ticket-${room.lastMember + 1}` });
}

/** A room whose first member is its owner and where the others joined after. */
export function roomOf(members: number, changes: Partial<Grant> = {}): OpenRoom {
  let room = create({ ...grant, ...changes });
  for (let member = 1; member <= members; member++) room = open(joined(room, { owner: member === 1 }).state);
  return room;
}

export function locked(room: OpenRoom): OpenRoom {
  return open(lock(room, 1, true, startMs).state);
}

export function gone(room: OpenRoom, member: number): OpenRoom {
  return open(leave(room, member, 'lost', startMs).state);
}

export function typesOf(effects: readonly Effect[]): readonly string[] {
  return effects.map(({ type }) => type);
}
