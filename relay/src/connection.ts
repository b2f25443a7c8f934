/** What the relay keeps for one socket, and nothing else: no address, no name. */
import type { ServerWebSocket } from 'bun';
import type { Allowance } from './buckets.ts';
import type { Place } from './prefixes.ts';
import type { LiveRoom } from './rooms.ts';

export type Socket = ServerWebSocket<Connection>;

export interface Connection {
  stage: Stage;
}

export type Stage = Unjoined | Seated | typeof gone;

/** Said hello to, and not yet joined. */
export interface Unjoined {
  readonly name: 'unjoined';
  /** The 32 bytes that its proofs must sign. */
  readonly nonce: Uint8Array;
  readonly allowance: Allowance;
  /** Its place among the not yet joined (LM-4), or null where they are not counted (LM-6). */
  readonly place: Place | null;
}

/** A member of a room. */
export interface Seated {
  readonly name: 'seated';
  readonly room: LiveRoom<Socket>;
  readonly member: number;
  readonly allowance: Allowance;
  /** Bytes it had not read when the relay last looked. */
  unreadBytes: number;
}

/** Closed, or about to be: whatever still arrives is dropped. One object for all, because there is nothing left to say. */
export const gone = { name: 'gone' } as const;
