/** Which texts were shown, by author and id: a text sent again is seen once, and nobody takes one away by saying another under its id (CL-6). */

/**
 * Ids remembered, the oldest forgotten first: more than the lines kept. A text that is sent again after this many others is shown twice.
 */
export const maxSeen = 8_192;

export class Seen {
  readonly #ids = new Set<string>();

  /** Whether this id is new. It is not from now on. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    const oldest = this.#ids.size > maxSeen ? this.#ids.values().next().value : undefined;
    if (oldest !== undefined) this.#ids.delete(oldest);
    return true;
  }

  clear(): void {
    this.#ids.clear();
  }
}
