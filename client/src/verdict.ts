/** What the end of a connection means (SK-12): the end of the session, or why to try again. Pure. */
import { closeNameOf, isFinal, type Policy } from '@pug/wire';
import type { End, WaitReason } from './api.ts';
import type { Down, Stage } from './connection.ts';
import type { Expiry } from './expiry.ts';

/** A seat that a lost answer may hold is free again after the relay's idle time-out (SK-11) and this; no time-out is believed beyond the bound. */
const ghostGraceMs = 10_000;
const maxGhostMs = 120_000;

export type Verdict =
  | { readonly kind: 'end'; readonly end: End }
  | { readonly kind: 'retry'; readonly reason: WaitReason };

export interface Circumstances {
  readonly stage: Stage;
  readonly timeIsUp: Expiry['timeIsUp'];
  /** A join of ours may hold a seat without our knowing: its answer was lost (CL-9). */
  readonly ghost: boolean;
}

/**
 * An expired room is `not_found` for who comes back (JN-4): this client knows better. A relay that cannot be reached after the room's time
 * would be tried for ever, and unsent texts shown as on their way; but a clock that was set must not end what goes on.
 */
export function verdictOf(down: Down, { stage, timeIsUp, ghost }: Circumstances): Verdict {
  if (down.kind === 'outdated') return { kind: 'end', end: 'outdated' };
  if (down.kind === 'fault') return retry('fault');
  const name = down.kind === 'closed' ? closeNameOf(down.code) : null;
  if (name === 'full' && ghost) return retry('lost');
  if (name === 'not_found' && timeIsUp !== 'no') return { kind: 'end', end: 'expired' };
  if (name !== null) return isFinal(name) ? { kind: 'end', end: name } : retry(name);
  if (stage !== 'opening') return retry('lost');
  return timeIsUp === 'passed' ? { kind: 'end', end: 'expired' } : retry('unreachable');
}

function retry(reason: WaitReason): Verdict {
  return { kind: 'retry', reason };
}

/** For how long a join whose answer was lost may hold a seat from now on (CL-9); 0 when this end is none of one. */
export function ghostMsOf(down: Down, stage: Stage, policy: Policy | null): number {
  const isAnswered = down.kind === 'closed' ? closeNameOf(down.code) !== null : down.kind !== 'silent';
  if (stage !== 'asked' || isAnswered) return 0;
  return Math.min(maxGhostMs, 1000 * (policy?.idleTimeoutSeconds ?? 0) + ghostGraceMs);
}
