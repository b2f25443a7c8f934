/** Things that all wait equally long: a queue in the order they came, so that one look at its head finds who has waited enough. */
export class Waiting<T> {
  /** Insertion order is deadline order. */
  readonly #deadlines = new Map<T, number>();
  readonly #lifeMs: number;

  constructor(lifeMs: number) {
    this.#lifeMs = lifeMs;
  }

  get size(): number {
    return this.#deadlines.size;
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#deadlines.keys();
  }

  add(item: T, nowMs: number): void {
    this.#deadlines.set(item, nowMs + this.#lifeMs);
  }

  delete(item: T): void {
    this.#deadlines.delete(item);
  }

  /** The one that has waited longest, or null. */
  first(): T | null {
    const { value, done } = this.#deadlines.keys().next();
    return done ? null : value;
  }

  /** Takes out those whose time is up, one for each step. */
  *expire(nowMs: number): Generator<T> {
    for (const [item, deadlineMs] of this.#deadlines) {
      if (deadlineMs > nowMs) return;
      this.#deadlines.delete(item);
      yield item;
    }
  }
}
