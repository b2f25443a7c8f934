/** What the person found when comparing the safety code (CR-15), and for which circle that counts. */
import type { Comparison } from './api.ts';

export class Compared {
  #found: { readonly composition: string; readonly result: Comparison } | null = null;

  /** True when the log tells of it: when it differs, and when it is equal after that. */
  note(composition: string, result: Comparison): boolean {
    const isTold = result === 'different' || this.in(composition) === 'different';
    this.#found = { composition, result };
    return isTold;
  }

  /** What counts in this circle. While we are not in one nobody is known to have come or gone: a warning stands, an assurance does not. */
  in(composition: string | null): Comparison | null {
    if (this.#found === null) return null;
    const { result } = this.#found;
    if (composition === null) return result === 'different' ? result : null;
    return composition === this.#found.composition ? result : null;
  }

  /** Forgets what was found in another circle than this; true when there was something to forget. */
  isOutdatedBy(composition: string | null): boolean {
    const isOutdated = this.#found !== null && composition !== null && composition !== this.#found.composition;
    if (isOutdated) this.#found = null;
    return isOutdated;
  }
}
