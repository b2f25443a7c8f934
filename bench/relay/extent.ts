/** How much is measured: rounds of everything in turn, and for each number a stretch of `ms` after a warm-up. */
export interface Extent {
  readonly rounds: number;
  readonly ms: number;
  /** A try of the measurement itself: few rooms and members. */
  readonly small: boolean;
  /** How long a soak lasts. */
  readonly minutes: number;
}
