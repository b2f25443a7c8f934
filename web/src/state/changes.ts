/** What the voice says of a room when it changes, beyond the lines of the log. */
import type { Pending, RoomView } from '@pug/client';
import { words } from '../strings/words.ts';

const secondMs = 1000;

/** The relay will stop; the others have let this person in. */
export function changesOf(before: RoomView | null, after: RoomView, nowMs: number): readonly string[] {
  const { announce, banner } = words.value;
  const changes: string[] = [];
  if (after.closingAtMs !== null && after.closingAtMs !== before?.closingAtMs) {
    changes.push(banner.closing(Math.max(0, Math.ceil((after.closingAtMs - nowMs) / secondMs))));
  }
  // Who is alone is let in by nobody.
  if (before?.admitted === false && after.admitted && after.members.length > 1) changes.push(announce.letIn);
  return changes;
}

/** How many texts became not sent. */
export function newlyUnsent(before: readonly Pending[], after: readonly Pending[]): number {
  const known = new Set(before.filter(isUnsent).map(({ key }) => key));
  return after.filter((text) => isUnsent(text) && !known.has(text.key)).length;
}

function isUnsent({ state }: Pending): boolean {
  return state === 'not_sent';
}
