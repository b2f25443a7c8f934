/**
 * The places for sockets: who has one, and how many closed ones may still be there (LM-9). The runtime waits for the other side to end a
 * connection that was told its close code, and one that does not, keeps its descriptor for a while.
 */

/** How long the runtime waits at most: 16 s were seen, by a clock that ticks every 4. */
const lingerMs = 18_000;

/** Half of the descriptors that are kept free besides the sockets' (OP-15). More than these take places of sockets. */
const always = 32;
const share = 0.1;

/** Of all places, what is beyond this is for members who come back (LM-8), and not for those who were told to go. */
export const newMembersShare = 0.9;

export class Places<T> {
  /** Every open connection, the oldest first. */
  readonly open = new Set<T>();
  readonly #max: number;
  readonly #mostFarewells: number;
  /** When each of the last farewells was said, in a ring. */
  readonly #saidAtMs: number[] = [];
  #first = 0;
  #lingering = 0;

  constructor(maxSockets: number) {
    this.#max = maxSockets;
    this.#mostFarewells = Math.max(always, Math.floor(maxSockets * share));
  }

  /** The share of all places that is taken, by closed connections as well. */
  taken(nowMs: number): number {
    return (this.open.size + Math.max(0, this.#countLingering(nowMs) - always)) / this.#max;
  }

  /** Whether one of the open connections may be told why it is closed: otherwise it is to be ended without. */
  sayFarewell(nowMs: number): boolean {
    const lingering = this.#countLingering(nowMs);
    const mayLinger = lingering < always || this.taken(nowMs) <= newMembersShare;
    if (lingering >= this.#mostFarewells || !mayLinger) return false;
    this.#saidAtMs[(this.#first + lingering) % this.#mostFarewells] = nowMs;
    this.#lingering++;
    return true;
  }

  #countLingering(nowMs: number): number {
    while (this.#lingering > 0 && nowMs - (this.#saidAtMs[this.#first] ?? nowMs) >= lingerMs) {
      this.#first = (this.#first + 1) % this.#mostFarewells;
      this.#lingering--;
    }
    return this.#lingering;
  }
}
