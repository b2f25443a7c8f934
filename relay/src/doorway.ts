/** Where connections wait that have not joined (SK-4), and whether there is a place for them (LM-7, LM-8). */
import { randomBytes } from 'node:crypto';
import { type CloseName, encodeServerMessage, protocolVersion } from '@pug/wire';
import { fullAllowance, type Rates, spend } from './buckets.ts';
import type { Socket, Unjoined } from './connection.ts';
import type { Counts, LimitName } from './counts.ts';
import { newMembersShare, type Places } from './places.ts';
import type { Prefixes } from './prefixes.ts';
import type { JoinClaims, OpenRoom } from './room.ts';
import type { Streams } from './stream.ts';
import { isComingBack } from './tickets.ts';
import { inSlices } from './turns.ts';
import { Waiting } from './waiting.ts';

const nonceBytes = 32;

/** Shares of all sockets (LM-7, LM-8): how many may wait for their join, and up to where there is room for whom. */
const unjoinedShare = 0.1;
const newRoomsShare = 0.8;

/** What may wait in all behind joins that are not judged yet (SK-4). Clients have nothing to say before they have joined. */
const mostLaterBytes = 2 ** 24;

export interface DoorwayLimits extends Rates {
  readonly joinTimeoutMs: number;
  readonly maxSockets: number;
}

export class Doorway {
  readonly #limits: DoorwayLimits;
  readonly #streams: Streams;
  readonly #prefixes: Prefixes<Socket>;
  readonly #places: Places<Socket>;
  readonly #counts: Counts;
  readonly #unjoined: Waiting<Socket>;
  #laterBytes = 0;

  constructor(
    limits: DoorwayLimits,
    streams: Streams,
    prefixes: Prefixes<Socket>,
    places: Places<Socket>,
    counts: Counts,
  ) {
    this.#limits = limits;
    this.#streams = streams;
    this.#prefixes = prefixes;
    this.#places = places;
    this.#counts = counts;
    this.#unjoined = new Waiting(limits.joinTimeoutMs);
  }

  /** How many wait. */
  get size(): number {
    return this.#unjoined.size;
  }

  /** A connection has come: says hello (SK-3), or that there is no place. */
  opened(socket: Socket): void {
    this.#places.open.add(socket);
    const stage = socket.data;
    if (stage.name !== 'unjoined') return;
    const slowest = stage.place && this.#prefixes.enter(stage.place, socket);
    if (slowest !== null) this.turnAway(slowest, 'prefix');
    if (!this.#hasRoom()) {
      this.turnAway(socket, 'sockets');
      return;
    }
    this.#unjoined.add(socket, performance.now());
    socket.send(encodeServerMessage({ type: 'hello', nonce: stage.nonce, protocol: protocolVersion }));
  }

  /** A connection has ended, wherever it was. */
  closed(socket: Socket): void {
    this.#places.open.delete(socket);
  }

  /** It has joined, or will not any more. */
  leave(socket: Socket, { place }: Unjoined): void {
    this.#unjoined.delete(socket);
    if (place !== null) this.#prefixes.leave(place, socket);
  }

  /** Ends those that took too long (SK-4). */
  expire(): void {
    inSlices(this.#unjoined.expire(performance.now()), (socket) => this.refuse(socket, 'join_timeout'));
  }

  /** Keeps what comes behind a join that waits to be judged. */
  keep(socket: Socket, stage: Unjoined, later: (string | Uint8Array)[], data: string | Uint8Array): void {
    const isWithinRates = spend(stage, this.#limits, data.length, performance.now());
    if (isWithinRates && this.#laterBytes + data.length <= mostLaterBytes) {
      this.#laterBytes += data.length;
      later.push(data);
    } else this.turnAway(socket, 'rate', 'flooding');
  }

  /** What was kept is about to be heard, or dropped. */
  release(later: readonly (string | Uint8Array)[]): void {
    for (const { length } of later) this.#laterBytes -= length;
  }

  /** Whether a proven join may take a seat now: the last places are for rooms that live, the very last for members who come back (LM-8). */
  hasSeat(room: OpenRoom, { ticketHash, nowMs: now }: JoinClaims): boolean {
    const taken = this.#places.taken(performance.now());
    const isBack = isComingBack(room.tickets, ticketHash, now);
    const hasSeat = isBack || taken <= (room.lastMember === 0 ? newRoomsShare : newMembersShare);
    if (!hasSeat) this.#counts.refusals.sockets++;
    return hasSeat;
  }

  /** Ends a connection that has not joined. */
  refuse(socket: Socket, as: CloseName): void {
    const stage = socket.data;
    this.#streams.close(socket, as);
    if (stage.name === 'unjoined') this.leave(socket, stage);
  }

  /** There is no place for it, or none any more. */
  turnAway(socket: Socket, limit: LimitName, as: CloseName = 'overloaded'): void {
    this.#counts.refusals[limit]++;
    this.refuse(socket, as);
  }

  /** Makes room for one more, at the cost of the one that takes longest (LM-7). @returns whether there is room */
  #hasRoom(): boolean {
    const isFull = this.#places.taken(performance.now()) > 1;
    if (!isFull && this.#unjoined.size < Math.ceil(this.#limits.maxSockets * unjoinedShare)) return true;
    const slowest = this.#unjoined.first();
    if (slowest !== null) this.turnAway(slowest, 'sockets');
    return slowest !== null;
  }
}

/** What a connection is before it has said anything. */
export function unjoined(place: Unjoined['place'], rates: Rates): Unjoined {
  const { messages, bytes, atMs } = fullAllowance(rates, performance.now());
  return {
    name: 'unjoined',
    nonce: new Uint8Array(randomBytes(nonceBytes)),
    place,
    later: null,
    messages,
    bytes,
    atMs,
  };
}
