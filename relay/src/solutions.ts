/** The memory of used solutions (PW-10): 8 bytes for each, for as long as its token can be valid, and nothing is evicted early. */
import { clockSkewSeconds, tokenLifeSeconds } from '@pug/wire';

/**
 * A token that is valid now was issued at most its life and the skew ago and at most the skew ahead (PW-9), so what it becomes invalid at
 * lies within life + 2 · skew = 180 s from now: never in more than four windows of 60 s. A table is cleared when its window is over.
 */
const windows = 4;
const windowSeconds = (tokenLifeSeconds + 2 * clockSkewSeconds) / (windows - 1);

/** The rooms that can be made with tokens of one window by default: 3,276 a second, several times what PW-13 lets be verified. */
const defaultPerWindow = 196_608;
/** A key is never 0: that is an empty place. */
const free = 0n;

/** `unknown` means too late, or too many to remember: the answer is `busy`. */
export type Use = 'unused' | 'used' | 'unknown';

interface Table {
  readonly places: BigUint64Array;
  count: number;
  /** The window it holds the solutions of, in windows since 1970. */
  window: number;
}

export class Solutions {
  readonly #perWindow: number;
  readonly #tables: readonly Table[];

  /** @param perWindow how many solutions are remembered for each of four windows, in tables of 4/3 to 8/3 as many places */
  constructor(perWindow: number = defaultPerWindow) {
    this.#perWindow = perWindow;
    const length = 2 ** Math.ceil(Math.log2((perWindow * 4) / 3));
    this.#tables = Array.from({ length: windows }, () => ({
      places: new BigUint64Array(length),
      count: 0,
      window: -1,
    }));
  }

  /** The memory taken, in bytes; it never changes. */
  get sizeBytes(): number {
    return this.#tables.reduce((sum, { places }) => sum + places.byteLength, 0);
  }

  /**
   * Whether a solution was used, and if not, whether it can be remembered.
   * @param key 64 bits of a hash under a secret of this process: who could choose it could fill one run of places
   * @param validUntil the last second at which its token is valid, since 1970
   */
  look(key: bigint, validUntil: number): Use {
    const table = this.#tableFor(validUntil);
    if (table === null) return 'unknown';
    if (table.places[placeOf(table.places, key)] !== free) return 'used';
    return table.count < this.#perWindow ? 'unused' : 'unknown';
  }

  /**
   * Remembers an unused solution until its token is invalid. In one step with `look` and the making of the room (PW-9).
   * @throws when `look` does not call it unused
   */
  use(key: bigint, validUntil: number): void {
    const table = this.look(key, validUntil) === 'unused' ? this.#tableFor(validUntil) : null;
    if (table === null) throw new Error('the solution is not an unused one');
    table.places[placeOf(table.places, key)] = key;
    table.count++;
  }

  /** The table of a window, cleared for it when it held one that is over; null when it holds a later one already. */
  #tableFor(validUntil: number): Table | null {
    const window = Math.floor(validUntil / windowSeconds);
    const table = this.#tables[window % windows];
    if (table === undefined || table.window > window) return null;
    if (table.window < window) {
      table.places.fill(free);
      table.count = 0;
      table.window = window;
    }
    return table;
  }
}

/** Where the key is, or the free place where it would be. There always is one: a table is at most three quarters full. */
function placeOf(places: BigUint64Array, key: bigint): number {
  const mask = places.length - 1;
  let place = Number(key & 0xffff_ffffn) & mask;
  while (places[place] !== free && places[place] !== key) place = (place + 1) & mask;
  return place;
}
