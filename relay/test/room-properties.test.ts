import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  admit,
  create,
  type Effect,
  elapse,
  frame,
  type Grant,
  join,
  leave,
  lock,
  type OpenRoom,
  purge,
  type RoomState,
  remove,
  type Transition,
} from '../src/room.ts';
import { ticketsPerPlace } from '../src/tickets.ts';

const startMs = 1_700_000_000_000;

/** Members and tickets are named by number, sometimes by one that is not there. */
type Move =
  | { readonly type: 'join'; readonly owner: boolean; readonly shows: number | null }
  | { readonly type: 'frame'; readonly member: number }
  | { readonly type: 'leave' | 'purge'; readonly member: number }
  | { readonly type: 'lock'; readonly member: number; readonly locked: boolean }
  | { readonly type: 'remove'; readonly member: number; readonly other: number }
  | { readonly type: 'wait'; readonly ms: number };

const number = fc.integer({ min: 1, max: 12 });
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('join' as const), owner: fc.boolean(), shows: fc.option(number) }),
  },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('frame' as const), member: number }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('leave' as const), member: number }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('lock' as const), member: number, locked: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('remove' as const), member: number, other: number }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 8000 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('purge' as const), member: number }) },
);
const world = fc.record({
  capacity: fc.integer({ min: 1, max: 5 }),
  emptyRoomMs: fc.constantFrom(0, 5000),
  moves: fc.array(move, { maxLength: 80 }),
});

/** A room with pretended connections, each keeping the numbers of the events it received. */
class Stage {
  state: RoomState;
  nowMs = startMs;
  ends = 0;
  /** The one deadline that was asked for, as the server would keep it. */
  deadlineMs: number;
  readonly present = new Map<number, number[]>();
  /** All that was ever published, by number. */
  readonly events: number[] = [];
  readonly started = new Map<number, number>();

  constructor(grant: Grant) {
    this.state = create(grant);
    this.deadlineMs = grant.expiresAtMs;
  }

  carryOut({ state, effects }: Transition): void {
    this.state = state;
    for (const effect of effects) {
      expect(this.ends).toBe(0);
      this.#do(effect);
    }
  }

  /** Nothing is sent to one who has left; everybody who is there hears the same. */
  #do(effect: Effect): void {
    if (effect.type === 'publish')
      this.publish(effect.event.seq, effect.event.type === 'leave' ? effect.event.member : 0);
    if (effect.type === 'close') expect(this.present.delete(effect.member)).toBe(true);
    if (effect.type === 'deadline') this.deadlineMs = effect.atMs;
    if (effect.type === 'welcome') {
      this.present.set(effect.joined.member, []);
      this.started.set(effect.joined.member, effect.joined.seq);
      expect([...this.present.keys()]).toEqual([...effect.joined.members]);
    }
    if (effect.type === 'end') {
      this.ends++;
      this.present.clear();
    }
  }

  publish(seq: number, leaving = 0): void {
    this.present.delete(leaving);
    this.events.push(seq);
    for (const heard of this.present.values()) heard.push(seq);
  }
}

function play(stage: Stage, step: Move, at: number): void {
  if (step.type === 'wait') stage.nowMs += step.ms;
  if (stage.state.phase === 'ended') return;
  if (step.type === 'frame') {
    const next = frame(stage.state, step.member);
    expect(next !== null).toBe(stage.present.has(step.member));
    if (next === null) return;
    stage.state = next;
    stage.publish(next.seq);
    return;
  }
  const transition = transitionOf(stage, stage.state, step, at);
  if (transition !== null) stage.carryOut(transition);
}

function transitionOf(
  { nowMs, deadlineMs }: Stage,
  state: OpenRoom,
  step: Exclude<Move, { type: 'frame' }>,
  at: number,
): Transition | null {
  switch (step.type) {
    case 'join': {
      const claims = {
        nowMs,
        claimsOwner: step.owner,
        ...(step.shows !== null && { ticketHash: `ticket-${step.shows}` }),
      };
      if (admit(state, claims) !== null) return null;
      return join(state, { ...claims, newTicketHash: `ticket-${state.lastMember + 1}` });
    }
    case 'leave':
      return leave(state, step.member, at % 2 === 0 ? 'left' : 'lost', nowMs);
    case 'lock':
      return lock(state, step.member, step.locked, nowMs);
    case 'remove':
      return remove(state, step.member, step.other, nowMs);
    case 'purge':
      return purge(state, step.member, nowMs);
    case 'wait':
      // The server calls when the deadline has come, and not before.
      return deadlineMs <= nowMs ? elapse(state, nowMs) : null;
  }
}

function check(stage: Stage): void {
  const { state, present, events } = stage;
  expect(events).toEqual(Array.from({ length: events.length }, (_, at) => at + 1));
  for (const [member, heard] of present) {
    const first = stage.started.get(member) ?? 0;
    expect(heard).toEqual(events.slice(first));
  }
  if (state.phase === 'ended') {
    expect([stage.ends, present.size, Object.keys(state)]).toEqual([1, 0, ['phase']]);
    return;
  }
  expect(stage.ends).toBe(0);
  expect(state.seq).toBe(events.length);
  expect([...state.members]).toEqual([...present.keys()]);
  expect(state.members.length).toBeLessThanOrEqual(state.grant.capacity);
  expect(state.tickets.length).toBeLessThanOrEqual(ticketsPerPlace * state.grant.capacity);
  expect(stage.deadlineMs).toBe(Math.min(state.grant.expiresAtMs, state.emptyAtMs ?? Number.POSITIVE_INFINITY));
  expect(stage.deadlineMs).toBeGreaterThan(stage.nowMs);
}

describe('any sequence of events', () => {
  test('JN-6 SK-9 RM-4 RM-10 keeps capacity, numbers and order, says the same to all, and is silent after the end', () => {
    fc.assert(
      fc.property(world, ({ capacity, emptyRoomMs, moves }) => {
        const life = { expiresAtMs: startMs + 30_000, ttlSeconds: 30, ownerKey: new Uint8Array(32), solution: 1n };
        const stage = new Stage({ ...life, capacity, emptyRoomMs });
        for (const [at, step] of moves.entries()) {
          play(stage, step, at);
          check(stage);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
