/** The socket side: what a connection may say, when, and what becomes of it (spec/socket.md, spec/join.md). */
import { createHash, randomBytes } from 'node:crypto';
import {
  type ClientMessage,
  type CloseName,
  clientHeaderBytes,
  decodeClientMessage,
  encodeServerMessage,
  type LeaveReason,
  readU32,
} from '@pug/wire';
import { fullAllowance, type Rates, spend } from './buckets.ts';
import { nowMs } from './clock.ts';
import { gone, type Seated, type Socket, type Unjoined } from './connection.ts';
import type { Counts } from './counts.ts';
import type { Doorway } from './doorway.ts';
import { isProven, type JoinMessage } from './proof.ts';
import {
  admit,
  directs,
  frame,
  type JoinClaims,
  join,
  leave,
  lock,
  type OpenRoom,
  purge,
  remove,
  type Transition,
} from './room.ts';
import type { LiveRoom, Rooms } from './rooms.ts';
import type { Streams } from './stream.ts';
import { inSlices, type Turns } from './turns.ts';

const ticketBytes = 16;
const normalClosure = 1000;

export interface SocketLimits extends Rates {
  readonly maxPayloadBytes: number;
}

export class Sockets {
  readonly #limits: SocketLimits;
  readonly #rooms: Rooms<Socket>;
  readonly #streams: Streams;
  readonly #counts: Counts;
  readonly #turns: Turns;
  readonly #doorway: Doorway;

  constructor(
    limits: SocketLimits,
    rooms: Rooms<Socket>,
    streams: Streams,
    doorway: Doorway,
    counts: Counts,
    turns: Turns,
  ) {
    this.#limits = limits;
    this.#rooms = rooms;
    this.#streams = streams;
    this.#counts = counts;
    this.#turns = turns;
    this.#doorway = doorway;
  }

  /** Text is a control message, bytes are a frame (SK-2). */
  received(socket: Socket, data: string | Uint8Array): void {
    const stage = socket.data;
    if (stage.name === 'seated') this.#fromMember(socket, stage, data);
    else if (stage.name === 'unjoined') this.#fromNewcomer(socket, stage, data);
  }

  /** A WebSocket ping or pong. The runtime answers; here it counts as a message, or pings would be the one flood without a bound (LM-2). */
  beat(socket: Socket, data: Uint8Array): void {
    const stage = socket.data;
    if (stage.name === 'gone') return;
    const isWithinRates = spend(stage, this.#limits, data.length, performance.now());
    if (stage.name === 'seated') {
      if (isWithinRates) this.#streams.lookAt(socket, stage);
      else this.#expel(socket, stage, 'flooding');
    } else if (!isWithinRates) this.#doorway.turnAway(socket, 'rate', 'flooding');
  }

  /** A member has read what waited for it, or some of that: if its connection breaks now, it may not have been slow (RM-4). */
  drained(socket: Socket): void {
    if (socket.data.name === 'seated') this.#streams.lookAt(socket, socket.data);
  }

  /** A connection that came through the doorway has ended, by whomever. */
  closed(socket: Socket, code: number): void {
    this.#doorway.closed(socket);
    this.#streams.forget(socket);
    const stage = socket.data;
    if (stage.name === 'gone') return;
    const isSlow = stage.name === 'seated' && this.#streams.wasSlow(stage);
    const why = code === normalClosure ? 'left' : isSlow ? 'slow' : 'lost';
    if (why === 'slow') this.#counts.refusals.queue++;
    this.#counts.ended(stage.name, why === 'slow' ? 'too_slow' : why);
    socket.data = gone;
    if (stage.name === 'unjoined') this.#doorway.leave(socket, stage);
    else this.#leave(stage, why);
  }

  /** Does what time asks for: join time-outs (SK-4), expired and empty rooms (RM-8, RM-9). */
  elapse(): void {
    this.#doorway.expire();
    inSlices(this.#rooms.elapse(nowMs()), ([room, effects]) => this.#streams.carryOut(room, effects));
  }

  #fromNewcomer(socket: Socket, stage: Unjoined, data: string | Uint8Array): void {
    if (stage.later !== null) {
      this.#doorway.keep(socket, stage, stage.later, data);
      return;
    }
    const message = typeof data === 'string' ? decodeClientMessage(data) : null;
    if (message?.type === 'join') this.#judgeInTurn(socket, stage, message);
    else this.#doorway.refuse(socket, 'bad_message');
  }

  #judgeInTurn(socket: Socket, stage: Unjoined, message: JoinMessage): void {
    const later: (string | Uint8Array)[] = [];
    stage.later = later;
    this.#turns.take(() => {
      this.#doorway.release(later);
      if (socket.data !== stage) return; // It has ended while it waited.
      const refusal = this.#join(socket, stage, message);
      if (refusal !== null) this.#doorway.refuse(socket, refusal);
      for (const data of later) this.received(socket, data);
    });
  }

  /** The join in the order of JN-4. All of it is one step of the event loop, so nothing comes between asking and joining (JN-6). */
  #join(socket: Socket, stage: Unjoined, message: JoinMessage): CloseName | null {
    const now = nowMs();
    const claims = claimsOf(message, now);
    const known = this.#rooms.find(message.room, now);
    const refusal = admit(known, claims);
    if (refusal !== null || known === null) return refusal ?? 'not_found';
    if (!isProven(message, known.grant.ownerKey, stage.nonce)) return 'proof_rejected';
    const room = this.#doorway.hasSeat(known, claims) ? this.#rooms.enter(message.room, now) : null;
    if (room === null) return 'overloaded';
    const ticket = new Uint8Array(randomBytes(ticketBytes));
    const transition = join(stateOf(room), { ...claims, newTicketHash: hashOf(ticket) });
    this.#doorway.leave(socket, stage);
    const seat = (member: number) => seated(room, member, this.#limits);
    this.#streams.carryOut(room, this.#rooms.apply(room, transition), { socket, ticket, seat });
    return null;
  }

  #fromMember(socket: Socket, stage: Seated, data: string | Uint8Array): void {
    const isWithinRates = spend(stage, this.#limits, data.length, performance.now());
    const fault = isWithinRates ? this.#heed(socket, stage, data) : 'flooding';
    if (fault !== null) this.#expel(socket, stage, fault);
  }

  #expel(socket: Socket, stage: Seated, fault: CloseName): void {
    if (fault === 'flooding') this.#counts.refusals.rate++;
    this.#streams.close(socket, fault);
    this.#leave(stage, fault === 'flooding' ? 'flood' : 'lost');
  }

  /** Does what a member says. @returns what is wrong with it, or null */
  #heed(socket: Socket, stage: Seated, data: string | Uint8Array): CloseName | null {
    if (typeof data === 'string') return this.#control(socket, stage, data);
    const payloadBytes = data.length - clientHeaderBytes;
    if (payloadBytes < 1) return 'bad_message';
    if (payloadBytes > this.#limits.maxPayloadBytes) return 'too_large';
    this.#frame(stage, data);
    return null;
  }

  /** The hot path: every message of every room. The payload is not looked at (RL-3). */
  #frame({ room, member }: Seated, data: Uint8Array): void {
    const state = stateOf(room);
    const to = readU32(data, 0);
    this.#counts.messages++;
    this.#counts.messageBytes += data.length - clientHeaderBytes;
    if (to !== 0) {
      if (directs(state, member, to)) this.#streams.direct(room, to, member, data);
      return;
    }
    const next = frame(state, member);
    if (next === null) throw new Error('a seated connection is not in its room');
    room.state = next;
    this.#counts.deliveries += next.members.length;
    this.#streams.frame(room, next.seq, member, data);
  }

  #control(socket: Socket, stage: Seated, text: string): CloseName | null {
    const message = decodeClientMessage(text);
    if (message === null || message.type === 'join') return 'bad_message';
    if (message.type === 'ping') this.#answerPing(socket, stage);
    else this.#move(stage.room, commanded(stateOf(stage.room), stage.member, message));
    return null;
  }

  #answerPing(socket: Socket, stage: Seated): void {
    if (socket.send(pong) <= 0) this.#streams.lookAt(socket, stage);
  }

  #leave({ room, member }: Seated, why: LeaveReason): void {
    room.seats.delete(member);
    this.#move(room, leave(stateOf(room), member, why, nowMs()));
  }

  #move(room: LiveRoom<Socket>, transition: Transition): void {
    this.#streams.carryOut(room, this.#rooms.apply(room, transition));
  }
}

const pong = encodeServerMessage({ type: 'pong' });

type Command = Exclude<ClientMessage, { type: 'join' | 'ping' }>;

function commanded(state: OpenRoom, by: number, message: Command): Transition {
  const now = nowMs();
  switch (message.type) {
    case 'purge':
      return purge(state, by, now);
    case 'lock':
      return lock(state, by, message.locked, now);
    case 'remove':
      return remove(state, by, message.member, now);
  }
}

/** The state of a room that has a connection in it. */
function stateOf({ state }: LiveRoom<Socket>): OpenRoom {
  if (state.phase === 'ended') throw new Error('an ended room still has a connection');
  return state;
}

function claimsOf({ ticket, ownerProof }: JoinMessage, now: number): JoinClaims {
  const claims = { nowMs: now, claimsOwner: ownerProof !== undefined };
  return ticket === undefined ? claims : { ...claims, ticketHash: hashOf(ticket) };
}

/** How a room knows a ticket (JN-8): a character a byte, which is the least memory that a text takes. */
function hashOf(ticket: Uint8Array): string {
  return createHash('sha256').update(ticket).digest('latin1');
}

function seated(room: LiveRoom<Socket>, member: number, rates: Rates): Seated {
  const { messages, bytes, atMs } = fullAllowance(rates, performance.now());
  return { name: 'seated', room, member, unreadBytes: 0, messages, bytes, atMs };
}
