/** Values of every kind that goes over the wire, for the property tests. */
import fc from 'fast-check';
import { type ClientMessage, problemCodes, problems, type ServerMessage, toBase64url } from '../src/index.ts';

export const u32s = fc.integer({ min: 0, max: 2 ** 32 - 1 });
export const numbers = fc.integer({ min: 1, max: 2 ** 32 - 1 });
export const times = fc.nat(8_640_000_000_000_000);
const amounts = fc.nat(Number.MAX_SAFE_INTEGER);
export const capacities = fc.integer({ min: 1, max: 65_535 });
export const roomIds = bytesOf(16).map(toBase64url);

export function bytesOf(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}

function kind<const T extends string>(type: T): fc.Arbitrary<T> {
  return fc.constant(type);
}

const joins = fc.record(
  {
    type: kind('join'),
    room: roomIds,
    joinKey: bytesOf(32),
    proof: bytesOf(64),
    ownerProof: bytesOf(64),
    ticket: bytesOf(16),
  },
  { requiredKeys: ['type', 'room', 'joinKey', 'proof'] },
);

export const clientMessages: fc.Arbitrary<ClientMessage> = fc.oneof(
  joins,
  fc.record({ type: kind('ping') }),
  fc.record({ type: kind('purge') }),
  fc.record({ type: kind('lock'), locked: fc.boolean() }),
  fc.record({ type: kind('remove'), member: numbers }),
);

const joined = fc
  .record({
    rest: fc.record({
      seq: numbers,
      now: times,
      leftMs: fc.nat(4_294_967_295_000),
      capacity: capacities,
      locked: fc.boolean(),
      ticket: bytesOf(16),
    }),
    members: fc.uniqueArray(numbers, { minLength: 1, maxLength: 100 }).map((list) => list.sort((a, b) => a - b)),
    at: fc.nat(),
    owning: fc.func(fc.boolean()),
  })
  .map(({ rest: { leftMs, ...rest }, members, at, owning }) => ({
    type: 'joined' as const,
    member: members[at % members.length] ?? 1,
    members,
    owners: members.filter((member) => owning(member)),
    ...rest,
    expiresAt: Math.min(8_640_000_000_000_000, rest.now + leftMs),
  }));

const reasons = fc.constantFrom('left', 'lost', 'replaced', 'slow', 'removed', 'flood');

export const serverMessages: fc.Arbitrary<ServerMessage> = fc.oneof(
  fc.record({ type: kind('hello'), nonce: bytesOf(32), protocol: fc.constant(1) }),
  joined,
  fc.record({ type: kind('join'), seq: numbers, member: numbers, owner: fc.boolean() }),
  fc.record({ type: kind('leave'), seq: numbers, member: numbers, why: reasons }),
  fc.record({ type: kind('lock'), seq: numbers, locked: fc.boolean() }),
  fc.record({ type: kind('pong') }),
  fc.record({ type: kind('closing'), inSeconds: u32s }),
);

export const challenges = fc.record({
  token: bytesOf(52),
  algorithm: fc.constant('pbkdf2'),
  k: fc.integer({ min: 1, max: 255 }),
  target: u32s,
  effort: amounts,
  raisedBy: fc.constantFrom('none', 'load', 'network'),
  expiresAt: times,
});

export const createRequests = fc.record({
  token: bytesOf(52),
  solution: fc.uint8Array({ maxLength: 64 }),
  joinKey: bytesOf(32),
  ownerKey: bytesOf(32),
  ttlSeconds: numbers,
  capacity: capacities,
});

export const created = fc.record({ roomId: roomIds, expiresAt: times, ttlSeconds: numbers, capacity: capacities });

function rangesTo(max: number) {
  return fc
    .tuple(...[0, 1, 2].map(() => fc.integer({ min: 1, max })))
    .map((three) => three.toSorted((a, b) => a - b))
    .map(([min = 1, middle = 1, most = 1]) => ({ min, max: most, default: middle }));
}

export const policies = fc.record({
  protocol: fc.constant(1),
  ttlSeconds: rangesTo(2 ** 32 - 1),
  capacity: rangesTo(65_535),
  maxPayloadBytes: amounts,
  messagesPerSecond: amounts,
  messageBurst: amounts,
  bytesPerSecond: amounts,
  byteBurst: amounts,
  queueBytes: amounts,
  joinTimeoutSeconds: amounts,
  idleTimeoutSeconds: amounts,
  emptyRoomSeconds: amounts,
  pendingRoomSeconds: amounts,
});

const titleCharacters = [
  ..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:;!?'()[]{}<>/#%&*+-=@^_`|~$",
];

export const problemBodies = fc
  .record(
    {
      code: fc.constantFrom(...problemCodes),
      title: fc.string({ unit: fc.constantFrom(...titleCharacters), minLength: 1, maxLength: 200 }),
      challenge: challenges,
    },
    { requiredKeys: ['code', 'title'] },
  )
  .map(({ code, title, challenge }) => ({
    type: `urn:pug:error:${code}` as const,
    title,
    status: problems[code].status,
    code,
    ...(challenge === undefined ? {} : { challenge }),
  }));
