/** The work of a proof of work (PW-5), by the platform's own PBKDF2: as fast in hardened browsers as anywhere. */
import { encodeSolution, isHit, iterationsPerTry, nonceSalt, tryBytes } from '@pug/wire';

/** Tries under way at once: enough to keep the native threads of a phone busy. */
export const tryingAtOnce = 4;
const maxTries = 2 ** 32;

export interface Work {
  /** 32 bytes (PW-4). */
  readonly puzzle: Uint8Array;
  readonly k: number;
  readonly target: number;
  /** Looked at before and after each try. An AbortSignal fits. */
  readonly signal: { readonly aborted: boolean };
  /** After each of the `k` hits, with how many there are. */
  readonly onHit: (hits: number) => void;
  /** Before each try, with how many were begun before: where it gives a promise, no further try begins until that is kept. */
  readonly beforeTry?: (tries: number) => Promise<void> | null;
}

/** The solution, 4·k bytes (PW-6), or null when called off (or, once in 10^30 years, when the stream is exhausted). */
export async function solve(work: Work): Promise<Uint8Array | null> {
  const search = new Search(work, await importPuzzle(work.puzzle));
  await Promise.all(Array.from({ length: tryingAtOnce }, () => search.run()));
  return search.solution();
}

class Search {
  readonly #work: Work;
  readonly #key: CryptoKey;
  readonly #hits: number[] = [];
  #next = 0;

  constructor(work: Work, key: CryptoKey) {
    this.#work = work;
    this.#key = key;
  }

  /** One of those that try beside one another: where one fails, nobody waits for the others, and they end. */
  run(): Promise<void> {
    return this.#run().catch((error: unknown) => {
      this.#next = maxTries;
      throw error;
    });
  }

  /** Tries end out of order, and hits of a solution ascend. */
  solution(): Uint8Array | null {
    const { k, signal } = this.#work;
    return signal.aborted || this.#hits.length < k ? null : encodeSolution(this.#hits.sort((a, b) => a - b));
  }

  async #run(): Promise<void> {
    const { target, signal, onHit, beforeTry } = this.#work;
    while (!this.#isOver()) {
      await beforeTry?.(this.#next);
      if (this.#isOver()) return;
      const nonce = this.#next++;
      const output = await attempt(this.#key, nonce);
      if (this.#hits.length >= this.#work.k || signal.aborted || !isHit(output, target)) continue;
      this.#hits.push(nonce);
      onHit(this.#hits.length);
    }
  }

  #isOver(): boolean {
    return this.#work.signal.aborted || this.#hits.length >= this.#work.k || this.#next >= maxTries;
  }
}

function importPuzzle(puzzle: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', Uint8Array.from(puzzle), 'PBKDF2', false, ['deriveBits']);
}

async function attempt(key: CryptoKey, nonce: number): Promise<Uint8Array> {
  const salt = Uint8Array.from(nonceSalt(nonce));
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: iterationsPerTry } as const;
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, tryBytes * 8));
}
