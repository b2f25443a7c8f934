/**
 * A room's one stream (SK-9): events and frames on their way to its members. Every member's socket subscribes to the topic that is the
 * room's id, so the runtime fans out; there is no loop over a room's sockets where frames pass.
 */
import {
  type CloseName,
  clientHeaderBytes,
  closeCodes,
  encodeServerMessage,
  serverHeaderBytes,
  writeU32,
} from '@pug/wire';
import { Backlog } from './backlog.ts';
import { gone, type Seated, type Socket } from './connection.ts';
import type { Counts, EndName } from './counts.ts';
import type { Places } from './places.ts';
import type { Effect } from './room.ts';
import type { LiveRoom } from './rooms.ts';

/** How often in the filling of a queue its length is looked at. Shorter queues than one such part are nobody's fault, and not counted (LM-10). */
const looksPerQueue = 32;

export interface StreamLimits {
  readonly maxPayloadBytes: number;
  readonly queueBytes: number;
  /** Of all queues together (LM-10). */
  readonly maxQueuedBytes: number;
}

/** Hands the same text or bytes to everybody who subscribed to the topic. The bytes may be overwritten as soon as it returns. */
export type Publish = (topic: string, data: string | Uint8Array) => void;

/** The connection that an effect welcomes. */
export interface Newcomer {
  readonly socket: Socket;
  /** The 16 bytes whose hash the room knows. */
  readonly ticket: Uint8Array;
  /** Makes the connection a member's. */
  readonly seat: (member: number) => Seated;
}

export class Streams {
  readonly #publish: Publish;
  readonly #limits: StreamLimits;
  readonly #counts: Counts;
  /** Where each payload is put behind its header. One for all frames: nothing is allocated for a delivery, nothing is kept. */
  readonly #outgoing: Uint8Array;
  /** What the last frame took of it. The next is mostly as long: then it needs no new view. */
  #view: Uint8Array;
  readonly #backlog: Backlog<Socket>;
  readonly #places: Places<Socket>;

  constructor(limits: StreamLimits, publish: Publish, counts: Counts, places: Places<Socket>) {
    this.#limits = limits;
    this.#counts = counts;
    this.#publish = publish;
    this.#outgoing = new Uint8Array(serverHeaderBytes + limits.maxPayloadBytes);
    this.#view = this.#outgoing.subarray(0, 0);
    this.#backlog = new Backlog(limits.maxQueuedBytes, limits.queueBytes / looksPerQueue);
    this.#places = places;
  }

  /** Does to the room's connections what a transition says. A join's needs the newcomer. */
  carryOut(room: LiveRoom<Socket>, effects: readonly Effect[], newcomer?: Newcomer): void {
    let sentBytes = 0;
    for (const effect of effects) {
      switch (effect.type) {
        case 'publish': {
          const text = encodeServerMessage(effect.event);
          this.#publish(room.id, text);
          sentBytes += text.length;
          break;
        }
        case 'welcome':
          if (newcomer === undefined) throw new Error('nobody is there to be welcomed');
          this.#welcome(room, effect, newcomer);
          break;
        case 'close':
          this.#unseat(room, effect.member, effect.as);
          break;
        case 'end':
          this.#endAll(room, effect.why);
          break;
        case 'deadline':
          break; // The rooms keep it.
      }
    }
    // Afterwards: whoever is found too slow leaves with a later number.
    this.#look(room, sentBytes);
  }

  /** Sends a client's frame to everybody in the room as event `seq` (SK-8). `data` is the frame as it came, its length checked. */
  frame(room: LiveRoom<Socket>, seq: number, from: number, data: Uint8Array): void {
    this.#publish(room.id, this.#framed(seq, from, data));
    // Afterwards, as above.
    this.#look(room, data.length);
  }

  /** Sends a client's frame to one member, outside the order (SK-10). */
  direct(room: LiveRoom<Socket>, to: number, from: number, data: Uint8Array): void {
    const socket = room.seats.get(to);
    if (socket?.data.name !== 'seated') return;
    const stage = socket.data;
    this.#counts.deliveries++;
    // −1 says that it waits, 0 that it was dropped.
    if (socket.send(this.#framed(0, from, data)) <= 0) this.lookAt(socket, stage);
  }

  /** Looks at what one member has not read, after something was sent to it alone: answers to its pings, too, wait in its queue (LM-10). */
  lookAt(socket: Socket, stage: Seated): void {
    stage.unreadBytes = this.#backlog.look(socket);
    if (stage.unreadBytes > this.#limits.queueBytes) this.#giveUp(socket);
    this.#relieve();
  }

  /** The connection has ended, and its queue with it. */
  forget(socket: Socket): void {
    this.#backlog.forget(socket);
  }

  /** Whether a connection that broke had not been reading (LM-3): its queue may have been the reason. */
  wasSlow(stage: Seated): boolean {
    return stage.unreadBytes > this.#limits.queueBytes / 2;
  }

  #framed(seq: number, from: number, data: Uint8Array): Uint8Array {
    const out = this.#outgoing;
    // The client's shorter header comes along in front of the payload and is overwritten: this spares a view of the payload.
    out.set(data, serverHeaderBytes - clientHeaderBytes);
    writeU32(out, 0, seq);
    writeU32(out, 4, from);
    const length = serverHeaderBytes - clientHeaderBytes + data.length;
    if (this.#view.length !== length) this.#view = out.subarray(0, length);
    return this.#view;
  }

  #welcome(room: LiveRoom<Socket>, { joined }: Effect & { type: 'welcome' }, { socket, ticket, seat }: Newcomer): void {
    room.seats.set(joined.member, socket);
    socket.data = seat(joined.member);
    this.#counts.joined();
    socket.send(encodeServerMessage({ ...joined, ticket }));
    // From here on, what is published reaches it; what was published before, in this tick too, does not.
    socket.subscribe(room.id);
  }

  #unseat(room: LiveRoom<Socket>, member: number, as: (Effect & { type: 'close' })['as']): void {
    const socket = room.seats.get(member);
    room.seats.delete(member);
    if (socket === undefined) return;
    if (as === 'replaced') this.#dismiss(socket, 1000, as);
    else this.close(socket, as);
  }

  #endAll(room: LiveRoom<Socket>, why: (Effect & { type: 'end' })['why']): void {
    const sockets = [...room.seats.values()];
    room.seats.clear();
    // An empty room has nobody to tell.
    if (why !== 'empty') for (const socket of sockets) this.close(socket, why);
  }

  /** Looks at what each member has not read, once for every thirty-second part of a queue that was sent to the room. */
  #look(room: LiveRoom<Socket>, sizeBytes: number): void {
    room.unlookedBytes += sizeBytes;
    if (room.unlookedBytes < this.#limits.queueBytes / looksPerQueue) return;
    room.unlookedBytes = 0;
    const tooSlow: Socket[] = [];
    for (const socket of room.seats.values()) {
      const stage = socket.data;
      if (stage.name !== 'seated') continue;
      stage.unreadBytes = this.#backlog.look(socket);
      if (stage.unreadBytes > this.#limits.queueBytes) tooSlow.push(socket);
    }
    for (const socket of tooSlow) this.#giveUp(socket);
    this.#relieve();
  }

  /** Ends whose queue is longest until all queues fit (LM-10). */
  #relieve(): void {
    for (let slow = this.#backlog.excess(); slow !== null; slow = this.#backlog.excess()) this.#giveUp(slow);
  }

  /** Ends a member that reads too slowly. At once: a farewell would have to wait behind the queue. */
  #giveUp(slow: Socket): void {
    this.#backlog.forget(slow);
    const stage = slow.data;
    if (stage.name === 'seated') stage.unreadBytes = this.#limits.queueBytes;
    slow.terminate();
  }

  /** Ends a connection with one of SK-12's codes. */
  close(socket: Socket, name: CloseName): void {
    this.#dismiss(socket, closeCodes[name], name);
  }

  #dismiss(socket: Socket, code: number, reason: EndName): void {
    this.#counts.ended(socket.data.name, reason);
    // First, because the runtime calls the close handler before `close` returns.
    socket.data = gone;
    // A farewell waits behind what was not read, and the runtime keeps both for up to 18 s, uncounted (LM-3).
    const isLong = socket.getBufferedAmount() > this.#limits.queueBytes / looksPerQueue;
    // A relay that drains takes nobody in, so nobody can pile up.
    const isHeard = !isLong && (reason === 'restarting' || this.#places.sayFarewell(performance.now()));
    if (isHeard) socket.close(code, reason);
    else socket.terminate();
  }
}
