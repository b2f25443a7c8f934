/** The lines of a session, bounded: the oldest are dropped first. */
import type { Line } from './api.ts';

/** Lines kept in memory. */
export const maxLines = 5_000;

/** A line before it has its place. */
export type Draft = Line extends infer L ? (L extends Line ? Omit<L, 'key'> : never) : never;

export class Log {
  readonly #lines: Line[] = [];
  #nextKey = 1;

  get lines(): readonly Line[] {
    return this.#lines;
  }

  append(draft: Draft): Line {
    const line: Line = { ...draft, key: this.#nextKey++ };
    this.#lines.push(line);
    if (this.#lines.length > maxLines) this.#lines.shift();
    return line;
  }

  /** Puts `name` into the lines of `member` that were written before its name was known, and gives these. */
  name(member: number, name: string): readonly Line[] {
    const changed: Line[] = [];
    for (const [at, line] of this.#lines.entries()) {
      if (!('member' in line) || line.member !== member || line.name !== null) continue;
      const named: Line = { ...line, name };
      this.#lines[at] = named;
      changed.push(named);
    }
    return changed;
  }

  clear(): void {
    this.#lines.length = 0;
  }
}
