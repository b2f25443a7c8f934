/** Numbers and times as a language writes them. */
import { lazy } from '@pug/core';

/** One unit of a length of time: its name for one and for many. */
type Unit = readonly [one: string, many: string];

export interface Units {
  readonly day: Unit;
  readonly hour: Unit;
  readonly minute: Unit;
  readonly second: Unit;
}

function time(atMs: number): string {
  const at = new Date(atMs);
  return `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
}

function timeWithSeconds(atMs: number): string {
  return `${time(atMs)}:${twoDigits(new Date(atMs).getSeconds())}`;
}

function twoDigits(n: number): string {
  return String(n).padStart(2, '0');
}

export function formsOf(locale: string, units: Units) {
  const numbers = lazy(() => new Intl.NumberFormat(locale));
  const times = (options: Intl.DateTimeFormatOptions) => {
    const form = lazy(() => new Intl.DateTimeFormat(locale, { hourCycle: 'h23', ...options }));
    return (atMs: number) => form().format(atMs);
  };
  // Our languages write these the same way, and nearly all numbers in a room are such.
  const number = (n: number) => (Number.isInteger(n) && n >= 0 && n < 1_000 ? String(n) : numbers().format(n));
  const count = (n: number, one: string, many: string): string => `${number(n)} ${n === 1 ? one : many}`;

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

  const toTheSecond = times({ dateStyle: 'medium', timeStyle: 'medium' });
  const relative = lazy(() => new Intl.RelativeTimeFormat(locale));
  /** A time to the second, and how long ago it was: in hours at most, for days do not tell yesterday from the day before. */
  const exactTime = (atMs: number, nowMs: number): string => {
    const minutes = Math.floor(Math.max(0, nowMs - atMs) / 60_000);
    const hours = Math.floor(minutes / 60);
    const ago = hours > 0 ? relative().format(-hours, 'hour') : relative().format(-minutes, 'minute');
    return `${toTheSecond(atMs)} (${ago})`;
  };

  /** Two times of day, to the second when they fall into one minute. */
  const between = (fromMs: number, toMs: number): readonly [string, string] => {
    const form = time(fromMs) === time(toMs) ? timeWithSeconds : time;
    return [form(fromMs), form(toMs)];
  };

  return {
    number,
    time,
    exactTime,
    dayOf: times({ weekday: 'long', day: 'numeric', month: 'long' }),
    count,
    duration,
    between,
  };
}
