/** What the end of a connection means (SK-12): the end of the session, or why to try again. Pure. */
import { closeNameOf, isFinal } from '@pug/wire';
import type { End, WaitReason } from './api.ts';
import type { Down, Stage } from './connection.ts';
import type { Expiry } from './expiry.ts';

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
