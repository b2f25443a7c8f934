/** Whether the circle is those who are here, and waiting for somebody who has just joined and could not read yet what is said (CR-12). */
import type { Platform } from './api.ts';

/** How long texts wait, however many come one after the other. */
const settlingMs = 3_000;

export class Settling {
  readonly #platform: Platform;
  readonly #onOver: () => void;
  #state: 'none' | 'over' | { readonly cancel: () => void } = 'none';

  /** `onOver` is told when the wait has been long enough. */
  constructor(platform: Platform, onOver: () => void) {
    this.#platform = platform;
    this.#onOver = onOver;
  }

  /** Whether texts wait: while some of the `people` of the circle have left and could read them, and a while for `members` who could not. */
  isUnsettled(people: ReadonlyMap<number, unknown>, members: ReadonlyMap<number, unknown>): boolean {
    const isAwaited = this.#isAwaited([...members.keys()].some((member) => !people.has(member)));
    return isAwaited || [...people.keys()].some((member) => !members.has(member));
  }

  stop(): void {
    if (typeof this.#state === 'object') this.#state.cancel();
    this.#state = 'none';
  }

  /** Whether to wait, given whether there is something to wait for now. */
  #isAwaited(arriving: boolean): boolean {
    if (!arriving) this.stop();
    else if (this.#state === 'none') this.#state = { cancel: this.#platform.after(settlingMs, () => this.#end()) };
    return typeof this.#state === 'object';
  }

  #end(): void {
    this.#state = 'over';
    this.#onOver();
  }
}
