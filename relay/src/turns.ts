/** A join or a request to make a room takes a tenth of a millisecond. With one in each turn, a visit cost a quarter more than with no turns at all. */
export const perTurn = 8;

/**
 * Costly things, a few in each turn of the event loop. What came for the rooms meanwhile is handed out between two turns, so that a word waits
 * behind these few and not behind all that arrived with it.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #left = perTurn;

  /** Does the work now when little was done in this turn, else in one of the next, in the order of arrival. */
  take(work: () => void): void {
    if (this.#left === 0) this.#waiting.push(work);
    else {
      this.#begin(1);
      work();
    }
  }

  #begin(works: number): void {
    if (this.#left === perTurn && works > 0) setImmediate(this.#next);
    this.#left -= works;
  }

  readonly #next = (): void => {
    const due = this.#waiting.splice(0, perTurn);
    this.#left = perTurn;
    this.#begin(due.length);
    for (const work of due) work();
  };
}

/** The longest stretch of work that can wait, in milliseconds: thousands of connections may have to be closed together. */
const sliceMs = 1;

/** Does the work for one item after the other; after each slice of time the event loop turns before it goes on. */
export function inSlices<Item>(items: Iterator<Item>, work: (item: Item) => void): void {
  const endMs = performance.now() + sliceMs;
  for (let next = items.next(); !next.done; next = items.next()) {
    work(next.value);
    if (performance.now() < endMs) continue;
    setImmediate(inSlices<Item>, items, work);
    return;
  }
}
