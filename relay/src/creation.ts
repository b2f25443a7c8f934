/** Making rooms (HT-3 … HT-7): challenges out, solved requests in, hits verified off the event loop (PW-13). */
import { pbkdf2 } from 'node:crypto';
import {
  type Challenge,
  type Created,
  type CreateRequest,
  floorEffort,
  isHit,
  iterationsPerTry,
  nonceSalt,
  type Policy,
  tryBytes,
} from '@pug/wire';
import { nowMs } from './clock.ts';
import type { Counts } from './counts.ts';
import { type Decided, type Fault, judge, recheck, type Work } from './judge.ts';
import { Lanes } from './lanes.ts';
import { roomIdOf } from './proof.ts';
import type { Grant, OpenRoom } from './room.ts';
import { Solutions } from './solutions.ts';
import { Tokens } from './tokens.ts';

const verifiedAtOnce = 2;
const maxWaiting = 64;

export type Refusal = Fault | 'wrong';

/** What creation asks of the rooms. */
export interface Registry {
  readonly find: (id: string, nowMs: number) => OpenRoom | null;
  readonly create: (id: string, grant: Omit<Grant, 'emptyRoomMs'>, nowMs: number) => boolean;
}

export class Creation {
  readonly #policy: Policy;
  readonly #rooms: Registry;
  readonly #counts: Counts;
  readonly #tokens = new Tokens(nowMs());
  readonly #solutions = new Solutions();
  readonly #lanes = new Lanes(verifiedAtOnce, maxWaiting);

  constructor(policy: Policy, rooms: Registry, counts: Counts) {
    this.#policy = policy;
    this.#rooms = rooms;
    this.#counts = counts;
  }

  /** What a room costs now, in iterations (PW-7). */
  get effort(): number {
    return floorEffort;
  }

  /** Solutions being verified, and waiting to be (PW-13). */
  get verifications(): { readonly running: number; readonly waiting: number } {
    return this.#lanes;
  }

  /** A puzzle at today's price. */
  challenge(): Challenge {
    return this.#tokens.challenge(this.effort, nowMs());
  }

  /** Makes the room, or finds it when this very request has made it before (HT-6), or says why not (PW-9). */
  async create(request: CreateRequest): Promise<Created | Refusal> {
    const id = roomIdOf(request.joinKey);
    const verdict = judge(request, this.#standing(id));
    if (verdict.verdict !== 'verify') return this.#answered(id, verdict);
    const verified = await this.#lanes.enter(() => areHits(verdict.work));
    if (verified === null) {
      this.#counts.refusals.verification++;
      return 'busy';
    }
    return verified ? this.#make(id, request, verdict.work) : 'wrong';
  }

  /** Used and alive once more, then make: one step, so two copies of a proof in flight make one room. */
  #make(id: string, request: CreateRequest, work: Work): Created | Refusal {
    const standing = this.#standing(id);
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
    if (!this.#rooms.create(id, grant, standing.nowMs)) return 'busy';
    this.#solutions.use(work.solution, work.validUntil);
    return created(id, grant);
  }

  #standing(id: string) {
    const now = nowMs();
    const room = this.#rooms.find(id, now);
    return { nowMs: now, tokens: this.#tokens, solutions: this.#solutions, askedEffort: this.effort, room };
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
