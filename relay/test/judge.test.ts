import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { bindInput, type CreateRequest, encodeSolution, floorEffort, puzzleInput } from '@pug/wire';
import { type Decided, type Fault, judge, recheck, type Standing, type Verdict, type Work } from '../src/judge.ts';
import { create, type OpenRoom } from '../src/room.ts';
import { Solutions } from '../src/solutions.ts';
import { Tokens } from '../src/tokens.ts';

const nowMs = 1_700_000_000_000;
/** Acceptable public keys: any canonical y that is not of small order will do, nothing is signed here. */
const [joinKey, ownerKey] = [new Uint8Array(32).fill(3), new Uint8Array(32).fill(4)];
const smallOrderKey = new Uint8Array(32);
const nonces = [1, 2, 3, 4, 5, 6, 7, 8];

function standing(changes: Partial<Standing> = {}): Standing {
  return {
    nowMs,
    tokens: new Tokens(nowMs - 1000),
    solutions: new Solutions(10),
    askedEffort: floorEffort,
    room: null,
    ...changes,
  };
}

function request({ tokens }: Standing, changes: Partial<CreateRequest> = {}): CreateRequest {
  const { token } = tokens.challenge(floorEffort, nowMs);
  return { token, solution: encodeSolution(nonces), joinKey, ownerKey, ttlSeconds: 60, capacity: 2, ...changes };
}

function workOf(verdict: Verdict): Work {
  if (verdict.verdict !== 'verify') throw new Error(`not to be verified: ${JSON.stringify(verdict)}`);
  return verdict.work;
}

/** The room that this work made. */
function roomBy(solution: bigint): OpenRoom {
  const grant = { expiresAtMs: nowMs + 60_000, ttlSeconds: 60, capacity: 2, ownerKey, emptyRoomMs: 0, solution };
  return create(grant);
}

function refused(code: Fault): Decided {
  return { verdict: 'refused', code };
}

function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

describe('judging a request to make a room', () => {
  test('PW-3 PW-4 PW-9 a good one is to be verified: the puzzle of exactly this request, its nonces, its target', () => {
    const at = standing();
    const asked = request(at);
    const work = workOf(judge(asked, at));
    expect(work).toMatchObject({ nonces, target: 134_217_727, validUntil: nowMs / 1000 + 150 });
    expect(new Uint8Array(work.puzzle)).toEqual(sha256(puzzleInput(asked.token, sha256(bindInput(asked)))));
  });

  test('PW-3 every field of the request is part of the puzzle', () => {
    const at = standing();
    const asked = request(at);
    const other = new Uint8Array(32).fill(5);
    const changes: readonly Partial<CreateRequest>[] = [
      {},
      { joinKey: other },
      { ownerKey: other },
      { ttlSeconds: 61 },
      { capacity: 3 },
      { token: at.tokens.challenge(floorEffort, nowMs).token },
    ];
    const works = changes.map((change) => workOf(judge({ ...asked, ...change }, at)));
    expect(new Set(works.map(({ puzzle }) => Buffer.from(puzzle).toString('hex'))).size).toBe(changes.length);
    expect(new Set(works.map(({ solution }) => solution)).size).toBe(changes.length);
  });

  test('PW-10 a solution is remembered by its puzzle: of more hits one cannot make more solutions', () => {
    const at = standing();
    const asked = request(at);
    const again = { ...asked, solution: encodeSolution(nonces.map((nonce) => nonce + 1)) };
    expect(workOf(judge(again, at)).solution).toBe(workOf(judge(asked, at)).solution);
  });

  const malformed: readonly (readonly [string, Partial<CreateRequest>])[] = [
    ['PW-1 a token of 51 bytes', { token: new Uint8Array(51) }],
    ['PW-1 a token of 53 bytes', { token: new Uint8Array(53) }],
    ['PW-6 a solution of 7 nonces', { solution: encodeSolution(nonces.slice(1)) }],
    ['PW-6 a solution of 9 nonces', { solution: encodeSolution([...nonces, 9]) }],
    ['PW-6 a solution of 33 bytes', { solution: new Uint8Array(33) }],
    ['PW-6 no solution', { solution: new Uint8Array(0) }],
    ['PW-6 a nonce twice', { solution: encodeSolution([1, 2, 3, 4, 4, 5, 6, 7]) }],
    ['PW-6 nonces that do not ascend', { solution: encodeSolution([8, 7, 6, 5, 4, 3, 2, 1]) }],
    ['HT-4 JN-3 a join key of small order', { joinKey: smallOrderKey }],
    ['HT-4 JN-3 an owner key of small order', { ownerKey: smallOrderKey }],
  ];
  for (const [title, changes] of malformed) {
    test(`PW-9 ${title} is malformed`, () => {
      const at = standing();
      expect(judge(request(at, changes), at)).toEqual(refused('malformed'));
    });
  }

  test('PW-9 a token is judged before its use: one of another relay is not found used', () => {
    const at = standing();
    const { token } = new Tokens(nowMs - 2000).challenge(floorEffort, nowMs - 2000);
    expect(judge(request(at, { token }), at)).toEqual(refused('expired'));
  });

  test('PW-9 PW-15 an effort below a quarter of what is asked now is too easy, a quarter is not', () => {
    const at = standing();
    const asked = request(at);
    expect(judge(asked, { ...at, askedEffort: 4 * floorEffort + 1 })).toEqual(refused('too_easy'));
    expect(judge(asked, { ...at, askedEffort: 4 * floorEffort }).verdict).toBe('verify');
  });

  test('HT-6 the same request while its room lives is answered with that room', () => {
    const at = standing();
    const asked = request(at);
    const { solution, validUntil } = workOf(judge(asked, at));
    at.solutions.use(solution, validUntil);
    const room = roomBy(solution);
    expect(judge(asked, { ...at, room })).toEqual({ verdict: 'made', grant: room.grant });
  });

  test('HT-6 PW-9 also when its token has expired since, or costs too little now; any other with that token is refused', () => {
    const at = standing();
    const asked = request(at);
    const { solution, validUntil } = workOf(judge(asked, at));
    at.solutions.use(solution, validUntil);
    const room = roomBy(solution);
    for (const later of [{ nowMs: nowMs + 300_000 }, { askedEffort: 100 * floorEffort }]) {
      expect(judge(asked, { ...at, ...later, room })).toEqual({ verdict: 'made', grant: room.grant });
      expect(judge({ ...asked, capacity: 3 }, { ...at, ...later, room }).verdict).toBe('refused');
      expect(judge(asked, { ...at, ...later, room: null }).verdict).toBe('refused');
    }
  });

  test('PW-10 PW-9 the same request after its room has ended is replayed, and so it is beside another’s room', () => {
    const at = standing();
    const asked = request(at);
    const { solution, validUntil } = workOf(judge(asked, at));
    at.solutions.use(solution, validUntil);
    expect(judge(asked, at)).toEqual(refused('replayed'));
    expect(judge(asked, { ...at, room: roomBy(solution + 1n) })).toEqual(refused('replayed'));
  });

  test('HT-7 a join key that lives is taken, whatever else the request says', () => {
    const at = standing();
    const room = roomBy(9n);
    expect(judge(request(at), { ...at, room })).toEqual(refused('taken'));
    expect(judge(request(at, { capacity: 5 }), { ...at, room })).toEqual(refused('taken'));
  });

  test('PW-9 taken goes before the order of the nonces', () => {
    const at = standing({ room: roomBy(9n) });
    expect(judge(request(at, { solution: encodeSolution(nonces.toReversed()) }), at)).toEqual(refused('taken'));
  });

  test('PW-10 a full table is busy, and the proof stays valid', () => {
    const at = standing({ solutions: new Solutions(1) });
    const asked = request(at);
    const { validUntil } = workOf(judge(asked, at));
    at.solutions.use(99n, validUntil);
    expect(judge(asked, at)).toEqual(refused('busy'));
    expect(judge(asked, { ...at, solutions: new Solutions(1) }).verdict).toBe('verify');
  });

  test('PW-9 two copies in flight make one room: the second finds it when it looks once more', () => {
    const at = standing();
    const asked = request(at);
    const [first, second] = [workOf(judge(asked, at)), workOf(judge(asked, at))];
    expect(recheck(first, at)).toBeNull();
    at.solutions.use(first.solution, first.validUntil);
    const room = roomBy(first.solution);
    expect(recheck(second, { ...at, room })).toEqual({ verdict: 'made', grant: room.grant });
  });

  test('PW-9 HT-7 of two proofs for one join key in flight the second is taken', () => {
    const at = standing();
    const [first, second] = [workOf(judge(request(at), at)), workOf(judge(request(at), at))];
    at.solutions.use(first.solution, first.validUntil);
    expect(recheck(second, { ...at, room: roomBy(first.solution) })).toEqual(refused('taken'));
  });
});
