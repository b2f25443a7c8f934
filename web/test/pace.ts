/** The shortest of several runs: the one that nothing else disturbed. Never 0, so that one can be divided by another. */
export function leastMs(run: () => void): number {
  const runs = Array.from({ length: 9 }, () => {
    const startedAtMs = performance.now();
    run();
    return performance.now() - startedAtMs;
  });
  return Math.max(0.02, Math.min(...runs));
}

/** Eight times the length takes eight times as long; where time grows with its square, 64 times. */
export const eightfoldBound = 32;
