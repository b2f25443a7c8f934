/** Somebody in a simulated room: a real roster machine and real envelopes, with a clock and a connection that the test moves. */
import { toBase64url } from '@pug/wire';
import {
  accept,
  type Counters,
  decodeSaid,
  type EpochMark,
  encodeSaid,
  frameTypes,
  type Identity,
  isCredential,
  type MembershipEvent,
  makeCredential,
  makeIdentity,
  noCounters,
  openNumbered,
  pad,
  type Ratchet,
  Roster,
  type RosterAction,
  type RosterInput,
  type RosterTimer,
  type Seated,
  sealNumbered,
  unpad,
} from '../src/index.ts';
import { loadRatchet } from '../src/ratchet/index.ts';
import type { Dice } from './dice.ts';
import { room } from './fixtures.ts';

const maker = await loadRatchet((length) => crypto.getRandomValues(new Uint8Array(length)));

/** The ratchet of the room of the tests, X-Wing, check of credentials and all. */
export const ratchet = maker.ratchet((credential, key) => isCredential(room, credential, key));

/** The ratchet of somebody who lets in whom it likes. */
export const carelessRatchet = maker.ratchet(async () => true);

/** What a relay hands to a member. `seq` 0 is a directed frame. */
export type Delivery =
  | { readonly kind: 'event'; readonly seq: number; readonly event: MembershipEvent }
  | { readonly kind: 'frame'; readonly seq: number; readonly member: number; readonly payload: Uint8Array };

/** What a member hands to the relay. */
export interface Outgoing {
  readonly to: number;
  readonly type: number;
  readonly payload: Uint8Array;
}

/** What happened to a member, as a person would be told. */
export interface Told {
  readonly texts: readonly string[];
  readonly unreadable: number;
  readonly forked: number;
}

export class Peer {
  readonly identity: Identity;
  readonly roster: Roster;
  readonly inbox: Delivery[] = [];
  readonly outbox: Outgoing[] = [];
  readonly timers = new Map<RosterTimer, number>();
  /** By number: what the relay has said about who is there. */
  readonly members = new Set<number>();
  /** By number: who has been there since this connection began. */
  readonly met = new Set<number>();
  /** 0 before the first connection. */
  number = 0;
  suspended = false;
  /** How much higher the numbers are that a hostile relay gives this member's events: it was shown more or fewer of them than others. */
  offset = 0;
  /** How an insider makes its next commit, when not as all do. */
  distort: Ratchet['commit'] | null = null;
  /** Called with every text that is accepted. */
  onText: (member: number, text: string) => void = () => undefined;
  /** Called when leaves were taken out of a group, with those and the ones that are left. */
  onRemoved: (removed: readonly Seated[], left: readonly Seated[]) => void = () => undefined;
  /** Called with a text of its own that the others cannot read where it came in the order. */
  onLate: (text: string) => Promise<unknown> = async () => undefined;
  /** Called when texts that came are neither shown nor told of. */
  onSilence: (texts: number) => void = () => undefined;
  readonly #dice: Dice;
  /** By counter: what was said to everybody and has not come back, and the epoch that can open it. */
  readonly #spoken = new Map<number, { readonly text: string; readonly mark: EpochMark }>();
  /** Texts that came from others, and were neither shown nor told of yet. */
  #untold = 0;
  #seq = 0;
  #counter = 0;
  #counters: Counters = noCounters;
  #texts: string[] = [];
  #unreadable = 0;
  #forked = 0;

  private constructor(identity: Identity, dice: Dice, own: Ratchet) {
    this.identity = identity;
    this.#dice = dice;
    this.roster = new Roster({
      ratchet: { ...own, commit: (...asked) => (this.distort ?? own.commit)(...asked) },
      identity,
      roomId: room.roomIdBytes,
      random: (length) => dice.bytes(length),
      credential: (member) => makeCredential(room, member, dice.bytes(16), identity.publicKey),
    });
  }

  /** Somebody new; with a ratchet of its own, somebody who does not keep to the rules. */
  static async make(dice: Dice, own: Ratchet = ratchet): Promise<Peer> {
    return new Peer(await makeIdentity(), dice, own);
  }

  get told(): Told {
    return { texts: this.#texts, unreadable: this.#unreadable, forked: this.#forked };
  }

  /** Group, epoch, authenticator and leaves in one line; 'out' while it is in no group. */
  get view(): string {
    const { agreement, leaves } = this.roster;
    if (agreement === null) return 'out';
    const seats = leaves.map(({ member, signatureKey }) => `${member}:${toBase64url(signatureKey).slice(0, 6)}`);
    return [
      toBase64url(agreement.groupId).slice(0, 6),
      agreement.epoch,
      toBase64url(agreement.authenticator),
      seats.toSorted().join(' '),
    ].join('/');
  }

  forgetTold(): void {
    this.#texts = [];
    this.#unreadable = 0;
    this.#forked = 0;
  }

  /** A connection begins: the relay gave it `number`. */
  async connect(number: number, members: readonly number[], seq: number, nowMs: number): Promise<void> {
    this.number = number;
    this.inbox.length = 0;
    this.outbox.length = 0;
    this.timers.clear();
    this.offset = 0;
    this.#spoken.clear();
    this.members.clear();
    this.met.clear();
    for (const member of members) this.#meet(member);
    this.#seq = seq;
    this.#counter = 0;
    this.#counters = noCounters;
    await this.handle({ type: 'joined', self: number, members, seq }, nowMs);
  }

  /** The number of the latest event that came to it or is on its way. */
  get latest(): number {
    return this.inbox.findLast(({ seq }) => seq !== 0)?.seq ?? this.#seq;
  }

  /** The relay hands it this, under a number of its own. */
  put(delivery: Delivery): void {
    this.inbox.push(renumbered(delivery, this.offset));
  }

  /** From the delivery at this place on the relay's numbers are so much higher. */
  renumber(at: number, by: number): void {
    this.offset += by;
    for (const [place, delivery] of this.inbox.entries()) if (place >= at) this.inbox[place] = renumbered(delivery, by);
  }

  /** Takes the next thing that arrived. 'gap' when something is missing before it, or it came before: the connection is no good. */
  async receive(nowMs: number): Promise<'ok' | 'gap'> {
    const delivery = this.inbox.shift();
    if (delivery === undefined) return 'ok';
    if (delivery.seq !== 0) {
      if (delivery.seq !== this.#seq + 1) return 'gap';
      this.#seq = delivery.seq;
    }
    if (delivery.kind === 'event') await this.#event(delivery.event, nowMs);
    else if (delivery.seq > 0 || this.members.has(delivery.member)) await this.#frame(delivery, nowMs);
    return 'ok';
  }

  /** Runs the timers that are due. */
  async fire(nowMs: number): Promise<void> {
    for (const [timer, atMs] of [...this.timers]) {
      if (atMs > nowMs) continue;
      this.timers.delete(timer);
      await this.handle({ type: 'timer', timer }, nowMs);
    }
  }

  /** Says a text to everybody; false while it is in no group. */
  async say(text: string): Promise<boolean> {
    const { position } = this.roster;
    if (position === null) return false;
    const content = { kind: 'text', id: this.#dice.bytes(16), text } as const;
    const made = await this.roster.protect(pad(encodeSaid({ content, position })), content.kind);
    if (made === null) return false;
    await this.send(0, frameTypes.message, made.body);
    this.#spoken.set(this.#counter, { text, mark: made.mark });
    return true;
  }

  /** Seals a frame of any type and body, as whoever holds the link can. */
  async send(to: number, type: number, body: Uint8Array): Promise<void> {
    this.#counter++;
    const sealing = { frameKey: room.frameKey, roomIdBytes: room.roomIdBytes, member: this.number };
    const nonce = this.#dice.bytes(12);
    const payload = await sealNumbered({ ...sealing, nonce, type, body, counter: this.#counter });
    this.outbox.push({ to, type, payload });
  }

  /** Hands an input to the machine and does what it wants. */
  async handle(input: RosterInput, nowMs: number): Promise<readonly RosterAction[]> {
    const { agreement, leaves } = this.roster;
    const actions = await this.roster.handle(input);
    const after = this.roster.agreement;
    if (agreement && after && toBase64url(agreement.groupId) === toBase64url(after.groupId))
      this.onRemoved(leaves.filter(isMissingIn(this.roster.leaves)), this.roster.leaves);
    for (const action of actions) await this.#act(action, nowMs);
    if (after !== null && this.#untold !== 0) this.onSilence(this.#untold);
    return actions;
  }

  #meet(member: number): void {
    this.members.add(member);
    this.met.add(member);
  }

  async #event(event: MembershipEvent, nowMs: number): Promise<void> {
    if (event.type === 'join') this.#meet(event.member);
    if (event.type === 'leave') this.members.delete(event.member);
    await this.handle({ type: 'event', event }, nowMs);
  }

  async #frame({ seq, member, payload }: Extract<Delivery, { kind: 'frame' }>, nowMs: number): Promise<void> {
    const sender = { frameKey: room.frameKey, roomIdBytes: room.roomIdBytes, member };
    const opened = await openNumbered({ ...sender, payload });
    const counters = opened && accept(this.#counters, member, opened.counter);
    if (counters) this.#counters = counters;
    const said = counters && opened?.type === frameTypes.message ? opened : null;
    if (said && seq > 0 && member !== this.number) this.#untold++;
    await this.handle({ type: 'frame', seq, member, frame: payload, opened: counters && opened }, nowMs);
    if (said && member === this.number) await this.#echoed(said.counter);
  }

  async #echoed(counter: number): Promise<void> {
    const spoken = this.#spoken.get(counter);
    this.#spoken.delete(counter);
    if (spoken && !this.roster.isOpenTo(spoken.mark)) await this.onLate(spoken.text);
  }

  async #act(action: RosterAction, nowMs: number): Promise<void> {
    if (action.type === 'send') await this.send(action.to, action.frame, action.body);
    else if (action.type === 'arm') this.timers.set(action.timer, nowMs + action.afterMs);
    else if (action.type === 'message') this.#message(action.member, action.content);
    else if (action.type === 'unreadable') {
      this.#unreadable++;
      this.#untold--;
    } else if (action.type === 'forked') this.#forked++;
  }

  #message(member: number, padded: Uint8Array): void {
    const content = unpad(padded);
    const said = content && decodeSaid(content);
    if (said?.content.kind !== 'text') throw new Error('a message that no honest member wrote');
    if (this.roster.compare(said.position) === false) this.#forked++;
    this.#untold--;
    this.#texts.push(said.content.text);
    this.onText(member, said.content.text);
  }
}

function isMissingIn(leaves: readonly Seated[]): (leaf: Seated) => boolean {
  const credentials = new Set(leaves.map(({ credential }) => toBase64url(credential)));
  return ({ credential }) => !credentials.has(toBase64url(credential));
}

function renumbered(delivery: Delivery, by: number): Delivery {
  if (delivery.seq === 0) return delivery;
  const seq = delivery.seq + by;
  return delivery.kind === 'frame' ? { ...delivery, seq } : { ...delivery, seq, event: { ...delivery.event, seq } };
}
