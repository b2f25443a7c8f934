/** Waiting for somebody who has just joined and could not read yet what is said (CR-12). */
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

  /** Whether to wait, given whether there is something to wait for now. */
  isAwaited(arriving: boolean): boolean {
    if (!arriving) this.stop();
    else if (this.#state === 'none') this.#state = { cancel: this.#platform.after(settlingMs, () => this.#end()) };
    return typeof this.#state === 'object';
  }

  stop(): void {
    if (typeof this.#state === 'object') this.#state.cancel();
    this.#state = 'none';
  }

  #end(): void {
    this.#state = 'over';
    this.#onOver();
  }
}
