/** The transcript: a running hash over every event of the order, by which members notice that they were shown different rooms (CR-14). */
import { ascii, concat, u32 } from '@pug/wire';
import { sha256 } from '../webcrypto.ts';
import { transcriptTagBytes } from './bodies.ts';
import type { LogEvent } from './log.ts';

/** How many events back a tag can be compared. */
const rememberedEvents = 512;

const kinds = { frame: 1, join: 2, leave: 3, lock: 4 } as const;

/** The hash after the latest event, and the tags of the events before it. */
export class Transcript {
  #seq: number;
  #hash: Uint8Array;
  readonly #tags = new Map<number, Uint8Array>();

  /** Begins at the event that founded the group, or with what a Welcome carried (32 bytes). */
  constructor(seq: number, hash: Uint8Array) {
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
   * Whether `tag` is what we hold at `seq`; null when we do not know that event any more. One that we were not shown yet is a
   * difference, too: whoever speaks of it knew it before speaking.
   */
  compare(seq: number, tag: Uint8Array): boolean | null {
    if (seq > this.#seq) return false;
    const held = this.#tags.get(seq);
    return held === undefined ? null : held.every((byte, at) => byte === tag[at]);
  }

  #remember(): void {
    this.#tags.set(this.#seq, this.tag);
    this.#tags.delete(this.#seq - rememberedEvents);
  }
}
