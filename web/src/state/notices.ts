/** What stands above the composer for as long as it is so: why nothing gets through, and what an owner asked that is not done. Said by the voice as well. */
import type { ConnectionState, RoomView, WaitReason } from '@pug/client';
import { plain, type Sentence } from '../strings/sentence.ts';
import { words } from '../strings/words.ts';
import { nameOf } from './name.ts';

export interface Circumstances {
  readonly connection: ConnectionState;
  /** Why the connection was lost last; while it is tried again nothing newer is known. */
  readonly reason: WaitReason;
  /** Whether the device says that it is offline. A connection may stand nevertheless. */
  readonly isOffline: boolean;
  /** Null before the first join. */
  readonly view: RoomView | null;
}

/** Why nothing gets through, or null. */
export function troubleOf({ connection, reason, isOffline, view }: Circumstances): string | null {
  const { banner } = words.value;
  if (view === null || connection.state === 'ended') return null;
  if (isOffline) return banner.offline;
  return connection.state === 'joined' ? null : banner.reason[reason];
}

/** What an owner asked that has not happened. Nothing else shows a purge without an answer; a removal shows in the list of people. */
export function waitingOf(now: Circumstances): readonly Sentence[] {
  const { banner } = words.value;
  if (now.view === null || now.connection.state === 'ended') return [];
  const { members, wishes } = now.view;
  const isWaiting = troubleOf(now) !== null;
  const removed = members.filter(({ number }) => isWaiting && wishes.remove.includes(number));
  const removals = removed.map(({ number, name, tag }) => banner.removalWaits({ name: nameOf(name, number), tag }));
  return wishes.purge ? [[banner.purgeWaits], ...removals] : removals;
}

/** Whether a try has failed since the connection was good, or since joining began. */
export function isTriedAgain(connection: ConnectionState): boolean {
  return connection.state === 'waiting' || (connection.state === 'connecting' && connection.attempt > 1);
}

/** Everything that stands there, as it is said, and before the first join why that has not come about. */
export function noticesOf(now: Circumstances): readonly string[] {
  if (now.view === null) return isTriedAgain(now.connection) ? [words.value.banner.reason[now.reason]] : [];
  const trouble = troubleOf(now);
  const waiting = waitingOf(now).map((notice) => plain(notice, ({ name, tag }) => `${name} ${tag ?? ''}`.trimEnd()));
  return trouble === null ? waiting : [trouble, ...waiting];
}
