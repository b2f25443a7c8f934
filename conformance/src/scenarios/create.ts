/** Creating a room: what is granted, what is refused, and the price (spec/http.md, spec/proof-of-work.md). */
import { randomBytes } from 'node:crypto';
import {
  type Created,
  type CreateRequest,
  decodeSolution,
  decodeToken,
  encodeCreateRequest,
  encodeSolution,
  encodeToken,
  hitsPerSolution,
  type ProblemCode,
  type Token,
} from '@pug/wire';
import { newRoomKeys } from '../keys.ts';
import { demand } from '../peer.ts';
import { type Scenario, scenario } from '../scenario.ts';
import type { Trial } from '../trial.ts';
import { puzzleOf, tryNonce } from '../work.ts';

/** A request refused before anybody looks at its work. */
async function unworked(trial: Trial): Promise<CreateRequest> {
  const { token } = await trial.challenge();
  const { joinKey, ownerKey } = newRoomKeys();
  const solution = encodeSolution(Array.from({ length: hitsPerSolution }, (_, at) => at));
  return { token, solution, joinKey, ownerKey, ttlSeconds: 3600, capacity: 2 };
}

async function refusedWithChallenge(
  trial: Trial,
  body: string | Uint8Array,
  code: ProblemCode,
  why: string,
): Promise<void> {
  trial.note(`# ${why}`);
  const problem = trial.refused(await trial.post(body), code);
  demand(problem.challenge !== undefined, `PW-14: ${code} carries a fresh challenge`);
}

async function grants(trial: Trial): Promise<void> {
  const { ttlSeconds, capacity } = trial.policy;
  const wishes = [
    { asked: { ttlSeconds: ttlSeconds.min, capacity: capacity.min }, granted: [ttlSeconds.min, capacity.min] },
    { asked: { ttlSeconds: 2 ** 32 - 1, capacity: 65_535 }, granted: [ttlSeconds.max, capacity.max] },
    { asked: { ttlSeconds: 1, capacity: 1 }, granted: [ttlSeconds.min, capacity.min] },
  ];
  for (const { asked, granted } of wishes) {
    const { created } = await trial.room(asked);
    demand(created.ttlSeconds === granted[0] && created.capacity === granted[1], `HT-5: granted is ${granted}`);
    const lifeMs = created.expiresAt - Date.now();
    demand(Math.abs(lifeMs - created.ttlSeconds * 1000) < 5_000, 'HT-5: the time to live runs from creation');
  }
}

/** Spellings of a good body that are not its one form. */
function otherSpellings(good: string): readonly (readonly [string, string | Uint8Array])[] {
  const fields = Object.entries(JSON.parse(good) as Record<string, unknown>);
  const spell = (list: typeof fields) => JSON.stringify(Object.fromEntries(list));
  return [
    ['white space', good.replace(':', ': ')],
    ['a line feed at the end', `${good}\n`],
    ['white space in front', ` ${good}`],
    ['trailing bytes', `${good}x`],
    ['two objects', good + good],
    ['another order', spell([...fields].reverse())],
    ['a duplicate', good.replace('"capacity":2', '"capacity":2,"capacity":2')],
    ['an unknown field', good.replace('{', '{"extra":1,')],
    ['a missing field', spell(fields.slice(1))],
    ['a misspelt field', good.replace('"joinKey"', '"JoinKey"')],
    ['a float', good.replace('"capacity":2', '"capacity":2.0')],
    ['an exponent', good.replace('"capacity":2', '"capacity":2e0')],
    ['a leading zero', good.replace('"capacity":2', '"capacity":02')],
    ['a number as text', good.replace('"capacity":2', '"capacity":"2"')],
    ['null', good.replace('"capacity":2', '"capacity":null')],
    ['an escape', good.replace('"token"', '"tok\\u0065n"')],
    ['padding', good.replace('","ownerKey"', '=","ownerKey"')],
    ['a byte order mark', `\ufeff${good}`],
    ['invalid UTF-8', Buffer.concat([Buffer.from(good.slice(0, -1)), Buffer.of(0xff, 0x7d)])],
    ['an array', `[${good}]`],
    ['cut off', good.slice(0, -1)],
    ['nothing', ''],
    ...['null', '1', '""', '[]', '{}', '{"__proto__":{}}'].map((text) => [text, text] as const),
  ];
}

async function oneForm(trial: Trial): Promise<void> {
  const good = encodeCreateRequest(await unworked(trial));
  trial.refused(await trial.post(good), 'wrong');
  for (const [why, body] of otherSpellings(good)) await refusedWithChallenge(trial, body, 'malformed', why);
}

async function badValues(trial: Trial): Promise<void> {
  const good = await unworked(trial);
  const text = encodeCreateRequest(good);
  const primeLittleEndian = Buffer.from(`ed${'ff'.repeat(30)}7f`, 'hex');
  const smallOrder = Buffer.from('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'hex');
  const keys = [Buffer.alloc(32), Buffer.from(`01${'00'.repeat(31)}`, 'hex'), primeLittleEndian, smallOrder];
  for (const key of keys) {
    await refusedWithChallenge(
      trial,
      encodeCreateRequest({ ...good, joinKey: key }),
      'malformed',
      `JN-3 join key ${key.toString('hex')}`,
    );
    await refusedWithChallenge(
      trial,
      encodeCreateRequest({ ...good, ownerKey: key }),
      'malformed',
      `JN-3 owner key ${key.toString('hex')}`,
    );
  }
  for (const ttl of ['0', '-1', '4294967296', '9007199254740993']) {
    await refusedWithChallenge(
      trial,
      text.replace('"ttlSeconds":3600', `"ttlSeconds":${ttl}`),
      'malformed',
      `ttlSeconds ${ttl}`,
    );
  }
  for (const capacity of ['0', '-1', '65536']) {
    await refusedWithChallenge(
      trial,
      text.replace('"capacity":2', `"capacity":${capacity}`),
      'malformed',
      `capacity ${capacity}`,
    );
  }
  for (const field of ['token', 'solution', 'joinKey', 'ownerKey'] as const) {
    for (const bytes of [good[field].subarray(1), Buffer.concat([good[field], Buffer.of(0)]), Buffer.alloc(0)]) {
      await refusedWithChallenge(
        trial,
        encodeCreateRequest({ ...good, [field]: bytes }),
        'malformed',
        `${field} of ${bytes.length} bytes`,
      );
    }
  }
}

async function idempotent(trial: Trial): Promise<void> {
  const room = await trial.room();
  const first = JSON.stringify(room.created);
  const again = trial.created(await trial.post(encodeCreateRequest(room.request)));
  demand(JSON.stringify(again) === first, 'HT-6: the same request is answered with the same room');
  const member = await trial.join(room);
  const later = trial.created(await trial.post(encodeCreateRequest(room.request)));
  demand(JSON.stringify(later) === first, 'HT-6: also when somebody is in it');
  await member.expectQuiet();
}

async function taken(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(1);
  const stranger = { ...newRoomKeys(), joinKey: room.keys.joinKey, roomId: room.keys.roomId };
  const { request } = await trial.request({ keys: stranger });
  trial.refused(await trial.post(encodeCreateRequest(request)), 'taken');
  const usurper = await trial.knock(
    { ...room, keys: { ...room.keys, signOwner: stranger.signOwner } },
    { owner: true },
  );
  await usurper.expectClose('proof_rejected');
  members[0]?.say({ type: 'lock', locked: true });
  for (const member of members) await member.expect({ type: 'lock', locked: true });
}

function forgeries(token: Token): readonly (readonly [ProblemCode, string, Partial<Token>])[] {
  const flip = (bytes: Uint8Array, at: number) => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
  return [
    ['unsupported', 'version 0', { version: 0 }],
    ['unsupported', 'version 2', { version: 2 }],
    ['unsupported', 'algorithm 2', { algorithm: 2 }],
    ['unsupported', 'version 2, wrong in everything else', { version: 2, keyId: token.keyId ^ 0x80, issuedAt: 0 }],
    ['expired', 'an unknown key', { keyId: token.keyId ^ 0x80 }],
    ['clock', 'from the future', { issuedAt: token.issuedAt + 600 }],
    ['expired', 'from the past', { issuedAt: token.issuedAt - 600 }],
    ['expired', 'from 1970', { issuedAt: 0 }],
    ['forged', 'an easier target', { target: 2 ** 32 - 1 }],
    ['forged', 'a longer life', { ttl: 65_535 }],
    ['forged', 'another audience', { audience: token.audience ^ 1 }],
    ['forged', 'other random bytes', { random: flip(token.random, 0) }],
    ['forged', 'the first byte of the mac', { mac: flip(token.mac, 0) }],
    ['forged', 'the last byte of the mac', { mac: flip(token.mac, 19) }],
  ];
}

async function forgedTokens(trial: Trial): Promise<void> {
  const good = await unworked(trial);
  const token = decodeToken(good.token);
  demand(token !== null, 'PW-1: a token can be read');
  for (const [code, why, change] of forgeries(token)) {
    const body = encodeCreateRequest({ ...good, token: encodeToken({ ...token, ...change }) });
    await refusedWithChallenge(trial, body, code, why);
  }
  const unsorted = encodeSolution([8, 7, 6, 5, 4, 3, 2, 1]);
  const forged = encodeCreateRequest({
    ...good,
    token: randomBytes(52).fill(good.token.subarray(0, 32), 0, 32),
    solution: unsorted,
  });
  await refusedWithChallenge(trial, forged, 'forged', 'PW-9: the mac is judged before the order of the nonces');
}

async function boundWork(trial: Trial): Promise<void> {
  const { request } = await trial.request({ ttlSeconds: 3600, capacity: 2 });
  const other = newRoomKeys();
  const { token } = await trial.challenge();
  const changes: Partial<CreateRequest>[] = [
    { joinKey: other.joinKey },
    { ownerKey: other.ownerKey },
    { ttlSeconds: 3601 },
    { capacity: 3 },
    { token },
  ];
  for (const change of changes) {
    const why = `PW-3, PW-4: the work was done for another ${Object.keys(change)}`;
    await refusedWithChallenge(trial, encodeCreateRequest({ ...request, ...change }), 'wrong', why);
  }
  trial.created(await trial.post(encodeCreateRequest(request)));
}

async function badNonces(trial: Trial): Promise<void> {
  const { request, challenge } = await trial.request();
  const nonces = [...(decodeSolution(request.solution, challenge.k) ?? [])];
  const [first = 0, ...rest] = nonces;
  const refused = (list: readonly number[], code: ProblemCode, why: string) =>
    refusedWithChallenge(trial, encodeCreateRequest({ ...request, solution: encodeSolution(list) }), code, why);
  await refused([...nonces].reverse(), 'malformed', 'PW-6: descending');
  await refused([first, first, ...rest.slice(1)], 'malformed', 'PW-6: one hit twice');
  await refused(Array(challenge.k).fill(first), 'malformed', 'PW-6: one hit eight times');
  const miss = await missAfter(puzzleOf(request), nonces.at(-1) ?? 0, challenge.target);
  await refused([...nonces.slice(0, -1), miss], 'wrong', 'PW-5: the last is a miss');
  await refused(
    [first + 1, ...rest].sort((a, b) => a - b),
    rest[0] === first + 1 ? 'malformed' : 'wrong',
    'PW-5: the first is a miss',
  );
  trial.created(await trial.post(encodeCreateRequest(request)));
}

async function missAfter(puzzle: Uint8Array, nonce: number, target: number): Promise<number> {
  for (let next = nonce + 1; ; next++) if (!(await tryNonce(puzzle, next, target))) return next;
}

async function replayed(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(1);
  members[0]?.say({ type: 'purge' });
  await members[0]?.expectClose('purged');
  await refusedWithChallenge(trial, encodeCreateRequest(room.request), 'replayed', 'PW-10: after its room is gone');
  const reborn = await trial.room({ keys: room.keys });
  const member = await trial.join(reborn, { owner: true });
  demand(member.number === 1 && member.joined.seq === 1, 'RM-10: nothing of the room before is left');
  demand(member.isOwner, 'JN-2: its owner is the one it was made with');
}

async function twoCopies(trial: Trial): Promise<void> {
  const { request, keys } = await trial.request({ capacity: 2 });
  const body = encodeCreateRequest(request);
  const answers = await Promise.all(Array.from({ length: 20 }, () => trial.post(body)));
  const rooms = new Set(answers.filter(({ status }) => status === 201).map(({ text }) => text));
  demand(rooms.size === 1, `PW-9: copies in flight make one room, not ${rooms.size}`);
  for (const answer of answers) if (answer.status !== 201) trial.refused(answer, 'busy');
  const created = JSON.parse([...rooms][0] ?? '{}') as Created;
  const member = await trial.join({ keys, created, request }, { owner: true });
  demand(member.number === 1, 'RM-2: the room is new');
}

async function indifferent(trial: Trial): Promise<void> {
  const before = await trial.challenge();
  const lies = [
    ['X-Difficulty', '1'],
    ['User-Agent', 'slow phone'],
    ['Device-Memory', '0.25'],
    ['X-Forwarded-For', '192.0.2.1'],
  ] as const;
  const answer = await trial.exchange({ path: '/api/v1/challenge?effort=1&k=1&target=4294967295', headers: lies });
  const after = JSON.parse(answer.text) as { effort?: number };
  demand(after.effort === before.effort, `PW-15: what a client claims changes nothing: ${after.effort}`);
}

export const createScenarios: readonly Scenario[] = [
  scenario('HT-4 HT-5 LK-5 a room is granted within the policy', grants),
  scenario('HT-1 PW-14 a body has one form', oneForm),
  scenario('HT-4 JN-3 PW-14 values and keys outside their bounds are malformed', badValues),
  scenario('HT-6 creating again with the same proof answers with the same room', idempotent),
  scenario('HT-7 a join key that lives is taken, and its room untouched', taken),
  scenario('PW-2 PW-9 PW-14 tokens that are changed are refused, each for the first reason', forgedTokens),
  scenario('PW-3 PW-4 the work counts for this room and no other', boundWork),
  scenario('PW-5 PW-6 PW-9 nonces must be hits, strictly ascending', badNonces),
  scenario('PW-10 RM-10 a solution is used once; the id of a purged room can begin anew', replayed),
  scenario('PW-9 PW-10 two copies of one proof in flight make one room', twoCopies),
  scenario('PW-15 difficulty is deaf to claims', indifferent),
];
