/** The room a person is in, as signals for the views. */

import { type Signal, signal } from '@preact/signals';
import type { ConnectionState, Pending, RoomView, Session, WaitReason } from '@pug/client';
import { isHidden, isOffline } from '../platform/device.ts';
import { platform } from '../platform/relay.ts';
import { emptyLog, type Log } from './log.ts';
import type { Circumstances } from './notices.ts';

export interface Room {
  readonly session: Session;
  readonly connection: Signal<ConnectionState>;
  /** Whether joining has taken so long that it is shown. */
  readonly isSlow: Signal<boolean>;
  /** Why the connection was lost last. */
  readonly reason: Signal<WaitReason>;
  /** Null until the first join. */
  readonly view: Signal<RoomView | null>;
  readonly pending: Signal<readonly Pending[]>;
  readonly log: Log;
  /** The tags of everybody who is or was here, by number. */
  readonly tags: Map<number, string>;
  /** What is being written; it outlives every lost connection. */
  readonly draft: Signal<string>;
  /** At this time a warning that the room closes is taken away; 0 while there is none. */
  readonly warnedUntilMs: Signal<number>;
  /** True for a moment after a lost connection came back. */
  readonly isBack: Signal<boolean>;
  /** The setting "keep the link in the address bar". */
  readonly keepsLink: Signal<boolean>;
  /** The setting "sound for new messages". */
  readonly hasSound: Signal<boolean>;
}

/** Texts of others that came while the page was hidden. */
export const unread = signal(0);
/** The time, renewed every second while in a room. */
export const nowMs = signal(platform.now());

export function roomOf(session: Session): Room {
  const { connection, room } = session.view;
  const pending = signal(session.view.pending);
  return {
    session,
    connection: signal(connection),
    isSlow: signal(false),
    reason: signal('lost'),
    view: signal(room),
    pending,
    log: emptyLog(pending),
    tags: new Map(),
    draft: signal(''),
    warnedUntilMs: signal(0),
    isBack: signal(false),
    keepsLink: signal(false),
    hasSound: signal(false),
  };
}

/** Whether the device says that it is offline. */
export const offline = signal(isOffline());

export function circumstancesOf({ connection, reason, view }: Room): Circumstances {
  return { connection: connection.value, reason: reason.value, isOffline: offline.value, view: view.value };
}

/** Takes over what the device now says of itself. */
export function noteDevice(): void {
  offline.value = isOffline();
  if (!isHidden()) unread.value = 0;
}
