/** Making rooms (HT-3 … HT-7): challenges out, solved requests in, hits verified off the event loop (PW-13). */
import { pbkdf2 } from 'node:crypto';
import {
  type Challenge,
  type Created,
  type CreateRequest,
  isHit,
  iterationsPerTry,
  nonceSalt,
  type Policy,
  tryBytes,
} from '@pug/wire';
import type { Address } from './addresses.ts';
import { nowMs } from './clock.ts';
import type { Counts } from './counts.ts';
import { type Decided, type Fault, judge, recheck, type Work } from './judge.ts';
import { Lanes } from './lanes.ts';
import type { Asked, Price } from './price.ts';
import { roomIdOf } from './proof.ts';
import type { Grant, OpenRoom } from './room.ts';
import { Solutions } from './solutions.ts';
import { Tokens } from './tokens.ts';

const verifiedAtOnce = 2;
/** How many wait at most to be verified (PW-13). */
export const maxWaiting = 64;
const maxWaitingPerPrefix = 16;

export type Refusal = Fault | 'wrong';

/** What creation asks of the rooms. */
export interface Registry {
  readonly find: (id: string, nowMs: number) => OpenRoom | null;
  readonly create: (id: string, grant: Omit<Grant, 'emptyRoomMs'>, effort: number, nowMs: number) => boolean;
}

/** What is the machine's: a simulation has its own. */
export interface Machine {
  /** Milliseconds since 1970, on a clock that never jumps. */
  readonly nowMs: () => number;
  /** Whether all nonces of the work are hits. */
  readonly areHits: (work: Work) => Promise<boolean>;
}

const thisMachine: Machine = { nowMs, areHits };

export class Creation {
  readonly #policy: Policy;
  readonly #rooms: Registry;
  readonly #price: Price;
  readonly #counts: Counts;
  readonly #machine: Machine;
  readonly #tokens: Tokens;
  readonly #solutions = new Solutions();
  readonly #lanes = new Lanes(verifiedAtOnce, maxWaiting, maxWaitingPerPrefix);

  constructor(policy: Policy, rooms: Registry, price: Price, counts: Counts, machine = thisMachine) {
    this.#policy = policy;
    this.#rooms = rooms;
    this.#price = price;
    this.#counts = counts;
    this.#machine = machine;
    this.#tokens = new Tokens(machine.nowMs());
  }

  /** What a room costs who made none lately, in iterations (PW-16). */
  get effort(): number {
    return this.#asked(null).effort;
  }

  /** Solutions being verified, and waiting to be (PW-13). */
  get verifications(): { readonly running: number; readonly waiting: number } {
    return this.#lanes;
  }

  /** A puzzle at what a room costs from here now. */
  challenge(from: Address | null): Challenge {
    const { effort, raisedBy } = this.#asked(from);
    return this.#tokens.challenge(effort, this.#machine.nowMs(), raisedBy);
  }

  /** Makes the room, or finds it when this very request has made it before (HT-6), or says why not (PW-9). */
  async create(request: CreateRequest, from: Address | null): Promise<Created | Refusal> {
    const id = roomIdOf(request.joinKey);
    const asked = this.#asked(from);
    const verdict = judge(request, this.#standing(id, asked));
    if (verdict.verdict !== 'verify') return this.#answered(id, verdict);
    const { work } = verdict;
    const verified = await this.#lanes.enter(() => this.#machine.areHits(work), asked.crowd?.id);
    if (verified === null) {
      this.#counts.refusals.verification++;
      return 'busy';
    }
    return verified ? this.#make(id, request, work, asked) : 'wrong';
  }

  /** Used and alive once more, then make: one step, so two copies of a proof in flight make one room. */
  #make(id: string, request: CreateRequest, work: Work, asked: Asked): Created | Refusal {
    const standing = this.#standing(id, asked);
    const verdict = recheck(work, standing);
    if (verdict !== null) return this.#answered(id, verdict);
    const { ownerKey } = request;
    const ttlSeconds = clamped(request.ttlSeconds, this.#policy.ttlSeconds);
    const capacity = clamped(request.capacity, this.#policy.capacity);
    const grant = {
      expiresAtMs: standing.nowMs + 1000 * ttlSeconds,
      ttlSeconds,
      capacity,
      ownerKey,
      solution: work.solution,
    };
    if (!this.#rooms.create(id, grant, work.effort, standing.nowMs)) return 'busy';
    this.#solutions.use(work.solution, work.validUntil);
    this.#price.paid(asked);
    return created(id, grant);
  }

  #asked(from: Address | null): Asked {
    return this.#price.asked(from, this.#machine.nowMs());
  }

  #standing(id: string, { effort }: Asked) {
    const now = this.#machine.nowMs();
    const room = this.#rooms.find(id, now);
    return { nowMs: now, tokens: this.#tokens, solutions: this.#solutions, askedEffort: effort, room };
  }

  #answered(id: string, verdict: Decided): Created | Refusal {
    if (verdict.verdict === 'made') return created(id, verdict.grant);
    // Nothing but a full memory of used solutions is decided to be busy (PW-10).
    if (verdict.code === 'busy') this.#counts.refusals.solutions++;
    return verdict.code;
  }
}

function created(roomId: string, { expiresAtMs, ttlSeconds, capacity }: Omit<Grant, 'emptyRoomMs'>): Created {
  return { roomId, expiresAt: expiresAtMs, ttlSeconds, capacity };
}

function clamped(value: number, { min, max }: Policy['capacity']): number {
  return Math.min(max, Math.max(min, value));
}

/** Tries the nonces one by one on the runtime's threads, and stops at the first that is no hit (PW-5, PW-9). */
export async function areHits({ puzzle, nonces, target }: Work): Promise<boolean> {
  for (const nonce of nonces) if (!isHit(await tried(puzzle, nonce), target)) return false;
  return true;
}

function tried(puzzle: Uint8Array, nonce: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, output: Uint8Array) => (error === null ? resolve(output) : reject(error));
    pbkdf2(puzzle, nonceSalt(nonce), iterationsPerTry, tryBytes, 'sha256', done);
  });
}
