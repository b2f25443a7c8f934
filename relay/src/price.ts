/** What a room costs whoever asks for one now (PW-7, PW-15 … PW-17): the dial for everybody, and what a crowded prefix pays on top. */
import { type Challenge, clientMaxEffort } from '@pug/wire';
import { type Address, isLoopback } from './addresses.ts';
import type { Crowd, Crowds } from './crowds.ts';
import type { Difficulty } from './difficulty.ts';

export interface Asked {
  /** In PBKDF2 iterations. */
  readonly effort: number;
  readonly raisedBy: Challenge['raisedBy'];
  /** Whom it was asked, or null where the address says nothing (PW-17). */
  readonly crowd: Crowd | null;
}

export class Price {
  readonly #floorEffort: number;
  readonly #difficulty: Difficulty;
  readonly #crowds: Crowds | null;

  /** @param crowds null on a shared listener */
  constructor(floorEffort: number, difficulty: Difficulty, crowds: Crowds | null) {
    this.#floorEffort = floorEffort;
    this.#difficulty = difficulty;
    this.#crowds = crowds;
  }

  asked(from: Address | null, nowMs: number): Asked {
    const crowd = from === null || isLoopback(from) ? null : (this.#crowds?.of(from, nowMs) ?? null);
    const loadBits = this.#difficulty.bits(nowMs);
    const crowdBits = crowd === null ? 0 : (this.#crowds?.bits(crowd) ?? 0);
    const bits = loadBits + crowdBits;
    const effort = Math.min(clientMaxEffort, Math.round(this.#floorEffort * 2 ** bits));
    return { effort, raisedBy: bits === 0 ? 'none' : crowdBits > loadBits ? 'network' : 'load', crowd };
  }

  /** A room was made at this price. */
  paid({ crowd }: Asked): void {
    this.#difficulty.count();
    if (crowd !== null) this.#crowds?.count(crowd);
  }
}
