/** The dial of the price of a room (PW-16): how many times harder than the floor a puzzle is, by what the relay itself counts. */

const periodMs = 10_000;
const mostUpBits = 1.5;
const mostDownBits = Math.log2(2 / 3);

/**
 * A quarter of what one lane (PW-13) verifies on a server's core (814 solutions a second were measured, 1,413 with both): beyond what is
 * verified, honest work meets `busy`.
 */
const verifiedPerSecond = 200;

/** What rooms are made of, as far as it can run out. */
export interface Scarce {
  readonly maxPendingRooms: number;
  readonly pendingRoomSeconds: number;
  readonly maxRooms: number;
  readonly emptyRoomSeconds: number;
}

/**
 * How many rooms a second are no reason to raise the price: a quarter of those that would fill the table of pending rooms if nobody came, or
 * that of rooms if everybody left at once, and no more than can be verified with ease.
 */
export function targetRate({ maxPendingRooms, pendingRoomSeconds, maxRooms, emptyRoomSeconds }: Scarce): number {
  const fillPerSecond = Math.min(maxPendingRooms / pendingRoomSeconds, maxRooms / Math.max(1, emptyRoomSeconds));
  return Math.min(verifiedPerSecond, fillPerSecond / 4);
}

export class Difficulty {
  readonly #maxBits: number;
  readonly #targetPerSecond: number;
  /** The share of the places of rooms that are taken, 0 … 1. */
  readonly #occupancy: () => number;
  #bits = 0;
  #made = 0;
  #periodStartMs: number;

  /**
   * @param maxBits how far the price can rise: each bit doubles it
   * @param nowMs on a clock that never jumps, like every time handed in later
   */
  constructor(maxBits: number, targetPerSecond: number, occupancy: () => number, nowMs: number) {
    this.#maxBits = maxBits;
    this.#targetPerSecond = targetPerSecond;
    this.#occupancy = occupancy;
    this.#periodStartMs = nowMs;
  }

  /** By how many bits the price is raised now, 0 … `maxBits`. */
  bits(nowMs: number): number {
    let periods = Math.floor((nowMs - this.#periodStartMs) / periodMs);
    this.#periodStartMs += periods * periodMs;
    // As many steps as go from the highest price to the floor: what a long quiet does.
    periods = Math.min(periods, Math.ceil(this.#maxBits / -mostDownBits) + 1);
    for (; periods > 0; periods--) this.#turn();
    return this.#bits;
  }

  /** A room was made: work was paid for it. Nothing else that a client does or says counts (PW-15). */
  count(): void {
    this.#made++;
  }

  #turn(): void {
    const rate = this.#made / (periodMs / 1000) / this.#targetPerSecond;
    this.#made = 0;
    const over = Math.max(rate, this.#occupancy());
    const step = Math.min(mostUpBits, Math.max(mostDownBits, Math.log2(over)));
    this.#bits = Math.min(this.#maxBits, Math.max(0, this.#bits + step));
  }
}
