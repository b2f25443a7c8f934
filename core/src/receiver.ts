/** What a receiver remembers of each sender, so that a relay cannot replay a frame (CR-5). */

/** The last accepted counter of each member that has said something. */
export type Counters = ReadonlyMap<number, number>;

/** Before anybody has said anything. */
export const noCounters: Counters = new Map();

/** The counters after a frame of `member` that opened, or null when its counter was seen before and the frame is ignored. */
export function accept(counters: Counters, member: number, counter: number): Counters | null {
  if (counter <= (counters.get(member) ?? 0)) return null;
  return new Map(counters).set(member, counter);
}

/** The counters after `member` left. Its number is never used again (RM-2), so nothing needs to be remembered. */
export function forget(counters: Counters, member: number): Counters {
  const rest = new Map(counters);
  rest.delete(member);
  return rest;
}
