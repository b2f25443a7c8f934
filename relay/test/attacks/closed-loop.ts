// The price of a room under attack, in a closed loop: the relay's own creation, controller, sketch, judge, lanes and pending table; only the clock, the
// hashing and the people are simulated.
import { randomBytes } from 'node:crypto';
import { type CreateRequest, defaultPolicy, floorEffort, isAcceptableKey } from '@pug/wire';
import type { Address } from '../../src/addresses.ts';
import { Counts } from '../../src/counts.ts';
import { Creation, maxWaiting } from '../../src/creation.ts';
import { Crowds } from '../../src/crowds.ts';
import { Difficulty, targetRate } from '../../src/difficulty.ts';
import { Price } from '../../src/price.ts';
import { Rooms } from '../../src/rooms.ts';
import { dice, SimulatedTime } from './simulation.ts';

/** PBKDF2 iterations a second of one core: a laptop's browser and a phone's, as the research behind PW-5 has them. */
export const laptopPerSecond = 6_000_000;
export const phonePerSecond = 2_500_000;

/** A slow relay: half of what one lane was measured to verify. */
const verifyMsPerHit = 0.3;
const roundTripMs = 100;
/** What a client does (client/src/create.ts): so many puzzles, so often again when told busy. */
const maxRounds = 5;
const maxRepeats = 7;
/** More than this a second is a flood of requests, which is another attack. */
const maxPostsPerSecond = 1500;
/** An attacker does not wait politely. */
const attackerRepeatMs = 50;

export interface Attack {
  /** Iterations a second in all. */
  readonly power: number;
  /** From how many address prefixes. */
  readonly prefixes: number;
}

export interface Loop {
  readonly attack: Attack | null;
  /** From which second to which the attacker works; honest people come all the time. */
  readonly attackSeconds: readonly [from: number, to: number];
  readonly seconds: number;
  readonly honestPerSecond: number;
  readonly seed: number;
  readonly maxPendingRooms?: number;
}

/** One honest try. `waitMs` is from wishing a room to being in it. */
export interface Try {
  readonly startedMs: number;
  readonly device: 'laptop' | 'phone';
  readonly outcome: 'joined' | 'refused' | 'evicted';
  readonly waitMs: number;
}

export interface Outcome {
  readonly tries: readonly Try[];
  readonly attackerRooms: number;
  readonly attackerRefused: number;
  /** The price for a prefix that made nothing, as a power of two, at the end of each second. */
  readonly bits: readonly number[];
  readonly mostPending: number;
}

export async function simulate(loop: Loop): Promise<Outcome> {
  const world = new World(loop);
  void world.watch();
  void world.comeAndGo();
  if (loop.attack !== null) void world.attack(loop.attack);
  await world.time.run(loop.seconds * 1000);
  return world.outcome();
}

const epochMs = 1_700_000_000_000;

class World {
  readonly time = new SimulatedTime();
  readonly #loop: Loop;
  readonly #random: () => number;
  readonly #rooms: Rooms<never>;
  readonly #creation: Creation;
  readonly #tries: Try[] = [];
  readonly #bits: number[] = [];
  #attackerRooms = 0;
  #attackerRefused = 0;
  #mostPending = 0;

  constructor(loop: Loop) {
    this.#loop = loop;
    this.#random = dice(loop.seed);
    const { pendingRoomSeconds, emptyRoomSeconds } = defaultPolicy;
    const limits = { maxPendingRooms: loop.maxPendingRooms ?? 1_000_000, maxRooms: 100_000 };
    const lives = { pendingRoomMs: 1000 * pendingRoomSeconds, emptyRoomMs: 1000 * emptyRoomSeconds };
    const counts = new Counts();
    this.#rooms = new Rooms({ ...limits, ...lives }, counts);
    const target = targetRate({ ...limits, pendingRoomSeconds, emptyRoomSeconds });
    const difficulty = new Difficulty(5, target, () => this.#rooms.occupancy, epochMs);
    this.#creation = new Creation(
      defaultPolicy,
      this.#rooms,
      new Price(floorEffort, difficulty, new Crowds(epochMs)),
      counts,
      {
        nowMs: () => epochMs + Math.floor(this.time.nowMs),
        areHits: async () => {
          await this.time.sleep(8 * verifyMsPerHit);
          return true;
        },
      },
    );
  }

  outcome(): Outcome {
    const [attackerRooms, attackerRefused, mostPending] = [
      this.#attackerRooms,
      this.#attackerRefused,
      this.#mostPending,
    ];
    return { tries: this.#tries, attackerRooms, attackerRefused, bits: this.#bits, mostPending };
  }

  async watch(): Promise<void> {
    for (;;) {
      await this.time.sleep(1000);
      this.#bits.push(Math.log2(this.#creation.challenge(this.#stranger()).effort));
      this.#mostPending = Math.max(this.#mostPending, this.#rooms.counts.pending);
      Array.from(this.#rooms.elapse(epochMs + this.time.nowMs));
    }
  }

  /** Honest people, each from a prefix of their own, a third of them on phones. */
  async comeAndGo(): Promise<void> {
    for (;;) {
      await this.time.sleep((-Math.log(1 - this.#random()) * 1000) / this.#loop.honestPerSecond);
      void this.#honest(this.#random() < 1 / 3 ? 'phone' : 'laptop');
    }
  }

  async #honest(device: Try['device']): Promise<void> {
    const startedMs = this.time.nowMs;
    const from = this.#stranger();
    const roomId = await this.#makeRoom(from, device === 'phone' ? phonePerSecond : laptopPerSecond);
    await this.time.sleep(2 * roundTripMs);
    const isThere = roomId !== null && this.#rooms.enter(roomId, epochMs + this.time.nowMs) !== null;
    const outcome = roomId === null ? 'refused' : isThere ? 'joined' : 'evicted';
    this.#tries.push({ startedMs, device, outcome, waitMs: this.time.nowMs - startedMs });
  }

  async #makeRoom(from: Address, perSecond: number): Promise<string | null> {
    for (let round = 0; round < maxRounds; round++) {
      await this.time.sleep(roundTripMs);
      const { token, effort } = this.#creation.challenge(from);
      await this.time.sleep(1000 * (this.#work(effort) / perSecond));
      const answer = await this.#send(requestFor(token), from);
      if (answer !== 'too_easy' && answer !== 'expired') return typeof answer === 'string' ? null : answer.roomId;
    }
    return null;
  }

  /** Again while the relay is busy, after half a second, a second, two … (CL-4). */
  async #send(request: CreateRequest, from: Address) {
    for (let repeat = 0; ; repeat++) {
      await this.time.sleep(roundTripMs);
      const answer = await this.#creation.create(request, from);
      if (answer !== 'busy' || repeat === maxRepeats) return answer;
      await this.time.sleep(this.#random() * Math.min(30_000, 500 * 2 ** repeat));
    }
  }

  /** Solves puzzle after puzzle, from each prefix in turn, and sends each until it is taken or too old. */
  async attack({ power, prefixes }: Attack): Promise<void> {
    const [fromS, toS] = this.#loop.attackSeconds;
    await this.time.sleep(1000 * fromS);
    for (let number = 0; this.time.nowMs < 1000 * toS; number = (number + 1) % prefixes) {
      const from = Uint8Array.of(100 + (number >> 16), number >> 8, number & 255, 1);
      const { token, effort } = this.#creation.challenge(from);
      const solvingMs = 1000 * (this.#work(effort) / power);
      await this.time.sleep(Math.max(solvingMs, 1000 / maxPostsPerSecond));
      void this.#create(requestFor(token), from);
    }
  }

  async #create(request: CreateRequest, from: Address): Promise<void> {
    let answer = await this.#creation.create(request, from);
    for (let repeat = 0; answer === 'busy' && repeat < maxRepeats; repeat++) {
      await this.time.sleep(attackerRepeatMs);
      if (!this.#isCrowded) answer = await this.#creation.create(request, from);
    }
    if (typeof answer === 'string') this.#attackerRefused++;
    else this.#attackerRooms++;
  }

  /**
   * Whether whoever asks now is told `busy` for certain. A request that was judged a moment ago need not be hashed to be told so again: that
   * was half of all the time this took, and changes nothing of what comes of it.
   */
  get #isCrowded(): boolean {
    return this.#creation.verifications.waiting === maxWaiting;
  }

  /** How many iterations a solution of this effort takes: the sum of eight waits for a hit. */
  #work(effort: number): number {
    let sum = 0;
    for (let hit = 0; hit < 8; hit++) sum -= Math.log(1 - this.#random());
    return (sum / 8) * effort;
  }

  #stranger(): Address {
    return Uint8Array.of(9, this.#random() * 256, this.#random() * 256, 1);
  }
}

const ownerKey = acceptableKey();
const solution = Uint8Array.from({ length: 32 }, (_, at) => (at % 4 === 3 ? at : 0));

function requestFor(token: Uint8Array): CreateRequest {
  return { token, solution, joinKey: acceptableKey(), ownerKey, ttlSeconds: 3600, capacity: 2 };
}

function acceptableKey(): Uint8Array {
  for (;;) {
    const key = new Uint8Array(randomBytes(32));
    if (isAcceptableKey(key)) return key;
  }
}

/** The value below which this share of the sorted numbers lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
