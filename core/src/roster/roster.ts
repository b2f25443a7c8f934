/**
 * Ordered roster reconciliation (CR-10 … CR-13): the relay's order is the log, and every member runs this same machine over it.
 * It is a function of the log and of its timers: no clock, no socket; what it wants done it returns as actions.
 * Inputs must be handled one after the other, each awaited.
 */
import { ascii, concat, equalBytes } from '@pug/wire';
import type { Identity } from '../identity.ts';
import type { Position } from '../message.ts';
import type { Candidate, Change, Commit, Group, Ratchet } from '../ratchet/ratchet.ts';
import { sha256 } from '../webcrypto.ts';
import { besideOf, type Kind, kindBeside } from './beside.ts';
import {
  decodeBeat,
  decodeCommit,
  decodeFound,
  decodeWelcome,
  encodeBeat,
  encodeCommit,
  encodeFound,
  encodeWelcome,
  frameTypes,
  groupIdBytes,
} from './bodies.ts';
import {
  beatMs,
  healMs,
  type LoggedInput,
  type MembershipEvent,
  type Opened,
  type RosterAction,
  type RosterInput,
  type RosterTimer,
  turnMs,
  welcomeTimeoutMs,
} from './log.ts';
import { isFair, memberOf, planFor, type Seated } from './plan.ts';
import { type Agreement, type EpochMark, type Sealed, Seat } from './seat.ts';
import { Transcript } from './transcript.ts';
import { Waiting } from './waiting.ts';

/** What the machine is built on. `random(n)` gives n random bytes; `credential` makes this member's (CR-9). */
export interface RosterParts {
  readonly ratchet: Ratchet;
  readonly identity: Identity;
  readonly roomId: Uint8Array;
  random(length: number): Uint8Array;
  credential(member: number): Promise<Uint8Array>;
}

/** Above this many members a tree built by Adds alone makes the next Remove expensive; whoever joins fills its part. */
const healAtOnceAbove = 16;
/** What a newcomer keeps while it waits for its Welcome; beyond, it asks anew. */
const maxBuffered = 1_000;

export class Roster {
  readonly #parts: RosterParts;
  #actions: RosterAction[] = [];
  #self = 0;
  #members: number[] = [];
  #seat: Seat | null = null;
  /** The latest FOUND in the log, when we saw it. */
  #currentGroup: Uint8Array | null = null;
  readonly #waiting = new Waiting();
  #candidate: Candidate | null = null;
  #founding: { readonly groupId: Uint8Array; readonly group: Group } | null = null;
  #pending: { readonly commit: Commit; readonly added: readonly number[]; readonly hasPath: boolean } | null = null;
  #buffer: LoggedInput[] = [];
  #unanswered = 0;
  /** The epoch for which the `commit` timer runs. */
  #turnEpoch = -1;
  #spoke = false;

  constructor(parts: RosterParts) {
    this.#parts = parts;
  }

  /** The group's leaves, each with its member's number; empty while we are not in. */
  get leaves(): readonly Seated[] {
    return this.#seat?.leaves ?? [];
  }

  /** What all members of one epoch agree on; null while we are not in. */
  get agreement(): Agreement | null {
    return this.#seat?.agreement ?? null;
  }

  /** Where this member is in the order, to be said with each message; null while we are not in. */
  get position(): Position | null {
    return this.#seat?.position ?? null;
  }

  /** Handles one input; the inputs of one connection begin with `joined`. */
  async handle(input: RosterInput): Promise<readonly RosterAction[]> {
    this.#actions = [];
    if (input.type === 'joined') await this.#joined(input);
    else if (input.type === 'timer') await this.#timer(input.timer);
    else await this.#logged(input);
    return this.#actions;
  }

  /** The body of a message frame and the epoch that can open it, or null while we are not in. */
  async protect(content: Uint8Array, kind: Kind): Promise<Sealed | null> {
    if (this.#seat === null) return null;
    this.#spoke = true;
    const { mark } = this.#seat;
    return { body: await this.#seat.protect(content, besideOf(this.#parts.roomId, this.#self, kind)), mark };
  }

  /** Whether the others can open, at this place in the order, what was protected in that epoch; if not, it is to be said again. */
  isOpenTo(mark: EpochMark): boolean {
    return this.#seat?.isOpenTo(mark) ?? false;
  }

  /** Whether who said something that we read was shown what we were; null while we are not in. What is from before that, we cannot read. */
  compare({ seq, tag }: Position): boolean | null {
    return this.#seat && (this.#seat.transcript.compare(seq, tag) ?? false);
  }

  /** Drops all keys: the machine is as new. Nobody lets us in any more to what waited to be read. */
  forget(): void {
    for (const input of this.#buffer) this.#missed(input);
    this.#seat?.forget();
    this.#seat = null;
    if (this.#candidate !== null) this.#parts.ratchet.discard(this.#candidate);
    this.#candidate = null;
    if (this.#founding !== null) this.#parts.ratchet.forget(this.#founding.group);
    this.#founding = null;
    if (this.#pending !== null) this.#parts.ratchet.forget(this.#pending.commit.next);
    this.#pending = null;
    this.#buffer = [];
    this.#turnEpoch = -1;
  }

  async #joined({ self, members }: RosterInput & { type: 'joined' }): Promise<void> {
    this.forget();
    this.#self = self;
    this.#members = [...members];
    this.#waiting.clear();
    this.#currentGroup = null;
    this.#unanswered = 0;
    if (members.length === 1) await this.#found();
    else await this.#ask();
    this.#arm('beat', beatMs);
    this.#arm('heal', healMs);
  }

  async #timer(timer: RosterTimer): Promise<void> {
    if (timer === 'welcome') await this.#unwelcomed();
    else if (timer === 'commit') await this.#plan(true);
    else if (timer === 'beat') this.#beat();
    else await this.#heal();
  }

  async #logged(input: LoggedInput): Promise<void> {
    if (input.type === 'event') this.#membership(input.event);
    await this.#follow(input);
    await this.#plan(false);
  }

  #membership(event: MembershipEvent): void {
    if (event.type === 'join') this.#members.push(event.member);
    if (event.type !== 'leave') return;
    this.#members = this.#members.filter((member) => member !== event.member);
    this.#waiting.delete(event.member);
  }

  /** One item of the log, when it arrives and, for a newcomer, once more after its Welcome. */
  async #follow(input: LoggedInput, replayed = false): Promise<void> {
    if (this.#seat === null) {
      this.#buffer.push(input);
      if (this.#buffer.length > maxBuffered) await this.#ask();
    } else if (input.type === 'event') await this.#seat.extend(input.event);
    else if (input.seq > 0) await this.#seat.extend(input);
    if (input.type === 'frame' && input.opened !== null)
      await this.#frame(input.member, input.seq, input.opened, replayed);
  }

  async #frame(member: number, seq: number, { type, body }: Opened, replayed: boolean): Promise<void> {
    if (type === frameTypes.message) return this.#message(member, seq, body);
    if (type === frameTypes.commit) return seq > 0 ? this.#commit(member, seq, body) : undefined;
    if (replayed) return;
    if (type === frameTypes.keyPackage && seq > 0) await this.#keyPackage(member, body);
    else if (type === frameTypes.found && seq > 0) await this.#founded(member, seq, body);
    else if (type === frameTypes.welcome) await this.#welcome(body);
    else if (type === frameTypes.beat && seq > 0) await this.#heard(member, body);
  }

  async #keyPackage(member: number, bytes: Uint8Array): Promise<boolean> {
    const read = await this.#parts.ratchet.readKeyPackage(bytes);
    if (read === null || memberOf(read.credential) !== member || !this.#members.includes(member)) return false;
    if (member !== this.#self) this.#waiting.add(member, { ...read, keyPackage: bytes });
    return true;
  }

  async #founded(member: number, seq: number, body: Uint8Array): Promise<void> {
    const found = decodeFound(body);
    if (found === null) return;
    const { groupId, keyPackage } = found;
    if (member === this.#self) {
      if (this.#founding === null || !equalBytes(this.#founding.groupId, groupId)) return;
      this.#currentGroup = groupId;
      const start = await sha256(concat(ascii('pug/1 transcript'), groupId));
      return this.#sit(this.#founding.group, new Transcript(seq, start));
    }
    if (!(await this.#keyPackage(member, keyPackage))) return;
    // Ours is in flight, comes later, and wins: two founders who give way to each other never end.
    if (this.#founding !== null) return;
    this.#waiting.delete(member);
    this.#currentGroup = groupId;
    this.#unanswered = 0;
    // Whoever was here before us has heard what we ask already.
    if (this.#seat !== null || member > this.#self) await this.#ask();
  }

  async #commit(member: number, seq: number, body: Uint8Array): Promise<void> {
    const seat = this.#seat;
    const decoded = decodeCommit(body);
    if (seat === null || decoded === null) return;
    const { epoch } = seat.mark;
    if (!seat.isIn(decoded.groupId) || decoded.epoch < epoch) return;
    if (!seat.leaves.some((leaf) => leaf.member === member)) return;
    if (decoded.epoch > epoch) return this.#ask();
    if (member === this.#self) return this.#ownCommit(seat, seq, decoded.commit);
    const judge = (change: Change): boolean => isFair(seat.leaves, this.#members, change);
    const processed = await this.#parts.ratchet.process(seat.group, decoded.commit, judge);
    if (processed === 'refused') return;
    if (processed === 'failed' || processed === 'removed') return this.#ask();
    seat.moveTo(processed.group, this.#pending?.commit);
    this.#settle();
  }

  /** The echo of ours: it came first in the order. Whoever it lets in can only be told now. */
  #ownCommit(seat: Seat, seq: number, bytes: Uint8Array): void {
    const pending = this.#pending;
    if (pending === null || !equalBytes(pending.commit.bytes, bytes)) return;
    seat.apply(pending.commit);
    // Only now: another's commit may have come before.
    if (pending.hasPath) this.#spoke = false;
    this.#settle();
    const { welcome } = pending.commit;
    if (welcome === null) return;
    const to = pending.added.length === 1 ? (pending.added[0] ?? 0) : 0;
    this.#send(to, frameTypes.welcome, encodeWelcome({ seq, transcript: seat.transcript.hash, welcome }));
  }

  async #welcome(body: Uint8Array): Promise<void> {
    const decoded = decodeWelcome(body);
    if (this.#seat !== null || this.#candidate === null || decoded === null) return;
    const { ratchet } = this.#parts;
    const group = await ratchet.join(decoded.welcome, this.#candidate);
    if (group === null) return;
    if (this.#currentGroup !== null && !equalBytes(this.#currentGroup, ratchet.groupId(group))) return;
    const buffered = this.#buffer;
    this.#buffer = [];
    this.#sit(group, new Transcript(decoded.seq, decoded.transcript));
    for (const input of buffered) {
      const seq = input.type === 'event' ? input.event.seq : input.seq;
      // Directed frames (0) are outside the order: whoever sent them saw the commit, and a WELCOME by another may come after them.
      if (seq === 0 || seq > decoded.seq) await this.#follow(input, true);
      else this.#missed(input);
    }
    if (this.leaves.length > healAtOnceAbove) await this.#makeCommit([], []);
  }

  /** Said before we were in: for the others only, and we say so. */
  #missed(input: LoggedInput): void {
    if (input.type !== 'frame' || input.member === this.#self) return;
    if (input.opened?.type === frameTypes.message) this.#unread(input.member, input.seq, input.opened.body);
  }

  /** What is directed, or says that it is a name, is no text that was missed (CL-8). */
  #unread(member: number, seq: number, body: Uint8Array): void {
    const kind = kindBeside(this.#parts.roomId, member, this.#parts.ratchet.beside(body));
    if (seq > 0 && kind !== 'name') this.#actions.push({ type: 'unreadable', member, seq });
  }

  async #message(member: number, seq: number, body: Uint8Array): Promise<void> {
    if (this.#seat === null || member === this.#self) return;
    const opened = await this.#seat.unprotect(body);
    const isTheirs = opened !== null && memberOf(opened.sender.credential) === member;
    const kind = isTheirs ? kindBeside(this.#parts.roomId, member, opened.aad) : null;
    if (!isTheirs || kind === null) return this.#unread(member, seq, body);
    const { signatureKey } = opened.sender;
    this.#actions.push({ type: 'message', member, seq, signatureKey, kind, content: opened.message });
  }

  async #heard(member: number, body: Uint8Array): Promise<void> {
    const beat = decodeBeat(body);
    if (this.#seat === null || beat === null || member === this.#self) return;
    if (!this.#seat.isIn(beat.groupId)) {
      // Without having seen the FOUND we cannot know whose group is the current one; who was here first does.
      return this.#currentGroup === null && member < this.#self ? this.#ask() : undefined;
    }
    const verdict = this.#seat.judge(beat);
    if (verdict === 'forked') this.#actions.push({ type: 'forked', member });
    // Of two that do not agree, whoever came later begins anew from where the earlier one is, and tells the earlier one before.
    if (verdict === 'forked' && member < this.#self) this.#beat();
    if (verdict === 'behind' || (verdict !== 'agreed' && member < this.#self)) await this.#ask();
  }

  #beat(): void {
    this.#arm('beat', beatMs);
    if (this.#seat !== null) this.#send(0, frameTypes.beat, encodeBeat(this.#seat.beat));
  }

  async #heal(): Promise<void> {
    this.#arm('heal', healMs);
    if (this.#spoke) await this.#makeCommit([], []);
  }

  /** Makes the tree the members, if there is a difference and it is our turn, or was somebody's who did not take it. */
  async #plan(turnOver: boolean): Promise<void> {
    if (this.#seat === null || this.#pending !== null) return;
    const plan = planFor(this.#self, this.leaves, this.#members, this.#waiting.requests);
    if (plan === null || plan.rank < 0) return;
    const { epoch } = this.#seat.mark;
    if (plan.rank === 0 || (turnOver && this.#turnEpoch === epoch)) await this.#reconcile(plan.gone);
    else if (this.#turnEpoch !== epoch) {
      this.#turnEpoch = epoch;
      this.#arm('commit', plan.rank * turnMs);
    }
  }

  /** A key package that its sender made so that it fits no group must not keep the others out. */
  async #reconcile(gone: readonly Seated[]): Promise<void> {
    if (this.#seat === null) return;
    // A commit never leaves a single leaf (CR-11).
    if (this.leaves.length - gone.length + this.#waiting.size < 2) return this.#found();
    const remove = gone.map(({ index }) => index);
    if (await this.#makeCommit(remove, this.#waiting.members)) return;
    const { group } = this.#seat;
    const fit = async (packages: readonly Uint8Array[]) => this.#parts.ratchet.commit(group, remove, packages);
    // Whose request is void keeps its leaf: what is to be done is looked at anew.
    if (await this.#waiting.dropUnfit(fit)) await this.#plan(true);
  }

  async #makeCommit(remove: readonly number[], added: readonly number[]): Promise<boolean> {
    if (this.#seat === null || this.#pending !== null) return false;
    const commit = await this.#parts.ratchet.commit(this.#seat.group, remove, this.#waiting.packagesOf(added));
    if (commit === null) return false;
    this.#pending = { commit, added, hasPath: remove.length > 0 || added.length === 0 };
    this.#send(0, frameTypes.commit, encodeCommit({ ...this.#seat.mark, commit: commit.bytes }));
    return true;
  }

  #sit(group: Group, transcript: Transcript): void {
    if (this.#founding?.group === group) this.#founding = null;
    this.forget();
    this.#unanswered = 0;
    this.#seat = new Seat(this.#parts.ratchet, group, transcript);
    this.#settle();
  }

  /** A new epoch: what we had prepared for the last one is void, and whoever is in no longer waits. */
  #settle(): void {
    this.#pending = null;
    this.#waiting.settle(this.leaves);
    this.#actions.push({ type: 'roster' });
  }

  /** The one way to recover: forget the group and ask to be let in. */
  async #ask(): Promise<void> {
    const wasIn = this.#seat !== null;
    this.forget();
    if (wasIn) this.#actions.push({ type: 'roster' });
    this.#candidate = await this.#makeCandidate();
    this.#send(0, frameTypes.keyPackage, this.#candidate.keyPackage);
    const place = this.#members.filter((member) => member < this.#self).length;
    this.#arm('welcome', welcomeTimeoutMs * (this.#unanswered === 0 ? 1 : 2 + place));
  }

  async #unwelcomed(): Promise<void> {
    if (this.#seat !== null) return;
    this.#unanswered++;
    if (this.#unanswered === 1 && this.#founding === null) await this.#ask();
    else await this.#found();
  }

  async #found(): Promise<void> {
    this.forget();
    const candidate = await this.#makeCandidate();
    const groupId = this.#parts.random(groupIdBytes);
    this.#founding = { groupId, group: await this.#parts.ratchet.found(groupId, candidate) };
    this.#send(0, frameTypes.found, encodeFound({ groupId, keyPackage: candidate.keyPackage }));
    this.#candidate = candidate;
    this.#arm('welcome', welcomeTimeoutMs * 2);
  }

  async #makeCandidate(): Promise<Candidate> {
    return this.#parts.ratchet.makeCandidate(this.#parts.identity, await this.#parts.credential(this.#self));
  }

  #send(to: number, frame: number, body: Uint8Array): void {
    this.#actions.push({ type: 'send', to, frame, body });
  }

  #arm(timer: RosterTimer, afterMs: number): void {
    this.#actions.push({ type: 'arm', timer, afterMs });
  }
}
