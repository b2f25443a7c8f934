/** Lines of the log that come with time (OP-10): what limits refused, what a room costs, and once an hour the counts. */
import { type Counts, limitNames, type Tally } from './counts.ts';
import type { Fact } from './log.ts';

const quietMs = 60_000;
const hourMs = 3_600_000;

/** What is counted elsewhere, or is now. */
export interface Sizes {
  readonly rooms: number;
  readonly pending: number;
  readonly sockets: number;
  /** Iterations asked for a room (PW-7). */
  readonly effort: number;
}

/** Looks at the counts now and then, and says what has changed. Times are milliseconds on a clock that never jumps. */
export class Report {
  readonly #counts: Counts;
  readonly #log: (fact: Fact) => void;
  readonly #refusalsLogged: Tally<string>;
  readonly #limitLoggedAtMs = new Map<string, number>();
  #effortLogged: number;
  #effortLoggedAtMs = Number.NEGATIVE_INFINITY;
  #countsDueAtMs: number;

  constructor(counts: Counts, effort: number, nowMs: number, log: (fact: Fact) => void) {
    this.#counts = counts;
    this.#log = log;
    this.#refusalsLogged = { ...counts.refusals };
    this.#effortLogged = effort;
    this.#countsDueAtMs = nowMs + hourMs;
  }

  look(sizes: Sizes, nowMs: number): void {
    this.#lookAtLimits(nowMs);
    this.#lookAtEffort(sizes.effort, nowMs);
    if (nowMs < this.#countsDueAtMs) return;
    this.#countsDueAtMs += hourMs;
    const { rooms, pending, sockets } = sizes;
    const { members, messages, messageBytes } = this.#counts;
    this.#log({ event: 'counts', rooms, pending, sockets, members, messages, bytes: messageBytes });
  }

  #lookAtLimits(nowMs: number): void {
    for (const limit of limitNames) {
      const refused = this.#counts.refusals[limit] - (this.#refusalsLogged[limit] ?? 0);
      if (refused === 0 || nowMs - (this.#limitLoggedAtMs.get(limit) ?? Number.NEGATIVE_INFINITY) < quietMs) continue;
      this.#refusalsLogged[limit] = this.#counts.refusals[limit];
      this.#limitLoggedAtMs.set(limit, nowMs);
      this.#log({ event: 'limit', limit, refused });
    }
  }

  /** A bit of difficulty is a factor of two. */
  #lookAtEffort(effort: number, nowMs: number): void {
    const was = this.#effortLogged;
    const isFar = effort >= 2 * was || effort <= was / 2;
    if (!isFar || nowMs - this.#effortLoggedAtMs < quietMs) return;
    this.#effortLogged = effort;
    this.#effortLoggedAtMs = nowMs;
    this.#log({ event: 'difficulty', effort, was });
  }
}
