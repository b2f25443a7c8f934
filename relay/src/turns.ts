/**
 * Costly things, one in each turn of the event loop. What came for the rooms meanwhile is handed out between two of them, so that a word waits
 * behind one join or request and not behind all that arrived with it.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;

  /** Does the work now when nothing was done in this turn, else in a turn of its own, in the order of arrival. */
  take(work: () => void): void {
    if (this.#isTaken) this.#waiting.push(work);
    else this.#do(work);
  }

  #do(work: () => void): void {
    this.#isTaken = true;
    setImmediate(this.#next);
    work();
  }

  readonly #next = (): void => {
    const work = this.#waiting.shift();
    if (work === undefined) this.#isTaken = false;
    else this.#do(work);
  };
}
