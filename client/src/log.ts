/** The lines of a session, bounded: the oldest are dropped first. */
import type { Line } from './api.ts';

/** Lines kept in memory. */
export const maxLines = 5_000;

const minuteMs = 60_000;

/** A line about a member. */
export type MemberLine = Extract<Line, { readonly member: number }>;

/** A line before it has its place. */
export type Draft = Line extends infer L ? (L extends Line ? Omit<L, 'key'> : never) : never;

export class Log {
  readonly #lines: Line[] = [];
  #nextKey = 1;

  get lines(): readonly Line[] {
    return this.#lines;
  }

  /** The members that lines are about. */
  get members(): ReadonlySet<number> {
    return new Set(this.#lines.flatMap((line) => ('member' in line ? [line.member] : [])));
  }

  /** Whether the last line tells the same of the same member, in the minute of the clock that stands beside it. */
  tells(kind: MemberLine['kind'], member: number, atMs: number): boolean {
    const last = this.#lines.at(-1);
    return last?.kind === kind && last.member === member && minuteOf(last.atMs) === minuteOf(atMs);
  }

  append(draft: Draft): Line {
    const line: Line = { ...draft, key: this.#nextKey++ };
    this.#lines.push(line);
    if (this.#lines.length > maxLines) this.#lines.shift();
    return line;
  }

  /** Replaces the lines of `member` for which `rewrite` gives another, and gives these. */
  rewrite(member: number, rewrite: (line: MemberLine) => Line): readonly Line[] {
    const changed: Line[] = [];
    for (const [at, line] of this.#lines.entries()) {
      if (!('member' in line) || line.member !== member) continue;
      const next = rewrite(line);
      if (next === line) continue;
      this.#lines[at] = next;
      changed.push(next);
    }
    return changed;
  }

  clear(): void {
    this.#lines.length = 0;
  }
}

function minuteOf(atMs: number): number {
  return Math.floor(atMs / minuteMs);
}
