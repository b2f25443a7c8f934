// A relay in this process, honest unless a test makes it lie, with real sessions around it and one clock that the test moves.
import { openSession, type Platform, type Session } from '@pug/client';
import { deriveKeys, frameTypes, type Identity, type Link, type RatchetMaker, type RoomKeys } from '@pug/core';
import {
  closeCodes,
  decodeClientFrame,
  decodeClientMessage,
  encodeServerFrame,
  encodeServerMessage,
  type LeaveReason,
  type ServerFrame,
  type ServerMessage,
} from '@pug/wire';
import { FakePlatform, FakeSocket } from './fake.ts';
import { makeIdentity, random, ratchet } from './parts.ts';
import { joined, settle, until } from './waiting.ts';

/** What a member is sent: a frame, or an event of the room. */
export type Delivery =
  | { readonly kind: 'frame'; readonly frame: ServerFrame }
  | { readonly kind: 'event'; readonly event: Extract<ServerMessage, { type: 'join' | 'leave' | 'lock' }> };

/** What the hostile relay makes of a delivery to `member`: other deliveries, or none. */
export type Lie = (member: number, delivery: Delivery) => readonly Delivery[];

export interface Recorded {
  readonly seq: number;
  readonly member: number;
  readonly to: number;
  readonly payload: Uint8Array;
}

interface Seat {
  readonly member: number;
  readonly socket: FakeSocket;
}

export interface Opening {
  readonly identity?: Identity;
  readonly loadRatchet?: () => Promise<RatchetMaker>;
}

const capacity = 10;

export class Hub {
  readonly link: Link;
  readonly clock = new FakePlatform();
  /** Every frame that anybody sent, as a relay that keeps everything has it. */
  readonly recorded: Recorded[] = [];
  readonly sessions: Session[] = [];
  lie: Lie = (_, delivery) => [delivery];
  /** Frames of these members are kept back until they are released. */
  readonly held = new Map<number, Uint8Array[]>();
  /** Deliveries to these members are kept back until they are resumed. */
  readonly #suspended = new Map<number, (string | Uint8Array)[]>();
  #seats: readonly Seat[] = [];
  #seq = 0;
  #lastMember = 0;

  constructor(link: Link = { roomSecret: random(16), linkKey: random(32) }) {
    this.link = link;
  }

  /** The latest of what `member` said to everybody. */
  lastSaid(member: number): Recorded {
    const said = this.recorded.filter((one) => one.member === member && one.to === 0);
    const last = said.findLast(({ payload }) => payload[1] === frameTypes.message);
    if (!last) throw new Error(`member ${member} said nothing`);
    return last;
  }

  keys(): Promise<RoomKeys> {
    return deriveKeys(this.link);
  }

  /** A session that joins now. */
  open(name: string, { identity = makeIdentity(), loadRatchet = () => ratchet }: Opening = {}): Session {
    const session = openSession({
      platform: this.#platform(),
      link: this.link,
      ownerSeed: null,
      identity,
      name,
      loadRatchet,
    });
    this.sessions.push(session);
    return session;
  }

  /** Sessions that join one after the other, each when those before it are let in by everybody; all know all names, and nothing is on its way. */
  async gather(...names: readonly string[]): Promise<readonly Session[]> {
    const sessions: Session[] = [];
    for (const name of names) {
      sessions.push(this.open(name));
      await allIn(...sessions);
    }
    await allNamed(names, ...sessions);
    return sessions;
  }

  /** Lets `ms` pass for everybody. */
  pass(ms: number): Promise<void> {
    return this.clock.pass(ms);
  }

  /** Lets somebody appear who is only a number of the relay's. */
  ghost(): number {
    const member = ++this.#lastMember;
    this.#publish({ type: 'join', seq: ++this.#seq, member, owner: false });
    return member;
  }

  /** Sends these bytes to everybody as a frame of `member`, or to one member outside the order. */
  inject(member: number, payload: Uint8Array, to = 0): void {
    const seq = to === 0 ? ++this.#seq : 0;
    for (const seat of this.#seats)
      if (to === 0 || seat.member === to) this.#deliver(seat, { kind: 'frame', frame: { seq, member, payload } });
  }

  hold(member: number): void {
    this.held.set(member, []);
  }

  release(member: number): void {
    const frames = this.held.get(member) ?? [];
    this.held.delete(member);
    for (const frame of frames) this.#frame(member, frame);
  }

  suspend(member: number): void {
    this.#suspended.set(member, []);
  }

  resume(member: number): void {
    const waiting = this.#suspended.get(member) ?? [];
    this.#suspended.delete(member);
    const seat = this.#seats.find((one) => one.member === member);
    for (const data of waiting) seat?.socket.onmessage?.(data);
  }

  /** Ends a connection; its client may come back. */
  cut(member: number): void {
    this.#end(member, 'lost', 1006);
  }

  remove(member: number): void {
    this.#end(member, 'removed', closeCodes.removed);
  }

  /** Everybody leaves; whatever they had under way is over for the next test. */
  leave(): Promise<void> {
    for (const session of this.sessions) session.leave();
    return settle();
  }

  #platform(): Platform {
    const { clock } = this;
    return {
      now: () => clock.now(),
      after: (ms, run) => clock.after(ms, run),
      random: (length) => clock.random(length),
      request: (method, path, body) => clock.request(method, path, body),
      openSocket: (protocol) => this.#socket(protocol),
    };
  }

  #socket(protocol: string): FakeSocket {
    const socket = new FakeSocket(protocol);
    const close = socket.close.bind(socket);
    socket.close = (code) => {
      close(code);
      const seat = this.#seats.find((one) => one.socket === socket);
      if (seat) this.#end(seat.member, code === 1000 ? 'left' : 'lost', null);
    };
    socket.onsent = (data) => this.#heed(socket, data);
    setTimeout(() => socket.hello());
    return socket;
  }

  #heed(socket: FakeSocket, data: string | Uint8Array): void {
    if (typeof data === 'string') {
      const message = decodeClientMessage(data);
      if (message?.type === 'join') this.#join(socket);
      if (message?.type === 'ping') socket.says({ type: 'pong' });
      return;
    }
    const seat = this.#seats.find((one) => one.socket === socket);
    if (!seat) return;
    const held = this.held.get(seat.member);
    if (held) held.push(data);
    else this.#frame(seat.member, data);
  }

  #join(socket: FakeSocket): void {
    const member = ++this.#lastMember;
    const seq = ++this.#seq;
    this.#publish({ type: 'join', seq, member, owner: false });
    this.#seats = [...this.#seats, { member, socket }];
    const room = { seq, now: 5_000, expiresAt: 6_000_000, capacity, locked: false, owners: [] };
    const members = this.#seats.map((seat) => seat.member);
    socket.says({ type: 'joined', member, members, ...room, ticket: random(16) });
  }

  #frame(member: number, data: Uint8Array): void {
    const frame = decodeClientFrame(data);
    if (!frame) return;
    const { to, payload } = frame;
    const seq = to === 0 ? ++this.#seq : 0;
    this.recorded.push({ seq, member, to, payload });
    for (const seat of this.#seats)
      if (to === 0 || seat.member === to) this.#deliver(seat, { kind: 'frame', frame: { seq, member, payload } });
  }

  #publish(event: Extract<ServerMessage, { type: 'join' | 'leave' }>): void {
    for (const seat of this.#seats) this.#deliver(seat, { kind: 'event', event });
  }

  #deliver({ member, socket }: Seat, delivery: Delivery): void {
    for (const told of this.lie(member, delivery)) {
      const data = told.kind === 'frame' ? encodeServerFrame(told.frame) : encodeServerMessage(told.event);
      const suspended = this.#suspended.get(member);
      if (suspended) suspended.push(data);
      else socket.onmessage?.(data);
    }
  }

  #end(member: number, why: LeaveReason, code: number | null): void {
    const seat = this.#seats.find((one) => one.member === member);
    if (!seat) return;
    this.#seats = this.#seats.filter((one) => one !== seat);
    if (code !== null) seat.socket.ends(code);
    this.#publish({ type: 'leave', seq: ++this.#seq, member, why });
  }
}

/** Waits until everybody is let in by everybody. */
export async function allIn(...sessions: readonly Session[]): Promise<void> {
  await joined(...sessions);
  const everybody = (session: Session): boolean => {
    const members = session.view.room?.members ?? [];
    return members.length === sessions.length && members.every(({ admitted }) => admitted);
  };
  await until(() => sessions.every(everybody), 'everybody is let in by everybody');
}

/** Who was let in says a name, which may still be on its way then. */
export async function allNamed(names: readonly string[], ...sessions: readonly Session[]): Promise<void> {
  const known = ({ view }: Session): string => (view.room?.members ?? []).map(({ name }) => name).join();
  await until(() => sessions.every((one) => known(one) === names.join()), 'everybody knows all names');
}

export function numberOf(session: Session | undefined): number {
  return session?.view.room?.self ?? 0;
}

/** Whether somebody else than `member` says something to everybody: what is done to its own words it notices at once (CL-10). */
export const isSaidByOthers = (member: number, delivery: Delivery): boolean =>
  delivery.kind === 'frame' &&
  delivery.frame.seq > 0 &&
  delivery.frame.member !== member &&
  delivery.frame.payload[1] === frameTypes.message;

/** Everything that is sent to `victim` after what is left out has numbers that show no gap; `missing` were left out before. */
export function renumbered(victim: number, leftOut: (member: number, delivery: Delivery) => boolean, missing = 0): Lie {
  let left = missing;
  return (member, delivery) => {
    if (member !== victim) return [delivery];
    if (leftOut(member, delivery)) {
      left++;
      return [];
    }
    if (delivery.kind === 'event') {
      return [{ ...delivery, event: { ...delivery.event, seq: delivery.event.seq - left } }];
    }
    const { frame } = delivery;
    return [{ ...delivery, frame: { ...frame, seq: frame.seq === 0 ? 0 : frame.seq - left } }];
  };
}
