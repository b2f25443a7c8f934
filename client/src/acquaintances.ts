/** Who is known by key: under which number somebody was here last, and the name it said (CL-8, CR-16). */
import type { Person } from './circle.ts';
import { maxLines } from './log.ts';

/** More are known only while they are here or lines tell of them. */
export const maxKnown = 2 * maxLines;

export interface Acquaintance {
  readonly number: number;
  /** The last that was met; null before one was. */
  readonly admission: string | null;
  readonly name: string | null;
}

export class Acquaintances {
  readonly #byKey = new Map<string, Acquaintance>();

  get size(): number {
    return this.#byKey.size;
  }

  /** `person` is in the circle: what was known of it before, undefined when nothing was; 'seen' when it was in already. */
  meet(number: number, { key, admission }: Person): Acquaintance | undefined | 'seen' {
    const known = this.#byKey.get(key);
    if (known?.admission === admission) return 'seen';
    this.#byKey.set(key, { number, admission, name: known?.name ?? null });
    return known;
  }

  /** Whether somebody else was met under this number: the relay, and somebody with the link, let another in under it. */
  isTaken(number: number, { key }: Person): boolean {
    return [...this.#byKey].some(([other, known]) => other !== key && known.number === number);
  }

  /** A name that was said stays with the key. */
  remember(number: number, { key }: Person, name: string): void {
    this.#byKey.set(key, { number, admission: this.#byKey.get(key)?.admission ?? null, name });
  }

  /** Whoever comes over and over as another must not fill the memory: forgets who is none of `kept`, when there are too many. */
  tidy(kept: () => ReadonlySet<number>): void {
    if (this.#byKey.size <= maxKnown) return;
    const numbers = kept();
    for (const [key, { number }] of this.#byKey) if (!numbers.has(number)) this.#byKey.delete(key);
  }

  clear(): void {
    this.#byKey.clear();
  }
}
