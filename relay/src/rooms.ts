/** Every room of this relay: those that wait for their first member, those that live, and the deadlines of both. */
import { fromBase64url, roomIdBytes } from '@pug/wire';
import type { Counts } from './counts.ts';
import { Deadlines } from './deadlines.ts';
import { Pending, type PendingGrant } from './pending.ts';
import { create, type Effect, elapse, isOver, type OpenRoom, type RoomState, type Transition } from './room.ts';
import { Seats } from './seats.ts';

export interface RoomLimits {
  readonly maxRooms: number;
  readonly maxPendingRooms: number;
  readonly pendingRoomMs: number;
  readonly emptyRoomMs: number;
}

/** A room that somebody joined. `Seat` is what the server keeps for each member: its connection. */
export interface LiveRoom<Seat> {
  /** 22 base64url characters. */
  readonly id: string;
  readonly seats: Seats<Seat>;
  state: RoomState;
  /** Bytes sent to the room since the server last looked at its members' queues (LM-3). */
  unlookedBytes: number;
  /** Its place among the deadlines. */
  readonly slot: number;
}

export class Rooms<Seat> {
  readonly #limits: RoomLimits;
  readonly #counts: Counts;
  readonly #pending: Pending;
  readonly #live = new Map<string, LiveRoom<Seat>>();
  readonly #deadlines: Deadlines;
  /** The live rooms by the slots of their deadlines. */
  readonly #bySlot: (LiveRoom<Seat> | undefined)[] = [];

  constructor(limits: RoomLimits, counts: Counts) {
    this.#limits = limits;
    this.#counts = counts;
    this.#pending = new Pending(limits.maxPendingRooms, limits.pendingRoomMs);
    this.#deadlines = new Deadlines(limits.maxRooms);
  }

  /** How many rooms there are, for the log and the metrics. */
  get counts(): { readonly live: number; readonly pending: number } {
    return { live: this.#live.size, pending: this.#pending.size };
  }

  /** The share of the places that are taken, 0 … 1: of those for rooms that nobody has joined, or of those for the others where it is larger. */
  get occupancy(): number {
    const { maxPendingRooms, maxRooms } = this.#limits;
    return Math.max(this.#pending.size / maxPendingRooms, this.#live.size / maxRooms);
  }

  /** The state of the room with this id, or null when it is unknown. A room that nobody has joined has no members. */
  find(id: string, nowMs: number): OpenRoom | null {
    const room = this.#live.get(id);
    if (room !== undefined) return room.state.phase === 'open' && !isOver(room.state, nowMs) ? room.state : null;
    const grant = this.#pending.find(bytesOf(id), nowMs);
    return grant && create({ ...grant, emptyRoomMs: this.#limits.emptyRoomMs });
  }

  /**
   * Makes a room that waits for its first member. The id must be one that `find` does not know.
   * @param effort the iterations that were paid for it: where there is no place, it takes that of one that cost no more (RM-1, PW-18)
   * @returns whether there was a place for it: otherwise the answer is `busy`
   */
  create(id: string, grant: PendingGrant, effort: number, nowMs: number): boolean {
    this.#pending.expire(nowMs);
    // The id is still there only when its room is over and about to be ended by the timer.
    if (this.#live.has(id)) return false;
    if (this.#live.size >= this.#limits.maxRooms) return this.#refuse('rooms');
    return this.#pending.add(bytesOf(id), grant, effort) || this.#refuse('pending_rooms');
  }

  /**
   * The room with this id as a live one, which the first join makes of it (RM-1): whoever calls this joins in the same step.
   * @returns null when there is no such room, or as many live rooms as there may be (1013)
   */
  enter(id: string, nowMs: number): LiveRoom<Seat> | null {
    const live = this.#live.get(id);
    if (live !== undefined) return live;
    const state = this.find(id, nowMs);
    if (state === null) return null;
    if (this.#live.size >= this.#limits.maxRooms) {
      this.#refuse('rooms');
      return null;
    }
    this.#pending.remove(bytesOf(id));
    const slot = this.#deadlines.add(state.grant.expiresAtMs);
    const room: LiveRoom<Seat> = { id, seats: new Seats(), state, unlookedBytes: 0, slot };
    this.#live.set(id, room);
    this.#bySlot[slot] = room;
    return room;
  }

  /**
   * Moves a room to its next state and does what that means for its deadline and its id.
   * @returns all effects; those that concern connections are left to the caller
   */
  apply(room: LiveRoom<Seat>, { state, effects }: Transition): readonly Effect[] {
    room.state = state;
    for (const effect of effects) {
      if (effect.type === 'deadline') this.#deadlines.move(room.slot, effect.atMs);
      if (effect.type === 'end') this.#forget(room);
    }
    return effects;
  }

  /** When `elapse` has something to do, or null while there are no rooms. */
  nextMs(): number | null {
    const [live, pending] = [this.#deadlines.nextMs(), this.#pending.nextMs()];
    return live === null || pending === null ? (live ?? pending) : Math.min(live, pending);
  }

  /** Ends the rooms whose time has come, one for each step. @yields the live ones among them, for their connections to be closed */
  *elapse(nowMs: number): Generator<readonly [LiveRoom<Seat>, readonly Effect[]]> {
    this.#pending.expire(nowMs);
    for (let slot = this.#deadlines.due(nowMs); slot !== null; slot = this.#deadlines.due(nowMs)) {
      const room = this.#bySlot[slot];
      if (room?.state.phase !== 'open') throw new Error('a deadline has no room');
      yield [room, this.apply(room, elapse(room.state, nowMs))];
    }
  }

  #refuse(limit: 'rooms' | 'pending_rooms'): false {
    this.#counts.refusals[limit]++;
    return false;
  }

  #forget(room: LiveRoom<Seat>): void {
    this.#live.delete(room.id);
    this.#bySlot[room.slot] = undefined;
    this.#deadlines.remove(room.slot);
  }
}

function bytesOf(id: string): Uint8Array {
  const bytes = fromBase64url(id, roomIdBytes);
  if (bytes === null) throw new Error('a room id is not 16 bytes');
  return bytes;
}
