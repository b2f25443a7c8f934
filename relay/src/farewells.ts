/**
 * How many closed sockets may still be there (LM-9). The runtime waits for the other side to end a connection that was told its close code, and
 * one that does not, keeps its descriptor though no limit counts it any more.
 */

/** How long the runtime waits at most: 16 s were seen, by a clock that ticks every 4. */
const lingerMs = 18_000;

/** Half of the descriptors that are kept free besides the sockets' (OP-15). */
const always = 32;
const share = 0.1;

export class Farewells {
  readonly #most: number;
  /** When each of the last was said, in a ring. */
  readonly #saidAtMs: number[] = [];
  #at = 0;

  constructor(maxSockets: number) {
    this.#most = Math.max(always, Math.floor(maxSockets * share));
  }

  /** Whether one more may be said: otherwise the connection is to be ended without. */
  take(nowMs: number): boolean {
    const said = this.#saidAtMs[this.#at];
    if (said !== undefined && nowMs - said < lingerMs) return false;
    this.#saidAtMs[this.#at] = nowMs;
    this.#at = (this.#at + 1) % this.#most;
    return true;
  }
}
