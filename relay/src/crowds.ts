/**
 * How many rooms were made from each address prefix lately (PW-17): a count-min sketch, so that a million prefixes take no more memory than one.
 * What shares its cells with others is counted too high, never too low.
 */
import type { Address } from './addresses.ts';
import { numberOf, PrefixKey } from './keyed.ts';

const rows = 4;
/** As many as 16 bits of a hash can name. All that PW-16 lets be made in 5 minutes are one in each cell, less than what is free. */
const cellsPerRow = 2 ** 16;

/** Rooms in 5 minutes that cost a prefix nothing more; with each doubling of them a room costs twice as much. */
const freeRooms = 4;
export const maxCrowdBits = 4;
/** Nobody pays for more than this, so no cell counts further. */
const maxCount = freeRooms * 2 ** maxCrowdBits;

/** A prefix as it is counted: under the key of the moment, for one request. */
export interface Crowd {
  readonly id: number;
  readonly cells: readonly number[];
}

export class Crowds {
  readonly #key: PrefixKey;
  readonly #counts = new Uint8Array(rows * cellsPerRow);

  constructor(nowMs: number) {
    this.#key = new PrefixKey(nowMs);
  }

  /** The memory taken, in bytes; it never changes. */
  get sizeBytes(): number {
    return this.#counts.byteLength;
  }

  of(address: Address, nowMs: number): Crowd {
    if (this.#key.renew(nowMs)) this.#counts.fill(0);
    const hash = this.#key.hash(address);
    const cells = Array.from({ length: rows }, (_, row) => row * cellsPerRow + hash.readUInt16BE(6 + 2 * row));
    return { id: numberOf(hash), cells };
  }

  /** By how many bits a room costs more from here, 0 … 4. */
  bits({ cells }: Crowd): number {
    return Math.min(maxCrowdBits, Math.max(0, Math.log2(this.#least(cells) / freeRooms)));
  }

  /** A room was made from here. */
  count({ cells }: Crowd): void {
    const next = Math.min(maxCount, this.#least(cells) + 1);
    // Only cells that are behind are raised: what others put there is not counted on top.
    for (const cell of cells) this.#counts[cell] = Math.max(this.#counts[cell] ?? 0, next);
  }

  #least(cells: readonly number[]): number {
    return Math.min(...cells.map((cell) => this.#counts[cell] ?? 0));
  }
}
