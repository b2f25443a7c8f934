/** What an owner asked of the relay and has not seen done: it is asked again after every return. Pure. */
import type { ClientMessage } from '@pug/wire';
import type { WishesView } from './api.ts';
import { isOwner, type Room } from './room.ts';

interface Asked {
  /** Whether it was sent on the present connection. */
  readonly sent: boolean;
}

export interface Wishes {
  readonly purge: Asked | null;
  readonly lock: (Asked & { readonly locked: boolean }) | null;
  readonly remove: ReadonlyMap<number, Asked>;
}

export const noWishes: Wishes = { purge: null, lock: null, remove: new Map() };

const unsent: Asked = { sent: false };
const sent: Asked = { sent: true };

export function wishPurge(wishes: Wishes): Wishes {
  return { ...wishes, purge: wishes.purge ?? unsent };
}

/** The last word counts. */
export function wishLock(wishes: Wishes, locked: boolean): Wishes {
  return { ...wishes, lock: { locked, ...unsent } };
}

export function wishRemoval(wishes: Wishes, member: number): Wishes {
  return { ...wishes, remove: new Map([[member, unsent], ...wishes.remove]) };
}

/** The next message to send and the wishes after it was sent, or null. What destroys goes first: whoever purges is in a hurry. */
export function nextWish(wishes: Wishes): { readonly message: ClientMessage; readonly after: Wishes } | null {
  if (wishes.purge?.sent === false) return { message: { type: 'purge' }, after: { ...wishes, purge: sent } };
  for (const [member, asked] of wishes.remove) {
    if (asked.sent) continue;
    return {
      message: { type: 'remove', member },
      after: { ...wishes, remove: new Map(wishes.remove).set(member, sent) },
    };
  }
  if (wishes.lock?.sent !== false) return null;
  const { locked } = wishes.lock;
  return { message: { type: 'lock', locked }, after: { ...wishes, lock: { locked, ...sent } } };
}

/** After a connection began: everything is to be asked again. */
export function unasked({ purge, lock, remove }: Wishes): Wishes {
  return {
    purge: purge && unsent,
    lock: lock && { ...lock, ...unsent },
    remove: new Map([...remove.keys()].map((member) => [member, unsent])),
  };
}

/** The wishes that `room` does not fulfil yet. A wish of somebody who is no owner would end the connection (SK-15) and is dropped. */
export function unfulfilled(wishes: Wishes, room: Room): Wishes {
  if (!isOwner(room)) return noWishes;
  return {
    purge: wishes.purge,
    lock: wishes.lock?.locked === room.locked && wishes.lock.sent ? null : wishes.lock,
    remove: new Map([...wishes.remove].filter(([member]) => room.members.has(member))),
  };
}

/** What of `wishes` is not done in `room` yet: what the room is already like is asked once more, and waits for nothing. */
export function toWishesView({ purge, lock, remove }: Wishes, { locked }: Room): WishesView {
  return {
    purge: purge !== null,
    lock: lock === null || lock.locked === locked ? null : lock.locked,
    remove: [...remove.keys()],
  };
}
