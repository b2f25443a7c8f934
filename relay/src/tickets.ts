/** Tickets (JN-7 … JN-10): which of a room's past and present members a returning connection may be. */

/** How many tickets a room remembers for each place in it (JN-8). */
export const ticketsPerPlace = 4;

/** `hash` is the SHA-256 of a ticket, a text of 32 characters below 256; `member` is whom it stands for, listed or gone. */
export interface Ticket {
  readonly hash: string;
  readonly member: number;
  /** When that member left; absent while it is listed. */
  readonly leftAtMs?: number;
}

/** Who comes back later than this comes like anybody else (LM-8). */
const returnMs = 60_000;

/** A room's tickets, the oldest first. */
export type Tickets = readonly Ticket[];

/** The member that the ticket stands for, or null for a ticket that the room does not know or that was not shown. */
export function memberOf(tickets: Tickets, hash: string | undefined): number | null {
  return tickets.find((ticket) => ticket.hash === hash)?.member ?? null;
}

/** Whether the ticket's member is listed or left a moment ago (LM-8). */
export function isComingBack(tickets: Tickets, hash: string | undefined, nowMs: number): boolean {
  const ticket = tickets.find((one) => one.hash === hash);
  return ticket !== undefined && nowMs - (ticket.leftAtMs ?? nowMs) < returnMs;
}

/** The tickets after a member has left. */
export function afterLeave(tickets: Tickets, member: number, leftAtMs: number): Tickets {
  return tickets.map((ticket) => (ticket.member === member ? { ...ticket, leftAtMs } : ticket));
}

/**
 * The tickets after a join: those of the member it replaces become the new member's (JN-7), its own is added, and beyond 4 for
 * each place the oldest are dropped (JN-8).
 * @param from the member whose ticket was shown, or null
 */
export function afterJoin(tickets: Tickets, issued: Ticket, from: number | null, capacity: number): Tickets {
  const inherited = tickets.map((ticket) =>
    ticket.member === from ? { hash: ticket.hash, member: issued.member } : ticket,
  );
  return [...inherited, issued].slice(-ticketsPerPlace * capacity);
}

/** The tickets after the removal of a member, who has left: those of who is in. Any other may be the same person's (JN-9). */
export function ofListed(tickets: Tickets): Tickets {
  return tickets.filter(({ leftAtMs }) => leftAtMs === undefined);
}
