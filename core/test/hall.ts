/** A simulated room: a relay that gives one order, virtual time, and everybody in it. What a hostile relay does is done to its inboxes. */
import { toBase64url } from '@pug/wire';
import { frameTypes, type Ratchet } from '../src/index.ts';
import type { Dice } from './dice.ts';
import { type Delivery, Peer } from './peer.ts';

/** No honest order of frames takes this many deliveries to come to rest. */
const maxDeliveries = 200_000;

export class Hall {
  readonly dice: Dice;
  readonly peers: Peer[] = [];
  /** Numbers whose connection is gone and whose leave the relay has not told yet. */
  readonly lingering = new Set<number>();
  /** Every ordered frame there was. */
  readonly recorded: Extract<Delivery, { kind: 'frame' }>[] = [];
  /** By number: the signature key of whoever the relay gave it to. */
  readonly keys = new Map<number, string>();
  nowMs = 0;
  /** By whom each commit was that was relayed. */
  readonly committers: number[] = [];
  /** So many of the next directed frames are lost. */
  losing = 0;
  #seq = 0;
  #lastNumber = 0;
  #deliveries = 0;

  constructor(dice: Dice) {
    this.dice = dice;
  }

  /** The number of the latest event. */
  get latest(): number {
    return this.#seq;
  }

  /** Who the relay says is there, by number. */
  get members(): readonly number[] {
    return [...this.peers.map(({ number }) => number), ...this.lingering].toSorted((a, b) => a - b);
  }

  /** Whether all are in one group, at one epoch with one authenticator, whose leaves are those present. */
  get agreed(): boolean {
    const views = new Set(this.peers.map(({ view }) => view));
    const [first] = this.peers;
    if (views.size !== 1 || first?.roster.agreement === null) return false;
    const seats = first?.roster.leaves.map((leaf) => leaf.member).toSorted((a, b) => a - b);
    return seats?.join() === this.members.join();
  }

  /** Somebody new comes; with a ratchet of its own, somebody who does not keep to the rules. */
  async join(own?: Ratchet): Promise<Peer> {
    const peer = await Peer.make(this.dice, own);
    await this.enter(peer);
    return peer;
  }

  /** Connects a peer that is not connected. */
  async enter(peer: Peer): Promise<void> {
    const member = ++this.#lastNumber;
    this.keys.set(member, toBase64url(peer.identity.publicKey));
    const event = this.#publish((seq) => ({ kind: 'event', seq, event: { type: 'join', seq, member } }));
    this.peers.push(peer);
    peer.suspended = false;
    peer.number = member;
    await peer.connect(member, this.members, event.seq, this.nowMs);
  }

  /** The connection ends; the others are told. */
  leave(peer: Peer): void {
    this.peers.splice(this.peers.indexOf(peer), 1);
    this.#left(peer.number);
  }

  /** The connection ends silently: the relay goes on counting the number until `bury`. */
  linger(peer: Peer): void {
    this.peers.splice(this.peers.indexOf(peer), 1);
    this.lingering.add(peer.number);
  }

  bury(member: number): void {
    if (this.lingering.delete(member)) this.#left(member);
  }

  /** Tells everybody of a member that does not exist. */
  invent(member: number): void {
    this.lingering.add(member);
    this.#publish((seq) => ({ kind: 'event', seq, event: { type: 'join', seq, member } }));
  }

  /** Puts the next frame of a peer into the order, or hands it to the one it is for. */
  relay(peer: Peer): void {
    const outgoing = peer.outbox.shift();
    if (outgoing === undefined) return;
    const { to, type, payload } = outgoing;
    if (type === frameTypes.commit) this.committers.push(peer.number);
    if (to === 0) this.broadcast(peer.number, payload);
    else if (this.losing > 0) this.losing--;
    else this.#find(to)?.put({ kind: 'frame', seq: 0, member: peer.number, payload });
  }

  /** A frame in the order, whoever wrote it. */
  broadcast(member: number, payload: Uint8Array): void {
    const frame = this.#publish((seq) => ({ kind: 'frame', seq, member, payload }));
    if (frame.kind === 'frame') this.recorded.push(frame);
  }

  /** Lets a peer take the next thing from its inbox; it connects anew when something was missing. */
  async deliver(peer: Peer): Promise<void> {
    if (++this.#deliveries > maxDeliveries) throw new Error('they never come to rest');
    if ((await peer.receive(this.nowMs)) === 'ok') return;
    this.leave(peer);
    await this.enter(peer);
  }

  /** Runs what is due. */
  async fire(): Promise<void> {
    for (const peer of [...this.peers]) if (!peer.suspended) await peer.fire(this.nowMs);
  }

  /** Relays and delivers until nothing is on its way any more, but what those who are `held` send. */
  async drain(...held: readonly Peer[]): Promise<void> {
    for (let busy = true; busy; ) {
      busy = false;
      for (const peer of [...this.peers]) {
        for (; peer.outbox.length > 0 && !held.includes(peer); busy = true) this.relay(peer);
        if (peer.suspended || peer.inbox.length === 0) continue;
        await this.deliver(peer);
        busy = true;
      }
    }
  }

  /** Lets time pass, in steps, with everything delivered. */
  async pass(durationMs: number, stepMs = 500): Promise<void> {
    const endMs = this.nowMs + durationMs;
    await this.drain();
    while (this.nowMs < endMs) {
      this.nowMs = Math.min(endMs, this.nowMs + stepMs);
      await this.fire();
      await this.drain();
    }
  }

  /** Lets time pass until all agree, at most `limitMs`: how long it took, or null. */
  async settle(limitMs = 60_000): Promise<number | null> {
    const startMs = this.nowMs;
    await this.drain();
    while (!this.agreed && this.nowMs - startMs < limitMs) await this.pass(500);
    return this.agreed ? this.nowMs - startMs : null;
  }

  #left(member: number): void {
    this.#publish((seq) => ({ kind: 'event', seq, event: { type: 'leave', seq, member } }));
  }

  #publish(make: (seq: number) => Delivery): Delivery {
    const delivery = make(++this.#seq);
    for (const peer of this.peers) peer.put(delivery);
    return delivery;
  }

  #find(member: number): Peer | undefined {
    return this.peers.find(({ number }) => number === member);
  }
}
