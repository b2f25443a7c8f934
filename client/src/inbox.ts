/** Incoming things, handled one after the other: opening a frame takes a while, and what came later must not overtake it. */

/** Frames that may wait to be opened. A relay that sends faster than this device decrypts must not fill its memory. */
export const maxWaiting = 2_000;

export class Inbox<T> {
  readonly #handle: (item: T) => Promise<void>;
  readonly #onFault: () => void;
  #waiting: T[] = [];
  #at = 0;
  #running = false;

  /** @param onFault told that `handle` failed: what it was given may be lost */
  constructor(handle: (item: T) => Promise<void>, onFault: () => void) {
    this.#handle = handle;
    this.#onFault = onFault;
  }

  /** Adds `item` at the end; false when too many wait already, and it is not added. */
  push(item: T): boolean {
    if (this.#waiting.length - this.#at >= maxWaiting) return false;
    this.add(item);
    return true;
  }

  /** Adds `item` however many wait: for the one thing that must not be lost, the end. */
  add(item: T): void {
    this.#waiting.push(item);
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      for (let item = this.#take(); item !== undefined; item = this.#take())
        await this.#handle(item).catch(this.#onFault);
    } finally {
      this.#running = false;
    }
  }

  /** The next item. The list is emptied in one go, for taking from its front would move all the others each time. */
  #take(): T | undefined {
    const item = this.#waiting[this.#at++];
    if (this.#at >= this.#waiting.length) {
      this.#waiting = [];
      this.#at = 0;
    }
    return item;
  }
}
