/** A narrow passage: so many at once, so many waiting, not too many of them of one kind, and nobody else (PW-13). */
export class Lanes {
  readonly #maxWaiting: number;
  readonly #maxAlike: number;
  readonly #waiting: (() => void)[] = [];
  /** How many of each who wait; there are never more entries than there are waiting. */
  readonly #alike = new Map<number, number>();
  readonly #lanes: number;
  #free: number;

  /** @param maxAlike how many of the waiting may be of one kind */
  constructor(lanes: number, maxWaiting: number, maxAlike = maxWaiting) {
    this.#lanes = lanes;
    this.#free = lanes;
    this.#maxWaiting = maxWaiting;
    this.#maxAlike = maxAlike;
  }

  get running(): number {
    return this.#lanes - this.#free;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Runs the work as soon as there is a lane, in the order of arrival; null when too many wait already.
   * @param kind whom it is for; null is nobody in particular
   */
  async enter<T>(work: () => Promise<T>, kind: number | null = null): Promise<T | null> {
    if (this.#free > 0) this.#free--;
    else if (!this.#mayWait(kind)) return null;
    else await this.#wait(kind);
    try {
      return await work();
    } finally {
      // The lane is handed on as it is left, so that nobody who comes now is faster than who waits.
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }

  #mayWait(kind: number | null): boolean {
    const alike = kind === null ? 0 : (this.#alike.get(kind) ?? 0);
    return this.#waiting.length < this.#maxWaiting && alike < this.#maxAlike;
  }

  async #wait(kind: number | null): Promise<void> {
    if (kind !== null) this.#alike.set(kind, (this.#alike.get(kind) ?? 0) + 1);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (kind === null) return;
    const left = (this.#alike.get(kind) ?? 0) - 1;
    if (left > 0) this.#alike.set(kind, left);
    else this.#alike.delete(kind);
  }
}
