/** What a client is given, and what it shows: the whole surface between a session and whoever draws it. */
import type { Identity, Link, RatchetMaker, SafetyCode } from '@pug/core';
import type { FinalClose, LeaveReason } from '@pug/wire';

/** Everything of the outside world. Times are milliseconds. */
export interface Platform {
  /** Milliseconds since 1970. May jump when a person sets the clock; intervals are measured with `after`. */
  now(): number;
  /** Runs `run` once after `ms`; the result cancels it. */
  after(ms: number, run: () => void): () => void;
  /** `length` bytes of the platform's cryptographic source. */
  random(length: number): Uint8Array;
  /** A socket to this relay's `/ws` that offers the subprotocol `protocol`. Its handlers are set before anything can arrive. */
  openSocket(protocol: string): Socket;
  /** A request to this relay; rejects when it is unreachable. */
  request(method: 'GET' | 'POST', path: string, body?: string): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One connection. A text message is a string, a frame bytes. `onclose` comes once, also when it never opened (1006). */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((data: string | Uint8Array) => void) | null;
  onclose: ((code: number) => void) | null;
  send(data: string | Uint8Array): void;
  close(code?: number): void;
}

/**
 * What `openSession` needs. The arrays of `link`, `ownerSeed` and `identity` stay the caller's: they are never changed, and may serve for
 * another session. Whoever made them overwrites them when the last is over; `identity.signKey` is read until then.
 */
export interface SessionOptions {
  readonly platform: Platform;
  readonly link: Link;
  /** 32 bytes, from the creator of the room only. */
  readonly ownerSeed: Uint8Array | null;
  /** Made for this session; others recognise a person who comes back by its public key (CR-16). */
  readonly identity: Identity;
  /** The ephemeral name to begin with; it is cleaned (CR-7). Empty: the one that follows from the identity. */
  readonly name: string;
  /** Loads the ratchet; called again when it fails, after a while. */
  readonly loadRatchet: () => Promise<RatchetMaker>;
}

/** A membership that outlives its connections, until the room ends or the person leaves. */
export interface Session {
  /** As things are now. `lines` is the log itself and grows; every other part is replaced, never changed. */
  readonly view: SessionView;
  /** `listener` hears of every change until the result is called. */
  subscribe(listener: (change: SessionChange) => void): () => void;
  /** Queues a text: it is shown as pending until its echo arrives (CL-5). */
  send(text: string): 'ok' | 'empty' | 'too_long' | 'ended';
  /** Changes the own name (CL-8); `empty` when nothing visible is left of it. */
  rename(name: string): 'ok' | 'empty' | 'ended';
  /** Owners only, as are `remove` and `purge`: asked of the relay until it is seen done, also after coming back. */
  lock(locked: boolean): void;
  remove(member: number): void;
  purge(): void;
  /** What everybody in the room can compare (CR-15); null while this client is not let in. */
  safetyCode(): Promise<SafetyCode | null>;
  /**
   * The person compared `code` with everybody: what came of it is shown until it is compared again or somebody comes or goes. False when
   * it is not the room's code any more: then another must be compared.
   */
  compared(code: SafetyCode, result: Comparison): boolean;
  /** The device is online, visible or back from suspension, or the person asks: try, or test the connection, now (CL-4). */
  wake(): void;
  /** The device says it is offline: the connection is tested at once. */
  offline(): void;
  /** Leaves the room for good: closes with 1000, drops keys, ticket and lines. Texts without an echo stay in `view.pending`. */
  leave(): void;
  /** Version, close codes and timings for a bug report. No link, key, name, text or room id. */
  diagnostics(): string;
}

export interface SessionView {
  readonly connection: ConnectionState;
  /** Null before the first join and after the end. While the connection is lost: as it was. */
  readonly room: RoomView | null;
  /** At most `maxLines`, the oldest dropped first; empty after the end. */
  readonly lines: readonly Line[];
  readonly pending: readonly Pending[];
  /** The longest text that `send` takes, in bytes of UTF-8; less than CR-4 allows where the relay takes only shorter payloads. */
  readonly maxTextBytes: number;
}

/** Why the client is waiting to try again. */
export type WaitReason =
  | 'unreachable'
  | 'lost'
  | 'restarting'
  | 'overloaded'
  | 'flooding'
  | 'too_slow'
  | 'join_timeout'
  /** The relay answers, but the ratchet could not be loaded. */
  | 'incomplete'
  /** This device failed at a step of its own (CL-10). */
  | 'fault';

/** Why there is nothing to come back to. `unable`: this device could not make the room's keys, so nothing was joined. */
export type End = 'left' | 'outdated' | 'unable' | FinalClose;

/** `attempt`: 1 is the first connection, 2 the first retry since one was stable, and so on; `retryAtMs` is on the platform's clock. */
export type ConnectionState =
  | { readonly state: 'connecting'; readonly attempt: number }
  | { readonly state: 'joined' }
  | { readonly state: 'waiting'; readonly attempt: number; readonly retryAtMs: number; readonly reason: WaitReason }
  | { readonly state: 'ended'; readonly end: End };

export interface MemberView {
  readonly number: number;
  /** Null until it is known who that is. */
  readonly name: string | null;
  /** Tells two people of one name apart (CR-16); null until it is known who that is. */
  readonly tag: string | null;
  readonly self: boolean;
  /** Whether it holds the room: the relay's word, which enforces it (SK-6). */
  readonly owner: boolean;
  /** Whether it was let in: before, it can read nothing. */
  readonly admitted: boolean;
}

/** Times are on the platform's clock, computed from the relay's (SK-6). */
export interface RoomView {
  readonly self: number;
  /** By number: the order in which they joined. */
  readonly members: readonly MemberView[];
  /** Whether this client is one of the owners. */
  readonly owner: boolean;
  readonly locked: boolean;
  readonly expiresAtMs: number;
  readonly capacity: number;
  /** When the relay said it will stop, or null. */
  readonly closingAtMs: number | null;
  /** Whether this client was let in by the others: texts wait until then. */
  readonly admitted: boolean;
  /** Null: the safety code was not compared since somebody last came or went. */
  readonly compared: Comparison | null;
  readonly wishes: WishesView;
}

/** Whether the safety code was the same at everybody (CR-15). */
export type Comparison = 'equal' | 'different';

/** What this owner asked and has not been seen done. It waits for a lost connection, and is lost when this client leaves. */
export interface WishesView {
  readonly purge: boolean;
  /** Null: as `locked` says. */
  readonly lock: boolean | null;
  /** Members who are still there. */
  readonly remove: readonly number[];
}

interface LineBase {
  /** Ascends by 1 from line to line. */
  readonly key: number;
}

interface MemberLine extends LineBase {
  readonly member: number;
  /** Null until its name has arrived; then the line is replaced (`line_changed`). */
  readonly name: string | null;
  readonly atMs: number;
}

/** The log, append-only, in the relay's order. An own text enters it when its echo arrives. */
export type Line =
  | (MemberLine & { readonly kind: 'text'; readonly own: boolean; readonly text: string })
  /** `back`: the same person as before, under another number. */
  | (MemberLine & { readonly kind: 'joined'; readonly back: boolean })
  /** Without `why` when it left while the connection was lost. */
  | (MemberLine & { readonly kind: 'left'; readonly why?: LeaveReason })
  | (MemberLine & { readonly kind: 'renamed'; readonly name: string; readonly before: string })
  | (LineBase & { readonly kind: 'locked'; readonly locked: boolean; readonly atMs: number })
  /** What the person found when comparing the safety code: `different`, and `equal` after that, which settles it. */
  | (LineBase & { readonly kind: Comparison; readonly atMs: number })
  /** Somebody came or went since the safety code was compared. */
  | (LineBase & { readonly kind: 'uncompared'; readonly atMs: number })
  /** A text of this member, or what may be one, could not be read: it was said before we were let in, it is damaged or false, or this device failed at it. */
  | (MemberLine & { readonly kind: 'unreadable' })
  /** This member was shown another conversation than we were. */
  | (MemberLine & { readonly kind: 'forked' })
  /** The relay left something out of the order, or gave something back that this client did not say. */
  | (LineBase & { readonly kind: 'dropped'; readonly atMs: number })
  /** Messages may have been missed between the two times (CL-7). */
  | (LineBase & { readonly kind: 'gap'; readonly fromMs: number; readonly toMs: number });

/** An own text without an echo. `sending` may last: it is sent again after every return. `not_sent` is final. */
export interface Pending {
  readonly key: number;
  readonly text: string;
  readonly atMs: number;
  readonly state: 'sending' | 'not_sent';
}

export type SessionChange =
  | { readonly type: 'connection' | 'room' | 'pending' }
  | { readonly type: 'line' | 'line_changed'; readonly line: Line };
