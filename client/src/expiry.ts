/**
 * Whether the room's time is up (CL-4): by timers from when the relay said how much was left, or by the clock alone, which a person or
 * the network may set. Timers may stand still while a device sleeps: what they say comes late, never early.
 */
import type { Platform } from './api.ts';

/** Timers of browsers run out at once when they are set for longer. */
const maxTimerMs = 2 ** 31 - 1;

export class Expiry {
  readonly #platform: Pick<Platform, 'now' | 'after'>;
  #atMs = Number.POSITIVE_INFINITY;
  #hasPassed = false;
  #cancel = (): void => {};

  constructor(platform: Pick<Platform, 'now' | 'after'>) {
    this.#platform = platform;
  }

  get timeIsUp(): 'no' | 'clock' | 'passed' {
    if (this.#hasPassed) return 'passed';
    return this.#platform.now() >= this.#atMs ? 'clock' : 'no';
  }

  /** The relay says that `leftMs` are left. */
  start(leftMs: number): void {
    this.#atMs = this.#platform.now() + leftMs;
    this.#wait(leftMs);
  }

  stop(): void {
    this.#cancel();
  }

  #wait(leftMs: number): void {
    this.stop();
    this.#hasPassed = leftMs <= 0;
    if (this.#hasPassed) return;
    const stepMs = Math.min(leftMs, maxTimerMs);
    this.#cancel = this.#platform.after(stepMs, () => this.#wait(leftMs - stepMs));
  }
}
