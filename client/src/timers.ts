/** The timers of the roster machine, one of each name. */
import type { RosterTimer } from '@pug/core';
import type { Platform } from './api.ts';

export class Timers {
  readonly #platform: Platform;
  readonly #onTimer: (timer: RosterTimer) => void;
  readonly #armed = new Map<RosterTimer, () => void>();

  constructor(platform: Platform, onTimer: (timer: RosterTimer) => void) {
    this.#platform = platform;
    this.#onTimer = onTimer;
  }

  /** Replaces the one of that name. */
  arm(timer: RosterTimer, afterMs: number): void {
    this.#armed.get(timer)?.();
    this.#armed.set(
      timer,
      this.#platform.after(afterMs, () => this.#onTimer(timer)),
    );
  }

  stop(): void {
    for (const cancel of this.#armed.values()) cancel();
    this.#armed.clear();
  }
}
