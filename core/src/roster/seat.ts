/** A place in a group: its epoch and its transcript, which move on with every event. */
import { equalBytes } from '@pug/wire';
import type { Position } from '../message.ts';
import type { Commit, Group, Ratchet, Unprotected } from '../ratchet/ratchet.ts';
import { retainedEpochs } from '../ratchet/retention.ts';
import { authenticatorTagBytes, type Beat } from './bodies.ts';
import type { LogEvent } from './log.ts';
import { memberOf, type Seated } from './plan.ts';
import type { Transcript } from './transcript.ts';

/** One epoch of one group. */
export interface EpochMark {
  readonly groupId: Uint8Array;
  readonly epoch: number;
}

/** The body of a message frame, and the epoch that can open it. */
export interface Sealed {
  readonly body: Uint8Array;
  readonly mark: EpochMark;
}

/** What all members of an epoch agree on. */
export interface Agreement extends EpochMark {
  readonly authenticator: Uint8Array;
}

export class Seat {
  readonly #ratchet: Ratchet;
  readonly #transcript: Transcript;
  /** Whoever is in this epoch has seen the event that our transcript begins with. */
  readonly #firstEpoch: number;
  #group: Group;

  constructor(ratchet: Ratchet, group: Group, transcript: Transcript) {
    this.#ratchet = ratchet;
    this.#group = group;
    this.#firstEpoch = ratchet.epoch(group);
    this.#transcript = transcript;
  }

  get group(): Group {
    return this.#group;
  }

  get transcript(): Transcript {
    return this.#transcript;
  }

  get leaves(): readonly Seated[] {
    return this.#ratchet.leaves(this.#group).map((leaf) => ({ ...leaf, member: memberOf(leaf.credential) }));
  }

  get mark(): EpochMark {
    return { groupId: this.#ratchet.groupId(this.#group), epoch: this.#ratchet.epoch(this.#group) };
  }

  get agreement(): Agreement {
    return { ...this.mark, authenticator: this.#ratchet.authenticator(this.#group) };
  }

  get position(): Position {
    return { seq: this.#transcript.seq, tag: this.#transcript.tag };
  }

  /** What this member tells the others of where it is. */
  get beat(): Beat {
    const { authenticator, ...mark } = this.agreement;
    const { seq, tag } = this.position;
    return { ...mark, authenticator: authenticator.slice(0, authenticatorTagBytes), seq, transcript: tag };
  }

  /**
   * What another's beat in this group says of us: one of us was shown other events, 'forked', whatever epoch that led to; we are 'behind';
   * or by an insider's doing one epoch has two groups, 'split'.
   */
  judge(theirs: Beat): 'agreed' | 'behind' | 'forked' | 'split' {
    const ours = this.beat;
    const wasShownOurs = this.#transcript.compare(theirs.seq, theirs.transcript) ?? theirs.epoch < this.#firstEpoch;
    if (!wasShownOurs) return 'forked';
    if (theirs.epoch > ours.epoch) return 'behind';
    return theirs.epoch < ours.epoch || equalBytes(theirs.authenticator, ours.authenticator) ? 'agreed' : 'split';
  }

  /** Whether a frame of this group is meant. */
  isIn(groupId: Uint8Array): boolean {
    return equalBytes(this.mark.groupId, groupId);
  }

  /** Whether the others can open, at this place in the order, what was protected in that epoch. */
  isOpenTo({ groupId, epoch }: EpochMark): boolean {
    return this.isIn(groupId) && this.mark.epoch - epoch <= retainedEpochs;
  }

  extend(event: LogEvent): Promise<void> {
    return this.#transcript.extend(event);
  }

  /** The next epoch by another's commit; ours, where we had made one, leads nowhere. */
  moveTo(group: Group, lost?: Commit): void {
    this.#group = group;
    if (lost) this.#ratchet.drop(group, lost);
  }

  /** The next epoch by our own commit. */
  apply(commit: Commit): void {
    this.#group = this.#ratchet.apply(this.#group, commit);
  }

  async protect(message: Uint8Array, aad: Uint8Array): Promise<Uint8Array> {
    const { group, bytes } = await this.#ratchet.protect(this.#group, message, aad);
    this.#group = group;
    return bytes;
  }

  async unprotect(bytes: Uint8Array): Promise<Unprotected | null> {
    const opened = await this.#ratchet.unprotect(this.#group, bytes);
    if (opened !== null) this.#group = opened.group;
    return opened;
  }

  forget(): void {
    this.#ratchet.forget(this.#group);
  }
}
