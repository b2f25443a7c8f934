/** When to try again (CL-4). Pure: the random number is handed in. */
import type { WaitReason } from './api.ts';

const firstCeilingMs = 500;
const lastCeilingMs = 30_000;
/** SK-12: after `flooding` at the earliest, also when a person asks. */
const floodingFloorMs = 5_000;
/** A connection that stayed this long was good: the next loss starts from the shortest delay. */
export const stableMs = 60_000;

/** The longest delay before attempt `attempt`, counted from 1. */
export function ceilingMs(attempt: number): number {
  // 2^16 half seconds are far beyond the ceiling: the power cannot overflow however long this has been going on.
  return Math.min(lastCeilingMs, firstCeilingMs * 2 ** Math.min(16, Math.max(0, attempt - 1)));
}

/** How long nothing, not even a person, may start an attempt. */
export function floorMs(reason: WaitReason): number {
  return reason === 'flooding' ? floodingFloorMs : 0;
}

/** Full jitter: any time up to the ceiling, so that a thousand clients of a restarted relay do not come at once. `random32` is 0 … 2^32−1. */
export function delayMs(attempt: number, reason: WaitReason, random32: number): number {
  return floorMs(reason) + Math.floor((random32 / 2 ** 32) * ceilingMs(attempt));
}
