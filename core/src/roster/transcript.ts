/** The transcript: a running hash over every event of the order, by which members notice that they were shown different rooms (CR-14). */
import { ascii, concat, equalBytes, u32 } from '@pug/wire';
import { sha256 } from '../webcrypto.ts';
import { transcriptTagBytes } from './bodies.ts';
import type { LogEvent } from './log.ts';

/**
 * How many events back a tag can be compared (CR-14): more than can be on their way to a member whose connection lasts (LM-3, CL-10), so that
 * nobody honest speaks of an earlier one. A relay can put as many as it likes between what somebody says and what was heard before.
 */
export const rememberedEvents = 16_384;

const kinds = { frame: 1, join: 2, leave: 3, lock: 4 } as const;

/** The hash after the latest event, and the tags of the events before it. */
export class Transcript {
  readonly #start: number;
  #seq: number;
  #hash: Uint8Array;
  /** Each at its number, modulo how many there are. */
  readonly #tags = new Uint8Array(rememberedEvents * transcriptTagBytes);

  /** Begins at the event that founded the group, or with what a Welcome carried (32 bytes). */
  constructor(seq: number, hash: Uint8Array) {
    this.#start = seq;
    this.#seq = seq;
    this.#hash = hash;
    this.#remember();
  }

  get seq(): number {
    return this.#seq;
  }

  /** 32 bytes. */
  get hash(): Uint8Array {
    return this.#hash;
  }

  /** The first 16 bytes of the hash. */
  get tag(): Uint8Array {
    return this.#hash.slice(0, transcriptTagBytes);
  }

  /** `H(seq) = SHA-256("pug/1 transcript" ‖ H(seq − 1) ‖ seq(4) ‖ kind(1) ‖ member(4) ‖ frame)`. */
  async extend(event: LogEvent): Promise<void> {
    const member = event.type === 'lock' ? Number(event.locked) : event.member;
    const frame = event.type === 'frame' ? event.frame : new Uint8Array();
    const head = concat(u32(event.seq), Uint8Array.of(kinds[event.type]), u32(member));
    const input = concat(ascii('pug/1 transcript'), this.#hash, head, frame);
    this.#hash = await sha256(input);
    this.#seq = event.seq;
    this.#remember();
  }

  /**
   * Whether `tag` is what we hold at `seq`; null for an event from before this transcript. One that we were not shown yet is a difference,
   * too: whoever speaks of it knew it before speaking. And so is one that we do not know any more.
   */
  compare(seq: number, tag: Uint8Array): boolean | null {
    if (seq < this.#start) return null;
    if (seq > this.#seq || seq <= this.#seq - rememberedEvents) return false;
    const at = placeOf(seq);
    return equalBytes(this.#tags.subarray(at, at + transcriptTagBytes), tag);
  }

  #remember(): void {
    this.#tags.set(this.tag, placeOf(this.#seq));
  }
}

function placeOf(seq: number): number {
  return (seq % rememberedEvents) * transcriptTagBytes;
}
