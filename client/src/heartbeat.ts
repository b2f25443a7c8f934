/** Notices a dead path, which a socket alone may not for many minutes (CL-4, SK-11). */
import type { Platform } from './api.ts';

export const pingEveryMs = 20_000;
export const answerWithinMs = 10_000;
/** A timer this late means that the device slept: the answer could not be heard, so it is asked for again. */
const sleptMs = 5_000;

export interface HeartbeatOptions {
  readonly platform: Platform;
  readonly ping: () => void;
  readonly onDead: () => void;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #cancelPing = (): void => {};
  #cancelDeadline: (() => void) | null = null;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#schedule();
  }

  /** Something arrived: the path is alive. */
  heard(): void {
    this.#cancelDeadline?.();
    this.#cancelDeadline = null;
  }

  /** Pings now, unless an answer is awaited already. */
  probe(): void {
    if (this.#cancelDeadline) return;
    this.#cancelPing();
    this.#ping();
  }

  stop(): void {
    this.#cancelPing();
    this.heard();
  }

  #schedule(): void {
    this.#cancelPing = this.#options.platform.after(pingEveryMs, () => this.#ping());
  }

  #ping(): void {
    const { platform, ping, onDead } = this.#options;
    this.heard();
    this.#schedule();
    ping();
    const dueAtMs = platform.now() + answerWithinMs;
    this.#cancelDeadline = platform.after(answerWithinMs, () => {
      this.#cancelDeadline = null;
      if (platform.now() > dueAtMs + sleptMs) this.probe();
      else onDead();
    });
  }
}
