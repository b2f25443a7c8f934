/** Many deadlines behind one timer: a binary heap that knows where each of its entries stands. */

/** Memory is taken in steps of this many slots: few enough to waste little, enough to make growing rare. */
const stepSlots = 1024;

/**
 * Deadlines by slot: a small integer that `add` hands out and `remove` takes back, so that whoever keeps more about each deadline
 * can use it as an index. 16 bytes a slot, in arrays that grow in place and keep nothing of what was removed.
 */
export class Deadlines {
  readonly #maxSlots: number;
  readonly #buffers: readonly [at: ArrayBuffer, heap: ArrayBuffer, place: ArrayBuffer];
  readonly #at: Float64Array;
  /** Every slot once: in the first `#size` places a heap by deadline, behind them the free ones. */
  readonly #heap: Uint32Array;
  /** Where in `#heap` each slot stands. */
  readonly #place: Uint32Array;
  #slots = 0;
  #size = 0;

  /** @param maxSlots how many deadlines there can be at once */
  constructor(maxSlots: number) {
    this.#maxSlots = maxSlots;
    const growing = (bytes: number) => new ArrayBuffer(0, { maxByteLength: bytes * maxSlots });
    this.#buffers = [growing(8), growing(4), growing(4)];
    this.#at = new Float64Array(this.#buffers[0]);
    this.#heap = new Uint32Array(this.#buffers[1]);
    this.#place = new Uint32Array(this.#buffers[2]);
  }

  get size(): number {
    return this.#size;
  }

  /** The memory taken, in bytes. */
  get sizeBytes(): number {
    return this.#buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /**
   * Adds a deadline, in milliseconds on any clock.
   * @returns its slot, below `maxSlots`
   * @throws when there are `maxSlots` of them: to keep below is the caller's
   */
  add(atMs: number): number {
    if (this.#size === this.#slots) this.#grow();
    const place = this.#size++;
    const slot = this.#slotAt(place);
    this.#at[slot] = atMs;
    this.#rise(slot, place);
    return slot;
  }

  /** Gives the deadline in `slot` another time. */
  move(slot: number, atMs: number): void {
    this.#at[slot] = atMs;
    this.#sink(slot, this.#rise(slot, this.#placeOf(slot)));
  }

  /** Takes the deadline out of `slot`, which is free then. */
  remove(slot: number): void {
    const place = this.#placeOf(slot);
    const last = this.#slotAt(--this.#size);
    this.#put(slot, this.#size);
    this.#at[slot] = 0;
    if (last === slot) return;
    this.#sink(last, this.#rise(last, place));
  }

  /** The time of the deadline in `slot`. */
  atMs(slot: number): number {
    // `?? 0`: slots come from `add`, which made room for them; the same holds for the two reads below.
    return this.#at[slot] ?? 0;
  }

  /** The earliest deadline's time, or null when there is none. */
  nextMs(): number | null {
    return this.#size === 0 ? null : this.atMs(this.#slotAt(0));
  }

  /** The slot of the earliest deadline that has come by `nowMs`, or null. It stays until it is removed or moved. */
  due(nowMs: number): number | null {
    const slot = this.#slotAt(0);
    return this.#size > 0 && this.atMs(slot) <= nowMs ? slot : null;
  }

  #slotAt(place: number): number {
    return this.#heap[place] ?? 0;
  }

  #placeOf(slot: number): number {
    return this.#place[slot] ?? 0;
  }

  #put(slot: number, place: number): void {
    this.#heap[place] = slot;
    this.#place[slot] = place;
  }

  /** Moves `slot` up from `place` to where no parent is later; returns that place. */
  #rise(slot: number, place: number): number {
    const atMs = this.atMs(slot);
    let at = place;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.#slotAt(above);
      if (this.atMs(parent) <= atMs) break;
      this.#put(parent, at);
      at = above;
    }
    this.#put(slot, at);
    return at;
  }

  /** Moves `slot` down from `place` to where no child is earlier. */
  #sink(slot: number, place: number): void {
    const atMs = this.atMs(slot);
    let at = place;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= this.#size) break;
      const right = left + 1;
      const rightIsEarlier = right < this.#size && this.atMs(this.#slotAt(right)) < this.atMs(this.#slotAt(left));
      const below = rightIsEarlier ? right : left;
      const child = this.#slotAt(below);
      if (this.atMs(child) >= atMs) break;
      this.#put(child, at);
      at = below;
    }
    this.#put(slot, at);
  }

  #grow(): void {
    const slots = Math.min(this.#maxSlots, this.#slots + stepSlots);
    if (slots === this.#slots) throw new Error('more deadlines than there are slots');
    const [at, heap, place] = this.#buffers;
    at.resize(8 * slots);
    heap.resize(4 * slots);
    place.resize(4 * slots);
    for (let slot = this.#slots; slot < slots; slot++) this.#put(slot, slot);
    this.#slots = slots;
  }
}
