import { expect, test } from 'bun:test';
import { formsOf } from '../src/strings/forms.ts';

const unit = ['one', 'many'] as const;
const formsIn = (locale: string) => formsOf(locale, { day: unit, hour: unit, minute: unit, second: unit });

test.each(['en', 'de'])('CL-13 numbers in %s are written as the platform writes them', (locale) => {
  const { number } = formsIn(locale);
  const platform = new Intl.NumberFormat(locale);
  const numbers = [...Array.from({ length: 1_200 }, (_, n) => n), 65_536, 1_234_567, 0.5, 12.25, -1, -12_345];
  expect(numbers.map(number)).toEqual(numbers.map((n) => platform.format(n)));
});

test.each([
  ['en', 59_999, '0 minutes ago'],
  ['en', 60_000, '1 minute ago'],
  ['de', 59 * 60_000, 'vor 59 Minuten'],
  ['en', 119 * 60_000, '1 hour ago'],
  ['de', 50 * 3_600_000, 'vor 50 Stunden'],
  ['en', -1, '0 minutes ago'],
])('CL-13 in %s a time is told to the second, and of %d ms that %s', (locale, passedMs, ago) => {
  const atMs = Date.UTC(2026, 10, 26, 22, 43, 29);
  const told = formsIn(locale).exactTime(atMs, atMs + passedMs);
  expect(told).toMatch(/2026.*\d\d:\d\d:29 \(/);
  expect(told).toEndWith(`(${ago})`);
});
