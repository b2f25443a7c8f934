/** What this member has to say: the machine's own frames first, then its name, then texts in the order of typing (CL-5, CL-8). */
import { type Content, cleanName, cleanText, type EpochMark, frameTypes, maxTextBytes, utf8Bytes } from '@pug/core';
import { toBase64url } from '@pug/wire';
import type { Pending, Platform } from './api.ts';
import type { Circle } from './circle.ts';
import {
  added,
  afterLoss,
  type Entry,
  emptyOutbox,
  findSent,
  givenUp,
  nextToSend,
  type Outbox,
  sent,
  toPending,
  without,
} from './outbox.ts';
import type { FrameTask } from './sender.ts';

const textIdBytes = 16;
/** The most that envelope, counter, ratchet and position add to the padded text: 30, 4, about 160, 21 and 21 bytes. */
const overheadBytes = 512;
const minPaddedBytes = 256;

export interface SpeechOptions {
  readonly platform: Platform;
  readonly name: string;
  readonly onPending: () => void;
}

/** Of these the latest counts: where this member wants to be, what it would make of its group, where it is. */
const latestOnly: readonly (readonly number[])[] = [
  [frameTypes.keyPackage, frameTypes.found],
  [frameTypes.commit],
  [frameTypes.beat],
];

/** To whom something is said, and whether it would miss somebody now, or reach somebody who has left. */
interface Audience {
  readonly circle: Circle;
  readonly isSettling: () => boolean;
}

/** What went out under a counter, until its echo comes. */
interface Spoken {
  readonly content: Content;
  readonly mark: EpochMark;
}

export class Speech {
  readonly #options: SpeechOptions;
  #outbox: Outbox = emptyOutbox;
  #pending: readonly Pending[] = [];
  #nextKey = 1;
  #name: string;
  #renamed = false;
  /** To whom the name is to be said: the one who was let in since it was last said, 0 for everybody, or nobody. */
  #nameOwed: number | null = 0;
  #urgent: FrameTask[] = [];
  readonly #spoken = new Map<number, Spoken>();

  constructor(options: SpeechOptions) {
    this.#options = options;
    this.#name = cleanName(options.name);
  }

  get name(): string {
    return this.#name;
  }

  get pending(): readonly Pending[] {
    return this.#pending;
  }

  /** A new membership: nothing of the last one is on its way any more. */
  begin(): void {
    this.#urgent = [];
    this.#spoken.clear();
    this.#nameOwed = 0;
    this.#setOutbox(afterLoss(this.#outbox));
  }

  /**
   * A frame that the roster machine wants sent. What it asked for before is void by then: an insider who makes it begin anew faster than the
   * pace allows to say so would fill the memory, and for minutes afterwards old requests would go out.
   */
  send(to: number, type: number, body: Uint8Array): void {
    const replaced = latestOnly.find((types) => types.includes(type)) ?? [];
    this.#urgent = this.#urgent.filter((waiting) => !replaced.includes(waiting.type));
    const lengthBytes = body.length + overheadBytes;
    this.#urgent.push({ kind: 'frame', to, type, lengthBytes, spell: async () => body });
  }

  /** Queues a text. */
  say(text: string, maxPayloadBytes: number): 'ok' | 'empty' | 'too_long' {
    const shown = cleanText(text);
    if (shown.trim() === '') return 'empty';
    if (utf8Bytes(shown) > longestTextBytes(maxPayloadBytes)) return 'too_long';
    const { platform } = this.#options;
    const id = platform.random(textIdBytes);
    const entry = { key: this.#nextKey++, id, idText: toBase64url(id), text: shown, atMs: platform.now() };
    this.#setOutbox(added(this.#outbox, entry));
    return 'ok';
  }

  rename(name: string): 'ok' | 'empty' {
    const shown = cleanName(name);
    if (shown === '') return 'empty';
    this.#name = shown;
    this.#renamed = true;
    this.#nameOwed = 0;
    return 'ok';
  }

  /** `member` was let in and does not know the name yet. It is said to all when there are two such: an insider can make them any number. */
  owe(member: number): void {
    this.#nameOwed = this.#nameOwed === null || this.#nameOwed === member ? member : 0;
  }

  /** Takes the next thing to say. Name and texts wait until we are in, what is for everybody also while the circle `isSettling`. */
  next(circle: Circle, self: number, isSettling: () => boolean): FrameTask | null {
    const urgent = this.#urgent.shift();
    if (urgent) return urgent;
    const persona = circle.people.get(self);
    if (!persona) return null;
    const forAll: Audience = { circle, isSettling };
    const settling = isSettling();
    return this.#nextName(forAll, persona.name, settling) ?? (settling ? null : this.#nextText(forAll));
  }

  /** The own frame of this counter is in the order. What the others cannot open there is said again; what they can is returned. */
  echoed(counter: number, circle: Circle): Content | null {
    const spoken = this.#spoken.get(counter);
    this.#spoken.delete(counter);
    if (!spoken) return null;
    if (circle.isOpenTo(spoken.mark)) return spoken.content;
    this.#again(spoken.content);
    return null;
  }

  /** A text that everybody has is no longer pending. */
  arrived(idText: string): void {
    const entry = findSent(this.#outbox, idText);
    if (entry) this.#setOutbox(without(this.#outbox, entry.key));
  }

  /** Texts too long for this relay, typed before its policy was known, cannot be sent. */
  fit(maxPayloadBytes: number): void {
    this.#setOutbox(givenUp(this.#outbox, ({ text }) => utf8Bytes(text) > longestTextBytes(maxPayloadBytes)));
  }

  /** The connection was lost: what has no echo is to be sent again. */
  lost(): void {
    this.#setOutbox(afterLoss(this.#outbox));
  }

  /** The room has ended: what was never sent is shown as such. */
  end(): void {
    this.begin();
    this.#setOutbox(givenUp(this.#outbox));
  }

  /** Nothing needs to be said while the name is the one that everybody derives from the key (CR-16). */
  #nextName(audience: Audience, derived: string, settling: boolean): FrameTask | null {
    if (this.#name === '' || (this.#name === derived && !this.#renamed)) return null;
    const to = this.#nameOwed;
    if (to === null || (to === 0 && settling)) return null;
    this.#nameOwed = null;
    return this.#task(audience, to, { kind: 'name', name: this.#name });
  }

  #nextText(audience: Audience): FrameTask | null {
    const entry = nextToSend(this.#outbox);
    if (!entry) return null;
    this.#outbox = sent(this.#outbox, entry.key);
    return this.#task(audience, 0, { kind: 'text', id: entry.id, text: entry.text });
  }

  #task({ circle, isSettling }: Audience, to: number, content: Content): FrameTask {
    let mark: EpochMark | null = null;
    const words = content.kind === 'name' ? content.name : content.text;
    return {
      kind: 'frame',
      to,
      type: frameTypes.message,
      lengthBytes: frameBytes(words),
      spell: async () => {
        const said = await circle.say(content, () => to > 0 || !isSettling());
        mark = said?.mark ?? null;
        if (!said) this.#again(content);
        return said?.body ?? null;
      },
      sealed: (counter) => {
        if (mark && to === 0) this.#spoken.set(counter, { content, mark });
      },
    };
  }

  #again(content: Content): void {
    if (content.kind === 'name') this.#nameOwed = 0;
    else this.#setOutbox(this.#outbox.map((entry): Entry => waitingAgain(entry, content.id)));
  }

  #setOutbox(outbox: Outbox): void {
    this.#outbox = outbox;
    this.#pending = toPending(outbox);
    this.#options.onPending();
  }
}

function waitingAgain(entry: Entry, id: Uint8Array): Entry {
  return entry.id === id && entry.state === 'in_flight' ? { ...entry, state: 'waiting' } : entry;
}

/** How long a frame that says these words gets, at most: padding gives them 256 bytes at least, and doubles them at the most. */
function frameBytes(words: string): number {
  return Math.max(minPaddedBytes, 2 * utf8Bytes(words)) + overheadBytes;
}

/** The longest text that a relay takes whose longest payload is this: padding doubles a text at the most. In bytes of UTF-8. */
export function longestTextBytes(maxPayloadBytes: number): number {
  return Math.min(maxTextBytes, Math.floor((maxPayloadBytes - overheadBytes) / 2));
}
