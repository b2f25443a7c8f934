import { expect, test } from 'bun:test';
import { fitLine, type Point, studentOf } from '../lib/fit.ts';

test('a line through points on a line is that line, without residuals and without error', () => {
  const fit = fitLine([1, 2, 5, 9].map((x): Point => [x, 3 + 2 * x]));
  expect(fit.slope).toBeCloseTo(2, 12);
  expect(fit.at(100)).toBeCloseTo(203, 9);
  expect(fit.slopeError).toBeCloseTo(0, 9);
  for (const residual of fit.residuals) expect(residual).toBeCloseTo(0, 12);
});

test('slope, error and residuals of points that scatter are those worked out by hand', () => {
  // Means 2 and 5/3, spread 2, slope (2/3 + 4/3) / 2 = 1.
  const fit = fitLine([
    [1, 1],
    [2, 1],
    [3, 3],
  ]);
  expect(fit.slope).toBeCloseTo(1, 12);
  expect(fit.at(2)).toBeCloseTo(5 / 3, 12);
  expect(fit.residuals.map((residual) => Math.round(residual * 1e6) / 1e6)).toEqual([0.333333, -0.666667, 0.333333]);
  // Residuals squared sum to 2/3 on one degree of freedom; t is 12.706.
  expect(fit.slopeError).toBeCloseTo((12.706 * Math.sqrt(2 / 3)) / Math.sqrt(2), 9);
  expect(fit.errorAt(2)).toBeCloseTo(12.706 * Math.sqrt(2 / 3) * Math.sqrt(1 / 3), 9);
  expect(fit.errorAt(20)).toBeGreaterThan(fit.errorAt(3));
});

test('two points say nothing about their error', () => {
  const two: readonly Point[] = [
    [0, 0],
    [1, 5],
  ];
  expect(fitLine(two).slope).toBe(5);
  expect(fitLine(two).slopeError).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  [4, 2.776],
  [8, 2.306],
  [10, 2.228],
  [30, 2.042],
])("Student's t for %d degrees of freedom is the table's", (free, value) => {
  expect(Math.abs(studentOf(free) - value)).toBeLessThan(0.01);
});
