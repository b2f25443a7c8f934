// Time that passes only when everybody waits: what a promise waits for is an entry of a queue, and the earliest comes next.
export class SimulatedTime {
  #nowMs = 0;
  #serial = 0;
  /** A binary heap by time, then by order of arrival. */
  readonly #heap: Sleeper[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.#push({ atMs: this.#nowMs + ms, serial: this.#serial++, wake }));
  }

  /** Runs until `endMs`; what is still asleep then never wakes. */
  async run(endMs: number): Promise<void> {
    await settled();
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= endMs; next = this.#heap[0]) {
      this.#nowMs = next.atMs;
      this.#pop();
      next.wake();
      await settled();
    }
  }

  #push(entry: Sleeper): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    for (let above = (at - 1) >> 1; at > 0 && isEarlier(entry, heap[above]); above = (at - 1) >> 1) {
      heap[at] = heap[above] ?? entry;
      at = above;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const least = right < heap.length && isEarlier(heap[right], heap[left]) ? right : left;
      const child = heap[least];
      if (child === undefined || !isEarlier(child, last)) break;
      heap[at] = child;
      at = least;
    }
    heap[at] = last;
  }
}

interface Timed {
  readonly atMs: number;
  readonly serial: number;
}

interface Sleeper extends Timed {
  readonly wake: () => void;
}

function isEarlier(a: Timed | undefined, b: Timed | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.serial < b.serial);
}

/** Lets every promise that can go on do so: none of what is simulated waits more often in a row than this. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await null;
}

/** A reproducible source of numbers in [0, 1) (Marsaglia's xorshift32). */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
