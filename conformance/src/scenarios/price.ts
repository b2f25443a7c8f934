/** What a proof of work buys and what it does not: the order of PW-9, every bit of a token, every spelling of a key (HT-6, HT-7, PW-2). */
import {
  type CreateRequest,
  decodeToken,
  encodeCreateRequest,
  encodeSolution,
  encodeToken,
  type ProblemCode,
  type Token,
  toBase64url,
} from '@pug/wire';
import { mixedKeys, offCurveKey, smallOrderKeys, tooLargeKeys } from '../edge-keys.ts';
import { newRoomKeys, roomIdOf } from '../keys.ts';
import { demand } from '../peer.ts';
import { type Scenario, scenario } from '../scenario.ts';
import type { Room, Trial } from '../trial.ts';
import { puzzleOf, solve } from '../work.ts';

const eight = Array.from({ length: 8 }, (_, at) => at);

/** A request of the right form whose work was not done. */
async function unworked(trial: Trial): Promise<{ request: CreateRequest; token: Token }> {
  const challenge = await trial.challenge();
  const { joinKey, ownerKey } = newRoomKeys();
  const token = decodeToken(challenge.token);
  demand(token !== null, 'PW-1: a token can be read');
  const solution = encodeSolution(eight);
  return { request: { token: challenge.token, solution, joinKey, ownerKey, ttlSeconds: 3600, capacity: 2 }, token };
}

/** The field a bit of a token is in, and how a relay that did not sign it so may call it (PW-9). */
function judgedAs(at: number): readonly ProblemCode[] {
  if (at < 3) return at === 2 ? ['unsupported', 'malformed'] : ['unsupported'];
  if (at === 3) return ['expired'];
  if (at < 8) return ['forged'];
  if (at < 12) return ['expired', 'clock', 'forged'];
  // A shorter life may be over; a longer one is not this relay's.
  return at < 14 ? ['forged', 'expired'] : ['forged'];
}

async function everyBit(trial: Trial): Promise<void> {
  const { request } = await unworked(trial);
  trial.refused(await trial.post(encodeCreateRequest(request)), 'wrong');
  for (let bit = 0; bit < 8 * 52; bit++) {
    const at = bit >> 3;
    const token = request.token.map((byte, index) => (index === at ? byte ^ (1 << (bit & 7)) : byte));
    const answer = await trial.post(encodeCreateRequest({ ...request, token }));
    const codes = judgedAs(at);
    const code = codes.find((it) => answer.text.includes(`"code":"${it}"`));
    demand(code !== undefined, `PW-2: bit ${bit & 7} of byte ${at} counts: ${codes.join(' or ')}, not ${answer.text}`);
    trial.refused(answer, code);
  }
}

/** Pairs of faults of which PW-9 names one first. */
async function firstFault(trial: Trial): Promise<void> {
  const { request, token } = await unworked(trial);
  const nowSeconds = Math.floor(Date.now() / 1000);
  const descending = encodeSolution(eight.toReversed());
  const smallKey = { joinKey: smallOrderKeys[0] ?? new Uint8Array(32) };
  const of = (change: Partial<Token>) => ({ token: encodeToken({ ...token, ...change }) });
  const cases: readonly (readonly [ProblemCode, string, Partial<CreateRequest>])[] = [
    ['malformed', 'a key before the version', { ...of({ version: 9 }), ...smallKey }],
    ['malformed', 'the length before the version', { ...of({ version: 9 }), solution: new Uint8Array(28) }],
    [
      'unsupported',
      'a hit count that fits its solution',
      { ...of({ k: 7 }), solution: encodeSolution(eight.slice(1)) },
    ],
    ['unsupported', 'the algorithm before the key', of({ algorithm: 2, keyId: token.keyId ^ 1 })],
    ['expired', 'the key before the time', of({ keyId: token.keyId ^ 1, issuedAt: nowSeconds + 600 })],
    ['clock', 'the time before the mac', of({ issuedAt: nowSeconds + 45 })],
    ['forged', 'a little ahead is not too far: the mac', of({ issuedAt: nowSeconds + 15 })],
    ['expired', 'an old token before its mac', of({ issuedAt: nowSeconds - 165 })],
    ['forged', 'the mac before the effort', of({ target: 2 ** 32 - 1 })],
    ['forged', 'the mac before the order of the nonces', { ...of({ mac: new Uint8Array(20) }), solution: descending }],
    ['malformed', 'the order of the nonces before the hits', { solution: descending }],
    ['malformed', 'one nonce twice before the hits', { solution: encodeSolution([0, ...eight.slice(0, 7)]) }],
    ['wrong', 'the hits, last', {}],
  ];
  for (const [code, what, change] of cases) {
    trial.note(`# ${what}`);
    trial.refused(await trial.post(encodeCreateRequest({ ...request, ...change })), code);
  }
}

async function sameWithOtherHits(trial: Trial): Promise<void> {
  const room = await trial.room();
  const answers = [[0, 1, 2, 3, 4, 5, 6, 7], eight.toReversed(), Array(8).fill(0)].map((list) => encodeSolution(list));
  for (const solution of answers) {
    const again = trial.created(await trial.post(encodeCreateRequest({ ...room.request, solution })));
    demand(JSON.stringify(again) === JSON.stringify(room.created), 'HT-6: its hits are not looked at again');
  }
  // Another request is another puzzle: the room is somebody's already, and nobody looks at the work (PW-9).
  for (const change of [{ ttlSeconds: room.request.ttlSeconds - 1 }, { capacity: 3 }, newOwner()]) {
    const request = { ...room.request, ...change, solution: encodeSolution(eight.toReversed()) };
    const { challenge } = trial.refused(await trial.post(encodeCreateRequest(request)), 'taken');
    demand(challenge !== undefined, 'PW-14: taken carries a fresh challenge');
  }
}

const newOwner = () => ({ ownerKey: newRoomKeys().ownerKey });

async function usedWhateverHits(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(1);
  members[0]?.say({ type: 'purge' });
  await members[0]?.expectClose('purged');
  const { token, solution, ...terms } = room.request;
  const target = decodeToken(token)?.target ?? 0;
  // The first nine hits, without the first: eight other hits of the same puzzle.
  const nine = await solve(puzzleOf({ token, ...terms }), target, 9);
  for (const other of [solution, nine.subarray(4), encodeSolution(eight), encodeSolution(eight.toReversed())]) {
    trial.refused(await trial.post(encodeCreateRequest({ ...room.request, solution: other })), 'replayed');
  }
}

async function freshChallenge(trial: Trial): Promise<void> {
  const { request } = await unworked(trial);
  const { challenge } = trial.refused(await trial.post(encodeCreateRequest(request)), 'wrong');
  demand(challenge !== undefined, 'PW-14: wrong carries a fresh challenge');
  const { solution: _, ...terms } = { ...request, token: challenge.token };
  const solution = await solve(puzzleOf(terms), challenge.target, challenge.k);
  trial.created(await trial.post(encodeCreateRequest({ ...terms, solution })));
}

async function unacceptableKeys(trial: Trial): Promise<void> {
  const { request } = await unworked(trial);
  for (const key of [...smallOrderKeys, ...tooLargeKeys]) {
    for (const field of ['joinKey', 'ownerKey'] as const) {
      trial.note(`# ${field} ${Buffer.from(key).toString('hex')}`);
      trial.refused(await trial.post(encodeCreateRequest({ ...request, [field]: key })), 'malformed');
    }
  }
}

/** A key with a part of small order is acceptable (JN-3); signatures of it verify only without the help of the cofactor. */
async function mixedKey(trial: Trial): Promise<void> {
  const { keys, sign } = mixedKeys();
  const room: Room = await trial.room({ keys });
  for (const [holds, what] of [
    [false, 'holds only when both sides are multiplied by the cofactor'],
    [true, 'holds as it stands'],
  ] as const) {
    trial.note(`# a proof that ${what}`);
    const peer = await trial.open();
    peer.say({ ...trial.joinMessage(peer, room), proof: sign(peer.nonce, holds) });
    if (holds) await peer.expect({ type: 'joined' });
    else await peer.expectClose('proof_rejected');
  }
}

/** Whether a key is a point at all is for the signature check to find. */
async function keyOffTheCurve(trial: Trial): Promise<void> {
  const keys = newRoomKeys();
  const joinKey = offCurveKey();
  const room = await trial.room({ keys: { ...keys, joinKey, roomId: toBase64url(roomIdOf(joinKey)) } });
  for (const proof of [room.keys.signJoin(new Uint8Array(32)), new Uint8Array(64)]) {
    const peer = await trial.open();
    peer.say({ ...trial.joinMessage(peer, room), proof });
    await peer.expectClose('proof_rejected');
  }
}

export const priceScenarios: readonly Scenario[] = [
  scenario('PW-1 PW-2 PW-9 HT-2 no bit of a token can be changed', everyBit),
  scenario('PW-9 HT-2 PW-2 PW-6 of two faults the first of the order is the answer', firstFault),
  scenario(
    'HT-6 HT-7 PW-9 PW-14 the same request needs no hits again, another is told taken before its hits',
    sameWithOtherHits,
  ),
  scenario('PW-10 PW-9 a solution is used up whichever of its hits are shown', usedWhateverHits),
  scenario('PW-14 HT-3 the challenge of a refusal can be solved like any other', freshChallenge),
  scenario(
    'JN-3 HT-4 keys of small order and spellings beyond the prime are malformed, as join and as owner key',
    unacceptableKeys,
  ),
  scenario('JN-3 JN-4 a key that is no point makes a room that nobody can join', keyOffTheCurve),
  scenario('JN-3 JN-1 signatures are verified without the cofactor', mixedKey),
];
