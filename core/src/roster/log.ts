/** What goes into the roster machine and what comes out: the log of the relay's order, timers, and wishes. */

import type { Kind } from './beside.ts';

/** A join, a leave or a change of the lock, at its place in the order. */
export type MembershipEvent =
  | { readonly type: 'join' | 'leave'; readonly seq: number; readonly member: number }
  | { readonly type: 'lock'; readonly seq: number; readonly locked: boolean };

/** One event of the order; `frame` is the payload as the relay sent it. */
export type LogEvent =
  | MembershipEvent
  | { readonly type: 'frame'; readonly seq: number; readonly member: number; readonly frame: Uint8Array };

/** What the machine is given. A frame's `type` and `body` are what the envelope held; `seq` 0 is a directed frame. */
export type RosterInput =
  | { readonly type: 'joined'; readonly self: number; readonly members: readonly number[]; readonly seq: number }
  | { readonly type: 'event'; readonly event: MembershipEvent }
  | {
      readonly type: 'frame';
      readonly seq: number;
      readonly member: number;
      readonly frame: Uint8Array;
      readonly opened: Opened | null;
    }
  | { readonly type: 'timer'; readonly timer: RosterTimer };

export interface Opened {
  readonly type: number;
  readonly body: Uint8Array;
}

/** `welcome`: nobody let us in yet. `commit`: whose turn it was has not committed. `heal`: renew our own keys. `beat`: say where we are. */
export type RosterTimer = 'welcome' | 'commit' | 'heal' | 'beat';

/** What the machine wants. Arming a timer replaces the one of its name. `to` 0 is everybody. */
export type RosterAction =
  | { readonly type: 'send'; readonly to: number; readonly frame: number; readonly body: Uint8Array }
  | { readonly type: 'arm'; readonly timer: RosterTimer; readonly afterMs: number }
  | {
      readonly type: 'message';
      readonly member: number;
      readonly seq: number;
      /** Of whoever said it: the same person under another number has the same (CR-16). */
      readonly signatureKey: Uint8Array;
      /** What it says to be, for those, too, who cannot read it. */
      readonly kind: Kind;
      readonly content: Uint8Array;
    }
  | { readonly type: 'unreadable'; readonly member: number; readonly seq: number }
  | { readonly type: 'roster' }
  | { readonly type: 'forked'; readonly member: number };

/** What stands in the log, and is replayed by a newcomer after its Welcome. */
export type LoggedInput = Extract<RosterInput, { type: 'frame' | 'event' }>;

export const welcomeTimeoutMs = 2_500;
export const turnMs = 1_500;
export const beatMs = 20_000;
export const healMs = 600_000;
