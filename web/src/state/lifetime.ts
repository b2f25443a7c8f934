/** How long a room may last, in seconds: what a person can choose of what the deployment allows. */

interface Limits {
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

const usual = [600, 3_600, 28_800, 86_400];
const others = [60, 300, 900, 1_800, 7_200, 10_800, 14_400, 21_600, 43_200, 172_800, 259_200, 604_800];

/** In one tap: the usual times, the deployment's own, and what was `chosen` among all. */
export function usualTimes(limits: Limits, chosen: number): number[] {
  return within(limits, usual, [limits.default, chosen]);
}

/** All of them: finer steps, from the shortest to the longest. */
export function allTimes(limits: Limits): number[] {
  return within(limits, [...usual, ...others], [limits.min, limits.default, limits.max]);
}

function within({ min, max }: Limits, wished: readonly number[], own: readonly number[]): number[] {
  const allowed = wished.filter((seconds) => seconds >= min && seconds <= max);
  return [...new Set([...allowed, ...own])].sort((a, b) => a - b);
}
