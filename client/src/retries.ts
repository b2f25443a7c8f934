/** How often was tried since a connection was good, and when the next attempt may come (CL-4). */
import { readU32 } from '@pug/wire';
import type { Platform, WaitReason } from './api.ts';
import { delayMs, floorMs, stableMs } from './backoff.ts';

export class Retries {
  readonly #platform: Platform;
  readonly #onDue: () => void;
  #count = 0;
  #notBeforeMs = 0;
  #cancel = (): void => {};

  /** `onDue` is told when the wait is over. */
  constructor(platform: Platform, onDue: () => void) {
    this.#platform = platform;
    this.#onDue = onDue;
  }

  /** 1 is the first connection, 2 the first retry since one was good, and so on. */
  get attempt(): number {
    return this.#count + 1;
  }

  /** A connection ended that had been in the room since then. */
  lost(sinceMs: number): void {
    if (this.#platform.now() - sinceMs >= stableMs) this.#count = 0;
  }

  /** Begins to wait; tells until when. */
  wait(reason: WaitReason): number {
    this.#count++;
    const nowMs = this.#platform.now();
    const waitMs = delayMs(this.#count, reason, readU32(this.#platform.random(4), 0));
    this.#notBeforeMs = nowMs + floorMs(reason);
    this.#dueAfter(waitMs);
    return nowMs + waitMs;
  }

  /** Ends the wait as soon as anybody may try (SK-12); a clock that was set back makes it no later. */
  hurry(reason: WaitReason): void {
    this.#dueAfter(Math.min(floorMs(reason), Math.max(0, this.#notBeforeMs - this.#platform.now())));
  }

  stop(): void {
    this.#cancel();
  }

  #dueAfter(ms: number): void {
    this.#cancel();
    this.#cancel = this.#platform.after(ms, this.#onDue);
  }
}
