/** Numbers and times as a language writes them. */

/** One unit of a length of time: its name for one and for many. */
type Unit = readonly [one: string, many: string];

export interface Units {
  readonly day: Unit;
  readonly hour: Unit;
  readonly minute: Unit;
  readonly second: Unit;
}

export function formsOf(locale: string, units: Units) {
  const plurals = new Intl.PluralRules(locale);
  const number = new Intl.NumberFormat(locale);
  const formats = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { hourCycle: 'h23', ...options });
  const [clock, seconds, exact, day] = [
    formats({ hour: '2-digit', minute: '2-digit' }),
    formats({ timeStyle: 'medium' }),
    formats({ dateStyle: 'medium', timeStyle: 'medium' }),
    formats({ weekday: 'long', day: 'numeric', month: 'long' }),
  ];

  const count = (n: number, one: string, many: string): string =>
    `${number.format(n)} ${plurals.select(n) === 'one' ? one : many}`;

  /** A length of time in the largest units that say it exactly. */
  const duration = (totalSeconds: number): string => {
    const parts: readonly (readonly [number, Unit])[] = [
      [Math.floor(totalSeconds / 86_400), units.day],
      [Math.floor((totalSeconds % 86_400) / 3_600), units.hour],
      [Math.floor((totalSeconds % 3_600) / 60), units.minute],
      [totalSeconds % 60, units.second],
    ];
    return parts.flatMap(([n, unit]) => (n === 0 ? [] : [count(n, ...unit)])).join(' ');
  };

  /** Two times of day, to the second when they fall into one minute. */
  const between = (fromMs: number, toMs: number): readonly [string, string] => {
    const form = clock.format(fromMs) === clock.format(toMs) ? seconds : clock;
    return [form.format(fromMs), form.format(toMs)];
  };

  return {
    number: (n: number) => number.format(n),
    time: (atMs: number) => clock.format(atMs),
    exactTime: (atMs: number) => exact.format(atMs),
    dayOf: (atMs: number) => day.format(atMs),
    count,
    duration,
    between,
  };
}
