/** Vectors of proof of work: its parts (PW-1 … PW-7), and every way a relay refuses a solution (PW-9). */
import { createHmac, pbkdf2Sync } from 'node:crypto';
import { publicKeyOf } from './generate-keys.ts';
import { ascii, b64u, big, concat, fixed, hex, type Json, sha256, type Vector } from './vector.ts';

const macKey = fixed('mac key', 32);
const now = 1_767_225_600;
const floorTarget = 134_217_727;
const k = 8;
const joinKey = publicKeyOf(fixed('pow join seed', 32));
const ownerKey = publicKeyOf(fixed('pow owner seed', 32));

const plainToken = {
  version: 1,
  algorithm: 1,
  k,
  keyId: 7,
  target: floorTarget,
  issuedAt: now - 10,
  ttl: 120,
  audience: 258,
};
type Token = typeof plainToken;

/** The relay that judges: what it knows, and what it asks for now. */
const plainRelay = {
  macKey: hex(macKey),
  keyId: 7,
  audience: 258,
  nowSeconds: now,
  startedAtSeconds: now - 3600,
  effort: 262_144,
};
/** Whether this solution was used, and whether a room with this join key that another solution made lives. */
const plainMemory = { used: false, alive: false };

const plainRoom = { joinKey, ownerKey, ttlSeconds: 3600, capacity: 2 };
type Room = typeof plainRoom;

function claimsOf(token: Token): Uint8Array {
  const { version, algorithm, keyId, target, issuedAt, ttl, audience } = token;
  const head = concat(big(version, 1), big(algorithm, 1), big(token.k, 1), big(keyId, 1), big(target, 4));
  return concat(head, big(issuedAt, 4), big(ttl, 2), big(audience, 2), fixed('token random', 16));
}

function tokenBytes(token: Token): Uint8Array {
  const claims = claimsOf(token);
  const mac = createHmac('sha256', macKey).update(ascii('pug/1 token')).update(claims).digest();
  return concat(claims, mac.subarray(0, 20));
}

const bindInput = ({ joinKey, ownerKey, ttlSeconds, capacity }: Room) =>
  concat(ascii('pug/1 create'), joinKey, ownerKey, big(ttlSeconds, 4), big(capacity, 2));
const puzzleOf = (token: Uint8Array, room: Room) => sha256(ascii('pug/1 puzzle'), token, sha256(bindInput(room)));
const attempt = (puzzle: Uint8Array, nonce: number) =>
  new Uint8Array(pbkdf2Sync(puzzle, big(nonce, 4), 1024, 32, 'sha256'));
const isHit = (puzzle: Uint8Array, nonce: number, target: number) =>
  Buffer.from(attempt(puzzle, nonce)).readUInt32BE(0) <= target;

/** The first nonces from `from` on that are hits, or that are none. */
function nonces(puzzle: Uint8Array, target: number, count: number, from = 0, hits = true): number[] {
  const found: number[] = [];
  for (let nonce = from; found.length < count; nonce++) if (isHit(puzzle, nonce, target) === hits) found.push(nonce);
  return found;
}

const solutionOf = (found: readonly number[]) => concat(...found.map((nonce) => big(nonce, 4)));

function requestOf(token: Uint8Array, solution: Uint8Array, room: Room): string {
  const keys = `"joinKey":"${b64u(room.joinKey)}","ownerKey":"${b64u(room.ownerKey)}"`;
  return `{"token":"${b64u(token)}","solution":"${b64u(solution)}",${keys},"ttlSeconds":${room.ttlSeconds},"capacity":${room.capacity}}`;
}

interface Scenario {
  readonly token?: Partial<Token>;
  readonly relay?: Partial<typeof plainRelay>;
  readonly memory?: Partial<typeof plainMemory>;
  /** What is done to a good token after its mac was made. */
  readonly spoilToken?: (token: Uint8Array) => Uint8Array;
  /** What is done to the hits. */
  readonly spoilHits?: (hits: readonly number[], puzzle: Uint8Array) => readonly number[];
  /** The room that is asked for, when it is not the one the work was done for. */
  readonly asked?: Partial<Room>;
}

/** A request that is good but for what the scenario changes. */
function judged(
  name: string,
  error: string | null,
  comment: string,
  scenario: Scenario = {},
  rule: string | string[] = 'PW-9',
): Vector {
  const spoilToken = scenario.spoilToken ?? ((token) => token);
  const fields = { ...plainToken, ...scenario.token };
  const token = spoilToken(tokenBytes(fields));
  const puzzle = puzzleOf(token, plainRoom);
  const hits = nonces(puzzle, fields.target, fields.k);
  const solution = solutionOf(scenario.spoilHits?.(hits, puzzle) ?? hits);
  const relay = { ...plainRelay, ...scenario.relay, ...plainMemory, ...scenario.memory };
  const data = { relay, request: requestOf(token, solution, { ...plainRoom, ...scenario.asked }) };
  const verdict = error === null ? ({ expect: 'accept' } as const) : ({ expect: 'refuse', error } as const);
  return { path: `proof-of-work/${name}`, rule, ...verdict, comment, data };
}

const flipLast = (token: Uint8Array) => concat(token.subarray(0, -1), Uint8Array.of((token.at(-1) ?? 0) ^ 1));
const miss = (hits: readonly number[], puzzle: Uint8Array) => {
  const [wrong = 0] = nonces(puzzle, floorTarget, 1, (hits.at(-1) ?? 0) + 1, false);
  return [...hits.slice(0, -1), wrong];
};
const identityKey = concat(Uint8Array.of(1), new Uint8Array(31));

const refusals: readonly Vector[] = [
  judged('accepted', null, 'a good request at the floor'),
  judged('malformed-short-token', 'malformed', 'a token of 51 bytes', { spoilToken: (token) => token.subarray(0, 51) }),
  judged('malformed-few-hits', 'malformed', 'seven hits', { spoilHits: (hits) => hits.slice(1) }),
  judged('malformed-no-hits', 'malformed', 'no hits', { spoilHits: () => [] }),
  judged(
    'malformed-descending',
    'malformed',
    'two hits exchanged',
    { spoilHits: ([a = 0, b = 0, ...rest]) => [b, a, ...rest] },
    ['PW-6', 'PW-9'],
  ),
  judged(
    'malformed-one-hit-twice',
    'malformed',
    'the first hit counted twice',
    { spoilHits: ([a = 0, , ...rest]) => [a, a, ...rest] },
    ['PW-6', 'PW-9'],
  ),
  judged('malformed-small-order-key', 'malformed', 'a join key of small order', { asked: { joinKey: identityKey } }, [
    'PW-9',
    'HT-4',
    'JN-3',
  ]),
  judged('unsupported-version', 'unsupported', 'version 2 of tokens', { token: { version: 2 } }),
  judged('unsupported-algorithm', 'unsupported', 'another algorithm', { token: { algorithm: 2 } }),
  judged('unsupported-k', 'unsupported', 'a token for seven hits', { token: { k: 7 } }),
  judged('expired-key', 'expired', 'a key that is gone', { token: { keyId: 6 } }, ['PW-9', 'PW-12']),
  judged('clock', 'clock', 'issued 31 s in the future', { token: { issuedAt: now + 31 } }),
  judged('clock-edge', null, 'issued 30 s in the future', { token: { issuedAt: now + 30 } }),
  judged('expired', 'expired', 'its life ended 31 s ago', { token: { issuedAt: now - 151 } }, ['PW-9', 'PW-12']),
  judged('expired-edge', null, 'its life ended 30 s ago', { token: { issuedAt: now - 150 } }),
  judged(
    'expired-before-start',
    'expired',
    'issued before the relay started',
    { relay: { startedAtSeconds: now - 9 } },
    'PW-11',
  ),
  judged('forged', 'forged', 'the last bit of the mac turned', { spoilToken: flipLast }, ['PW-2', 'PW-9']),
  judged('forged-audience', 'forged', 'a token of another audience', { token: { audience: 259 } }),
  judged('too-easy', 'too_easy', 'less than a quarter of what is asked now', { relay: { effort: 1_048_577 } }),
  judged('too-easy-edge', null, 'a quarter of what is asked now', { relay: { effort: 1_048_576 } }),
  judged('replayed', 'replayed', 'the solution was used and the room is gone', { memory: { used: true } }, [
    'PW-9',
    'PW-10',
  ]),
  judged('taken', 'taken', 'another solution made a room with this key', { memory: { alive: true } }, ['PW-9', 'HT-7']),
  judged('wrong', 'wrong', 'the last nonce is not a hit', { spoilHits: miss }),
  judged('wrong-lifetime', 'wrong', 'work for an hour, a request for two', { asked: { ttlSeconds: 7200 } }, [
    'PW-3',
    'PW-9',
  ]),
  judged('wrong-capacity', 'wrong', 'work for two people, a request for three', { asked: { capacity: 3 } }, [
    'PW-3',
    'PW-9',
  ]),
  judged('wrong-join-key', 'wrong', 'work for another join key', { asked: { joinKey: ownerKey } }, ['PW-3', 'PW-9']),
  judged('wrong-owner-key', 'wrong', 'work for another owner', { asked: { ownerKey: joinKey } }, ['PW-3', 'PW-9']),
  judged('order-unsupported-forged', 'unsupported', 'another version and a wrong mac', {
    token: { version: 2 },
    spoilToken: flipLast,
  }),
  judged('order-expired-forged', 'expired', 'too old and a wrong mac', {
    token: { issuedAt: now - 500 },
    spoilToken: flipLast,
  }),
  judged('order-forged-too-easy', 'forged', 'a wrong mac and too easy', {
    spoilToken: flipLast,
    relay: { effort: 8_388_608 },
  }),
  judged('order-too-easy-replayed', 'too_easy', 'too easy and used', {
    relay: { effort: 8_388_608 },
    memory: { used: true },
  }),
  judged('order-taken-wrong', 'taken', 'a living join key and a wrong nonce', {
    memory: { alive: true },
    spoilHits: miss,
  }),
];

const token = tokenBytes(plainToken);
const puzzle = puzzleOf(token, plainRoom);
const hits = nonces(puzzle, floorTarget, k);

function part(name: string, rule: string, comment: string, data: { [name: string]: Json }): Vector {
  return { path: `proof-of-work/part-${name}`, rule, expect: 'accept', comment, data };
}

const efforts = [floorTarget, 67_108_863, 4_194_303, 2 ** 32 - 1, 0, 999_999_999].map((target) => ({
  target,
  effort: Number(((8n * 2n ** 32n) / BigInt(target + 1)) * 1024n),
}));

const parts: readonly Vector[] = [
  part('token', 'PW-1', 'a token and its fields', {
    ...plainToken,
    random: hex(fixed('token random', 16)),
    mac: hex(token.subarray(32)),
    token: hex(token),
  }),
  part('mac', 'PW-2', 'what the mac covers', {
    key: hex(macKey),
    covered: hex(concat(ascii('pug/1 token'), token.subarray(0, 32))),
    mac: hex(token.subarray(32)),
    token: hex(token),
  }),
  part('bind', 'PW-3', 'what the work is bound to', {
    ...plainRoom,
    joinKey: hex(joinKey),
    ownerKey: hex(ownerKey),
    hashed: hex(bindInput(plainRoom)),
    bind: hex(sha256(bindInput(plainRoom))),
  }),
  part('puzzle', 'PW-4', 'the password of every try', {
    token: hex(token),
    bind: hex(sha256(bindInput(plainRoom))),
    puzzle: hex(puzzle),
  }),
  part('hit', 'PW-5', 'a try that is a hit', {
    puzzle: hex(puzzle),
    target: floorTarget,
    nonce: hits[0] ?? 0,
    output: hex(attempt(puzzle, hits[0] ?? 0)),
    hit: true,
  }),
  part('miss', 'PW-5', 'a try that is none', {
    puzzle: hex(puzzle),
    target: floorTarget,
    nonce: 2 ** 32 - 1,
    output: hex(attempt(puzzle, 2 ** 32 - 1)),
    hit: isHit(puzzle, 2 ** 32 - 1, floorTarget),
  }),
  part('edge', 'PW-5', 'a try whose first four bytes are the target', edgeTry(0)),
  part('edge-missed', 'PW-5', 'a try whose first four bytes are one more than the target', edgeTry(1)),
  part('solution', 'PW-6', 'eight hits, strictly ascending', {
    puzzle: hex(puzzle),
    target: floorTarget,
    nonces: hits,
    solution: hex(solutionOf(hits)),
  }),
  part('effort', 'PW-7', 'expected iterations for eight hits', { k, efforts }),
];

function edgeTry(missedBy: number): { [name: string]: Json } {
  const output = attempt(puzzle, 0);
  const target = Buffer.from(output).readUInt32BE(0) - missedBy;
  return { puzzle: hex(puzzle), target, nonce: 0, output: hex(output), hit: missedBy === 0 };
}

export const proofOfWorkVectors: readonly Vector[] = [...parts, ...refusals];
