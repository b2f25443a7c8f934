/** Judges a request to make a room, up to the hits (PW-9): all that is cheap, in the one order, changing nothing. */
import { createHmac, hash, randomBytes } from 'node:crypto';
import {
  bindInput,
  type CreateRequest,
  decodeSolution,
  decodeToken,
  effortOf,
  isAcceptableKey,
  isAscending,
  puzzleInput,
} from '@pug/wire';
import type { Grant, OpenRoom } from './room.ts';
import type { Solutions } from './solutions.ts';
import { type ReadToken, type TokenFault, type Tokens, validUntil } from './tokens.ts';

/** What a request is judged against. */
export interface Standing {
  readonly nowMs: number;
  readonly tokens: Tokens;
  readonly solutions: Solutions;
  /** The effort of a challenge issued now, in iterations. */
  readonly askedEffort: number;
  /** The room that the request's join key names, if it lives (LK-5). */
  readonly room: OpenRoom | null;
}

/** Hits to be verified one by one; the first miss makes the request `wrong`. */
export interface Work {
  /** The password of every try, 32 bytes (PW-4). */
  readonly puzzle: Uint8Array;
  readonly nonces: readonly number[];
  readonly target: number;
  /** The iterations that were expected of it (PW-7). */
  readonly effort: number;
  /** What the solution is remembered by. */
  readonly solution: bigint;
  /** Seconds since 1970. */
  readonly validUntil: number;
}

export type Fault = 'malformed' | TokenFault | 'too_easy' | 'replayed' | 'taken' | 'busy';

/** Decided without the hits. */
export type Decided =
  | { readonly verdict: 'refused'; readonly code: Fault }
  /** The same request made this room before: it is the answer (HT-6). */
  | { readonly verdict: 'made'; readonly grant: Grant };

export type Verdict = Decided | { readonly verdict: 'verify'; readonly work: Work };

/**
 * Judges a request in the order of PW-9, without the hits. Before the room is made, `recheck` decides again.
 * @param request of the form of HT-4
 */
export function judge(request: CreateRequest, standing: Standing): Verdict {
  const fields = decodeToken(request.token);
  const nonces = fields && decodeSolution(request.solution, fields.k);
  const areKeys = isAcceptableKey(request.joinKey) && isAcceptableKey(request.ownerKey);
  if (fields === null || nonces === null || !areKeys) return refused('malformed');
  const puzzle = sha256(puzzleInput(request.token, sha256(bindInput(request))));
  const solution = solutionOf(puzzle);
  const made = madeBy(solution, standing);
  if (made !== null) return made;
  const fault = faultOf({ bytes: request.token, fields }, standing);
  if (fault !== null) return refused(fault);
  const { k, target } = fields;
  const effort = effortOf(k, target);
  const work = { puzzle, nonces, target, effort, solution, validUntil: validUntil(fields) };
  return recheck(work, standing) ?? (isAscending(nonces) ? { verdict: 'verify', work } : refused('malformed'));
}

/** Whether the solution was used or the join key's room lives. @returns null when neither: the room may be made, in this same step */
export function recheck(work: Work, standing: Standing): Decided | null {
  const { solutions, room } = standing;
  const made = madeBy(work.solution, standing);
  if (made !== null) return made;
  const use = solutions.look(work.solution, work.validUntil);
  if (use === 'used') return refused('replayed');
  if (room !== null) return refused('taken');
  return use === 'unused' ? null : refused('busy');
}

/** The room that this very request has made, while it lives (HT-6). */
function madeBy(solution: bigint, { room }: Standing): Decided | null {
  const isSame = room !== null && room.grant.solution === solution;
  return isSame ? { verdict: 'made', grant: room.grant } : null;
}

function faultOf(token: ReadToken, { tokens, nowMs, askedEffort }: Standing): TokenFault | 'too_easy' | null {
  const fault = tokens.check(token, nowMs);
  if (fault !== null) return fault;
  return 4 * effortOf(token.fields.k, token.fields.target) < askedEffort ? 'too_easy' : null;
}

const solutionSecret = randomBytes(32);

/**
 * What a solution is remembered by: 64 bits that only this process can compute. It names the puzzle, which is the token and the request, and
 * not the hits: of nine hits one could make nine solutions.
 */
function solutionOf(puzzle: Uint8Array): bigint {
  const key = createHmac('sha256', solutionSecret).update(puzzle).digest().readBigUInt64BE();
  return key === 0n ? 1n : key; // 0 is an empty place in the tables.
}

function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}

function refused(code: Fault): Decided {
  return { verdict: 'refused', code };
}
