/**
 * Own texts until their echo arrives (CL-5). Pure: an outbox is a list in the order of typing, and every step gives a new one.
 * It is bounded only by what a person types: nobody else can make it grow.
 */
import type { Pending } from './api.ts';

/** Texts that may be on their way at once: about 10 a second over a path of 1.5 s, and a fraction of what the relay queues. */
export const maxInFlight = 16;

/** `waiting` for its turn, `in_flight` on the present connection, or `not_sent` and never again. */
export interface Entry {
  readonly key: number;
  /** The id that stays the same however often it is sent (CL-6): 16 bytes, and their spelling. */
  readonly id: Uint8Array;
  readonly idText: string;
  readonly text: string;
  readonly atMs: number;
  readonly state: 'waiting' | 'in_flight' | 'not_sent';
}

export type Outbox = readonly Entry[];

export const emptyOutbox: Outbox = [];

/** Adds a text at the end. */
export function added(outbox: Outbox, entry: Omit<Entry, 'state'>): Outbox {
  return [...outbox, { ...entry, state: 'waiting' }];
}

/** The text to send now: the oldest that waits, unless enough are on their way. */
export function nextToSend(outbox: Outbox): Entry | null {
  const inFlight = outbox.filter((entry) => entry.state === 'in_flight').length;
  return inFlight >= maxInFlight ? null : (outbox.find((entry) => entry.state === 'waiting') ?? null);
}

/** After `key` was handed to the connection. */
export function sent(outbox: Outbox, key: number): Outbox {
  return outbox.map((entry) => (entry.key === key ? { ...entry, state: 'in_flight' } : entry));
}

/** The entry that an own text with this id is the echo of. */
export function findSent(outbox: Outbox, idText: string): Entry | null {
  return outbox.find((entry) => entry.idText === idText && entry.state !== 'not_sent') ?? null;
}

/** After its echo arrived: it is in the log now. */
export function without(outbox: Outbox, key: number): Outbox {
  return outbox.filter((entry) => entry.key !== key);
}

/** After the connection was lost: what was on its way waits again, in the order of typing. */
export function afterLoss(outbox: Outbox): Outbox {
  return outbox.map((entry) => (entry.state === 'in_flight' ? { ...entry, state: 'waiting' } : entry));
}

/** Gives up the texts that `hopeless` picks, or all: shown as not sent, and still readable. */
export function givenUp(outbox: Outbox, hopeless: (entry: Entry) => boolean = () => true): Outbox {
  return outbox.map((entry) => (hopeless(entry) ? { ...entry, state: 'not_sent' } : entry));
}

/** The outbox as it is shown. */
export function toPending(outbox: Outbox): readonly Pending[] {
  return outbox.map(({ key, text, atMs, state }) => ({
    key,
    text,
    atMs,
    state: state === 'not_sent' ? 'not_sent' : 'sending',
  }));
}
