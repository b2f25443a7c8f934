/** Making a room: secrets, work, registration (PW, HT-3 … HT-7). */
import { deriveKeys, encodeLink, type Link, ownerKeys } from '@pug/core';
import {
  bindInput,
  type Challenge,
  type Created,
  type CreateRequest,
  clientMaxEffort,
  decodeChallenge,
  decodeCreated,
  decodeProblem,
  decodeToken,
  effortOf,
  encodeCreateRequest,
  hitsPerSolution,
  type ProblemCode,
  puzzleInput,
  readU32,
} from '@pug/wire';
import type { Answer, Platform } from './api.ts';
import { delayMs } from './backoff.ts';
import { type Cancellation, pause, unlessCancelled } from './cancellation.ts';
import { Gauge } from './gauge.ts';
import { ask } from './policy.ts';
import { solve } from './solver.ts';

/** Puzzles solved for one room, when each becomes too old or too easy meanwhile. */
const maxRounds = 5;
/** Times a request is repeated while nobody answers or the relay is busy: a few seconds for a puzzle, about half a minute for finished work. */
const challengeRepeats = 2;
const registerRepeats = 7;

export interface CreateOptions {
  readonly platform: Platform;
  readonly ttlSeconds: number;
  readonly capacity: number;
  readonly signal: Cancellation;
  readonly onProgress: (progress: CreateProgress) => void;
  /** Asked once when the work is expected to last over 10 s; `expectedMs` for the whole of it. */
  readonly confirmLongWork: (expectedMs: number) => Promise<boolean>;
}

export interface CreateProgress {
  readonly phase: 'challenge' | 'work' | 'register';
  readonly hits: number;
  readonly k: number;
  /** For the whole of the work: first by the speed of a middling phone, then by this device's. 0 until there is a challenge. */
  readonly expectedMs: number;
  /** Since the work began. */
  readonly elapsedMs: number;
  readonly raisedBy: Challenge['raisedBy'];
}

/** A new room. The secrets are the caller's to keep and to wipe. `ttlSeconds` and `capacity` are what was granted (HT-5). */
export interface CreatedRoom {
  readonly link: Link;
  readonly fragment: string;
  readonly ownerSeed: Uint8Array;
  readonly ttlSeconds: number;
  readonly capacity: number;
}

/** `refused` with `internal` also when the relay answered what no relay answers. `effort` is in PBKDF2 iterations. */
export type CreateResult =
  | { readonly kind: 'created'; readonly room: CreatedRoom }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'refused'; readonly code: ProblemCode }
  | { readonly kind: 'too_much_work'; readonly effort: number };

type Failure = Exclude<CreateResult, { kind: 'created' }>;
type Registered = { readonly kind: 'registered'; readonly created: Created };
/** A puzzle that is no longer good, and perhaps the next one (PW-14). */
type Again = { readonly kind: 'again'; readonly code: ProblemCode; readonly challenge: Challenge | null };
type Requested = Omit<CreateRequest, 'token' | 'solution'>;

const cancelled: Failure = { kind: 'cancelled' };
const unreachable: Failure = { kind: 'unreachable' };
const nonsense: Failure = { kind: 'refused', code: 'internal' };

/** Makes a room, however many puzzles that takes. Its secrets stay on this device (LK-3), and are overwritten where there is no room. */
export async function createRoom(options: CreateOptions): Promise<CreateResult> {
  const { random } = options.platform;
  const link: Link = { roomSecret: random(16), linkKey: random(32) };
  const ownerSeed = random(32);
  let result: CreateResult | null = null;
  try {
    result = await createWith(options, link, ownerSeed);
    return result;
  } finally {
    if (result?.kind !== 'created') for (const secret of [link.roomSecret, link.linkKey, ownerSeed]) secret.fill(0);
  }
}

async function createWith(options: CreateOptions, link: Link, ownerSeed: Uint8Array): Promise<CreateResult> {
  const [{ joinKey, roomId }, { ownerKey }] = await Promise.all([deriveKeys(link), ownerKeys(ownerSeed)]);
  const { ttlSeconds, capacity } = options;
  const result = await register(options, { joinKey, ownerKey, ttlSeconds, capacity });
  if (result.kind !== 'registered') return result;
  if (result.created.roomId !== roomId) return nonsense;
  const granted = { ttlSeconds: result.created.ttlSeconds, capacity: result.created.capacity };
  return { kind: 'created', room: { link, fragment: await encodeLink(link), ownerSeed, ...granted } };
}

/** Puzzle, work, request; and again while the puzzle became too old or too easy meanwhile. */
async function register(options: CreateOptions, requested: Requested): Promise<Registered | Failure> {
  let again: Again = { kind: 'again', code: 'expired', challenge: null };
  for (let round = 0; round < maxRounds; round++) {
    const challenge = again.challenge ?? (await fetchChallenge(options));
    if ('kind' in challenge) return challenge;
    const solution = await work(options, requested, challenge);
    if ('kind' in solution) return solution;
    const result = await submit(options, encodeCreateRequest({ ...requested, token: challenge.token, solution }));
    if (result.kind !== 'again') return result;
    again = result;
  }
  return { kind: 'refused', code: again.code };
}

async function fetchChallenge(options: CreateOptions): Promise<Challenge | Failure> {
  options.onProgress({
    phase: 'challenge',
    hits: 0,
    k: hitsPerSolution,
    expectedMs: 0,
    elapsedMs: 0,
    raisedBy: 'none',
  });
  const get = (): Promise<Answer | null> => ask(options.platform, 'GET', '/api/v1/challenge');
  const answer = await persist(options, challengeRepeats, get);
  if ('kind' in answer) return answer;
  return answer.status === 200 ? (decodeChallenge(answer.text) ?? nonsense) : refusal(answer);
}

/** The solution (PW-4 … PW-8), or why there is none. What counts is what the token says: the relay will go by that. */
async function work(options: CreateOptions, requested: Requested, challenge: Challenge): Promise<Uint8Array | Failure> {
  const { token, k, target, raisedBy } = challenge;
  const claimed = decodeToken(token);
  if (k !== hitsPerSolution || claimed?.k !== k || claimed.target !== target) return nonsense;
  const effort = effortOf(k, target);
  if (effort > clientMaxEffort) return { kind: 'too_much_work', effort };
  let hits = 0;
  const report = (phase: 'work' | 'register'): void => {
    options.onProgress({ phase, hits, k, expectedMs: gauge.expectedMs, elapsedMs: gauge.elapsedMs, raisedBy });
  };
  const { platform, signal, confirmLongWork } = options;
  const gauge = new Gauge({ platform, signal, effort, confirmLongWork, onMeasured: () => report('work') });
  report('work');
  const solution = await solve({
    puzzle: await sha256(puzzleInput(token, await sha256(bindInput(requested)))),
    k,
    target,
    signal: gauge,
    onHit: (found) => {
      hits = found;
      report(hits < k ? 'work' : 'register');
    },
    beforeTry: (tries) => gauge.check(tries),
  });
  return solution ?? cancelled;
}

/** Sends finished work until there is an answer: the same request makes the same room (HT-6). */
async function submit(options: CreateOptions, body: string): Promise<Registered | Again | Failure> {
  const post = (): Promise<Answer | null> => ask(options.platform, 'POST', '/api/v1/rooms', body);
  const answer = await persist(options, registerRepeats, post);
  if ('kind' in answer) return answer;
  if (answer.status === 201) {
    const created = decodeCreated(answer.text);
    return created ? { kind: 'registered', created } : nonsense;
  }
  const problem = decodeProblem(answer.text);
  const stale = problem?.code === 'expired' || problem?.code === 'too_easy';
  return stale ? { kind: 'again', code: problem.code, challenge: problem.challenge ?? null } : refusal(answer);
}

/** Asks until there is an answer of this relay other than that it cannot now; at most `repeats` times more. */
async function persist(
  { platform, signal }: CreateOptions,
  repeats: number,
  request: () => Promise<Answer | null>,
): Promise<Answer | Failure> {
  let failure = unreachable;
  for (let repeat = 0; repeat <= repeats; repeat++) {
    if (repeat > 0) await pause(platform, signal, delayMs(repeat, 'unreachable', readU32(platform.random(4), 0)));
    const answer = await unlessCancelled(signal, request());
    if (signal.aborted) return cancelled;
    const said = answer ? judged(answer) : unreachable;
    if (said === null) return answer ?? unreachable;
    failure = said;
  }
  return failure;
}

/** Null for an answer that stands; else what it is as long as no better one comes: `busy`, or something in between that is no relay. */
function judged(answer: Answer): Failure | null {
  if (decodeChallenge(answer.text) ?? decodeCreated(answer.text)) return null;
  const code = decodeProblem(answer.text)?.code;
  if (code === undefined) return unreachable;
  return code === 'busy' || code === 'draining' ? { kind: 'refused', code } : null;
}

function refusal(answer: Answer): Failure {
  return { kind: 'refused', code: decodeProblem(answer.text)?.code ?? 'internal' };
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
