/** The proof of work of spec/proof-of-work.md, done in one go: a test has no screen to keep alive. */
import { createHash, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import {
  bindInput,
  type CreateRequest,
  encodeSolution,
  hitsPerSolution,
  isHit,
  iterationsPerTry,
  nonceSalt,
  puzzleInput,
  tryBytes,
} from '@pug/wire';

const stretch = promisify(pbkdf2);

/** How many tries are under way at once: enough for every core of a small machine. */
const triesAtOnce = 8;

/** The puzzle of `token` for this room and no other (PW-3, PW-4). */
export function puzzleOf(request: Omit<CreateRequest, 'solution'>): Uint8Array {
  const bind = createHash('sha256').update(bindInput(request)).digest();
  return createHash('sha256').update(puzzleInput(request.token, bind)).digest();
}

/** Whether `nonce` is a hit (PW-5). */
export async function tryNonce(puzzle: Uint8Array, nonce: number, target: number): Promise<boolean> {
  return isHit(await stretch(puzzle, nonceSalt(nonce), iterationsPerTry, tryBytes, 'sha256'), target);
}

/** The first `k` hits of the puzzle, ascending (PW-6). */
export async function solve(puzzle: Uint8Array, target: number, k = hitsPerSolution): Promise<Uint8Array> {
  const hits: number[] = [];
  for (let from = 0; hits.length < k; from += triesAtOnce) {
    const nonces = Array.from({ length: triesAtOnce }, (_, at) => from + at);
    const outcomes = await Promise.all(nonces.map((nonce) => tryNonce(puzzle, nonce, target)));
    hits.push(...nonces.filter((_, at) => outcomes[at]));
  }
  return encodeSolution(hits.slice(0, k));
}
