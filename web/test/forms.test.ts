import { expect, test } from 'bun:test';
import { formsOf } from '../src/strings/forms.ts';

const unit = ['one', 'many'] as const;

test.each(['en', 'de'])('CL-13 numbers in %s are written as the platform writes them', (locale) => {
  const { number } = formsOf(locale, { day: unit, hour: unit, minute: unit, second: unit });
  const platform = new Intl.NumberFormat(locale);
  const numbers = [...Array.from({ length: 1_200 }, (_, n) => n), 65_536, 1_234_567, 0.5, 12.25, -1, -12_345];
  expect(numbers.map(number)).toEqual(numbers.map((n) => platform.format(n)));
});
