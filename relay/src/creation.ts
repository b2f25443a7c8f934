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
  readonly #tokens = new Tokens(Date.now());
  readonly #solutions = new Solutions();
  readonly #lanes = new Lanes(verifiedAtOnce, maxWaiting);

  constructor(policy: Policy, rooms: Registry) {
    this.#policy = policy;
    this.#rooms = rooms;
  }

  /** A puzzle at today's price. */
  challenge(): Challenge {
    return this.#tokens.challenge(floorEffort, Date.now());
  }

  /** Makes the room, or finds it when this very request has made it before (HT-6), or says why not (PW-9). */
  async create(request: CreateRequest): Promise<Created | Refusal> {
    const id = roomIdOf(request.joinKey);
    const verdict = judge(request, this.#standing(id));
    if (verdict.verdict !== 'verify') return answered(id, verdict);
    const verified = await this.#lanes.enter(() => areHits(verdict.work));
    if (verified === null) return 'busy';
    return verified ? this.#make(id, request, verdict.work) : 'wrong';
  }

  /** Used and alive once more, then make: one step, so two copies of a proof in flight make one room. */
  #make(id: string, request: CreateRequest, work: Work): Created | Refusal {
    const standing = this.#standing(id);
    const verdict = recheck(work, standing);
    if (verdict !== null) return answered(id, verdict);
    const { nowMs } = standing;
    const { ownerKey } = request;
    const ttlSeconds = clamped(request.ttlSeconds, this.#policy.ttlSeconds);
    const capacity = clamped(request.capacity, this.#policy.capacity);
    const grant = { expiresAtMs: nowMs + 1000 * ttlSeconds, ttlSeconds, capacity, ownerKey, solution: work.solution };
    if (!this.#rooms.create(id, grant, nowMs)) return 'busy';
    this.#solutions.use(work.solution, work.validUntil);
    return created(id, grant);
  }

  #standing(id: string) {
    const nowMs = Date.now();
    const room = this.#rooms.find(id, nowMs);
    return { nowMs, tokens: this.#tokens, solutions: this.#solutions, askedEffort: floorEffort, room };
  }
}

function answered(id: string, verdict: Decided): Created | Refusal {
  return verdict.verdict === 'made' ? created(id, verdict.grant) : verdict.code;
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
