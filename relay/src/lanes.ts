/** A narrow passage: so many at once, so many waiting, and nobody else (PW-13). */
export class Lanes {
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  readonly #lanes: number;
  #free: number;

  constructor(lanes: number, maxWaiting: number) {
    this.#lanes = lanes;
    this.#free = lanes;
    this.#maxWaiting = maxWaiting;
  }

  get running(): number {
    return this.#lanes - this.#free;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs the work as soon as there is a lane, in the order of arrival; null when too many wait already. */
  async enter<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.#free > 0) this.#free--;
    else if (this.#waiting.length >= this.#maxWaiting) return null;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The lane is handed on as it is left, so that nobody who comes now is faster than who waits.
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
