/** How much time is left, in the steps in which people think of it. */

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

export interface TimeLeft {
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

/** Splits `leftMs` for showing: hours and minutes, minutes alone under an hour, seconds alone under a minute. Rounded up, never negative. */
export function timeLeft(leftMs: number): TimeLeft {
  if (leftMs < minuteMs) return { hours: 0, minutes: 0, seconds: Math.max(0, Math.ceil(leftMs / secondMs)) };
  const minutes = Math.ceil(leftMs / minuteMs);
  return { hours: Math.floor((minutes * minuteMs) / hourMs), minutes: minutes % 60, seconds: 0 };
}

/** At these times before the end it is said aloud. */
export const warningsMs = [10 * minuteMs, 5 * minuteMs, minuteMs] as const;

/** So long a warning stays in sight: the last one until the end. */
export const warningShownMs = minuteMs;

/** The warning that falls due when the time left goes from `beforeMs` to `afterMs`, or null. The last one counts when several do. */
export function dueWarningMs(beforeMs: number, afterMs: number): number | null {
  return warningsMs.findLast((warning) => beforeMs > warning && afterMs <= warning && afterMs > 0) ?? null;
}
