/** A straight line through points, and how far it can be trusted. */

export type Point = readonly [x: number, y: number];

export interface Fit {
  /** Its height at `x`. */
  readonly at: (x: number) => number;
  readonly slope: number;
  /** The slope lies within ± this with a probability of 95 %, if the points scatter by chance alone. */
  readonly slopeError: number;
  /** The same for the height at `x`. */
  readonly errorAt: (x: number) => number;
  /** How far above the line each point lies. */
  readonly residuals: readonly number[];
}

/** The line of least squares. Two points have no error to be told from: it is infinite then. */
export function fitLine(points: readonly Point[]): Fit {
  const meanX = meanOf(points.map(([x]) => x));
  const meanY = meanOf(points.map(([, y]) => y));
  const spread = sumOf(points.map(([x]) => (x - meanX) ** 2));
  const slope = sumOf(points.map(([x, y]) => (x - meanX) * (y - meanY))) / spread;
  const at = (x: number) => meanY + slope * (x - meanX);
  const residuals = points.map(([x, y]) => y - at(x));
  const free = points.length - 2;
  const deviation = free < 1 ? Number.POSITIVE_INFINITY : Math.sqrt(sumOf(residuals.map((r) => r * r)) / free);
  const scale = deviation === 0 ? 0 : deviation * studentOf(free);
  const errorAt = (x: number) => scale * Math.sqrt(1 / points.length + (x - meanX) ** 2 / spread);
  return { at, slope, slopeError: scale / Math.sqrt(spread), errorAt, residuals };
}

/** Student's t for 95 % on both sides: the usual expansion in 1 / degrees of freedom, and the tables' values where that is too coarse. */
export function studentOf(free: number): number {
  const exact = [Number.POSITIVE_INFINITY, 12.706, 4.303, 3.182][free];
  if (exact !== undefined) return exact;
  const z = 1.959964;
  const terms = [
    z,
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  ];
  return sumOf(terms.map((term, power) => term / free ** power));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}
