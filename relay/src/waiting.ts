/** Things that all wait equally long: a queue in the order they came, so that one look at its head finds who has waited enough. */
export class Waiting<T> {
  /** Insertion order is deadline order. */
  readonly #deadlines = new Map<T, number>();
  /** Who was first when it was last asked, and the way on from there: from the front it leads past the places of thousands who are gone. */
  #first: T | null = null;
  #ahead: Iterator<T> | null = null;
  readonly #lifeMs: number;

  constructor(lifeMs: number) {
    this.#lifeMs = lifeMs;
  }

  get size(): number {
    return this.#deadlines.size;
  }

  /** @param item one that has not been here before */
  add(item: T, nowMs: number): void {
    this.#deadlines.set(item, nowMs + this.#lifeMs);
  }

  delete(item: T): void {
    this.#deadlines.delete(item);
  }

  /** The one that has waited longest, or null. */
  first(): T | null {
    while (this.size > 0) {
      if (this.#first !== null && this.#deadlines.has(this.#first)) return this.#first;
      this.#ahead ??= this.#deadlines.keys();
      const { value, done } = this.#ahead.next();
      if (done) this.#ahead = null;
      else this.#first = value;
    }
    return null;
  }

  /** Takes out those whose time is up, one for each step. */
  *expire(nowMs: number): Generator<T> {
    // An iterator that is not moved keeps alive what the map was, and is, from then on.
    [this.#first, this.#ahead] = [null, null];
    for (const [item, deadlineMs] of this.#deadlines) {
      if (deadlineMs > nowMs) return;
      this.#deadlines.delete(item);
      yield item;
    }
  }
}
