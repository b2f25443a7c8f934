import { expect, test } from 'bun:test';
import { medianOf, quantileOf, ratios, show, showRange } from '../lib/table.ts';

test('numbers are shown with three digits that count', () => {
  expect([0, 0.012345, 1.2345, 12.345, 1234567].map(show)).toEqual(['0', '0.0123', '1.23', '12.3', '1,234,567']);
  expect(show(Number.NaN)).toBe('n/a');
});

test('the median of an even number of values lies between the two in the middle', () => {
  expect(medianOf([4, 1, 3, 2])).toBe(2.5);
  expect(medianOf([9, 1, 5])).toBe(5);
});

test('a quantile is the nearest value, not one between two', () => {
  expect(quantileOf([10, 20, 30, 40], 0.5)).toBe(20);
  expect(quantileOf([10, 20, 30, 40], 0.99)).toBe(40);
});

test('ratios are taken within a round', () => {
  expect(ratios([10, 20], [5, 40])).toEqual([2, 0.5]);
  expect(showRange([2, 0.5, 1])).toBe('1 (0.5 … 2)');
});
