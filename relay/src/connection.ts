/**
 * What the relay keeps for one socket, and nothing else: no address, no name. It is the socket's `data` itself and one flat object, because
 * there are as many as there are people: what stands between them is paid for each.
 */
import type { ServerWebSocket } from 'bun';
import type { Allowance } from './buckets.ts';
import type { Place } from './prefixes.ts';
import type { LiveRoom } from './rooms.ts';

export type Socket = ServerWebSocket<Connection>;

/** The stage that a connection is in. */
export type Connection = Unjoined | Seated | typeof gone;

/** Said hello to, and not yet joined. */
export interface Unjoined extends Allowance {
  readonly name: 'unjoined';
  /** The 32 bytes that its proofs must sign. */
  readonly nonce: Uint8Array;
  /** Its place among the not yet joined (LM-4), or null where they are not counted (LM-6). */
  readonly place: Place<Socket> | null;
  /** What it said after its join, while that waits to be judged; null before. */
  later: (string | Uint8Array)[] | null;
}

/** A member of a room. */
export interface Seated extends Allowance {
  readonly name: 'seated';
  readonly room: LiveRoom<Socket>;
  readonly member: number;
  /** Bytes it had not read when the relay last looked. */
  unreadBytes: number;
}

/** Closed, or about to be: whatever still arrives is dropped. One object for all, because there is nothing left to say. */
export const gone = { name: 'gone' } as const;
