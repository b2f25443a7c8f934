/** What all members together have not read yet (LM-10). Each queue has its own bound (LM-3), but a crowd of full ones would be the relay's end. */

/** Something that is sent to. */
export interface Reader {
  /** Bytes that were sent to it and wait. */
  readonly getBufferedAmount: () => number;
}

/** Queues that are long enough to matter. There are never more than the bound has room for, and what one look adds. */
export class Backlog<R extends Reader> {
  readonly #maxBytes: number;
  readonly #noticedBytes: number;
  /** What each was found to have in its queue. */
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

  /** Who has to go before all queues fit: the one with the longest. Null when they fit. */
  excess(): R | null {
    while (this.#totalBytes > this.#maxBytes) {
      const longest = this.#longest();
      if (longest === null) return null;
      const [reader, foundBytes] = longest;
      // Else it has read since it was looked at, and may not be the longest any more.
      if (this.look(reader) >= foundBytes) return reader;
    }
    return null;
  }

  #longest(): readonly [R, number] | null {
    let longest: readonly [R, number] | null = null;
    for (const entry of this.#slow) if (longest === null || entry[1] > longest[1]) longest = entry;
    return longest;
  }
}
