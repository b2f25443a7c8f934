/** What all members together have not read yet (LM-10). Each queue has its own bound (LM-3), but a crowd of full ones would be the relay's end. */

/** Something that is sent to. */
export interface Reader {
  /** Bytes that were sent to it and wait. */
  readonly getBufferedAmount: () => number;
}

/** Queues that are long enough to matter, by when they began to be. There are never more than the bound has room for, and what one look adds. */
export class Backlog<R extends Reader> {
  readonly #maxBytes: number;
  readonly #noticedBytes: number;
  /** What each was found to have in its queue; who has been slow longest is first. */
  readonly #slow = new Map<R, number>();
  #totalBytes = 0;

  /** @param noticedBytes what a queue must hold to be one of them */
  constructor(maxBytes: number, noticedBytes: number) {
    this.#maxBytes = maxBytes;
    this.#noticedBytes = noticedBytes;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Looks at a queue. @returns what it holds */
  look(reader: R): number {
    const unreadBytes = reader.getBufferedAmount();
    if (unreadBytes < this.#noticedBytes) this.forget(reader);
    else {
      this.#totalBytes += unreadBytes - (this.#slow.get(reader) ?? 0);
      this.#slow.set(reader, unreadBytes);
    }
    return unreadBytes;
  }

  /** It has ended, or reads again. */
  forget(reader: R): void {
    this.#totalBytes -= this.#slow.get(reader) ?? 0;
    this.#slow.delete(reader);
  }

  /** Who has to go before all queues fit: of those that are slow still, the one that has been longest. Null when they fit. */
  excess(): R | null {
    for (const reader of this.#slow.keys()) {
      if (this.#totalBytes <= this.#maxBytes) return null;
      if (this.look(reader) >= this.#noticedBytes && this.#totalBytes > this.#maxBytes) return reader;
    }
    return null;
  }
}
