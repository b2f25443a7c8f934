import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import {
  type Answer,
  type CreateOptions,
  type CreateProgress,
  type CreateResult,
  createRoom,
  fetchPolicy,
} from '@pug/client';
import { ownerKeys, parseLink } from '@pug/core';
import {
  type Challenge,
  ceilingEffort,
  clientMaxEffort,
  decodeCreateRequest,
  decodePolicy,
  defaultPolicy,
  effortOf,
  encodeChallenge,
  encodeCreated,
  encodePolicy,
  encodeProblem,
  encodeToken,
  fromBase64url,
  type ProblemCode,
  problems,
  problemTitles,
  roomIdInput,
  targetFor,
  toBase64url,
} from '@pug/wire';
import { FakePlatform } from './fake.ts';
import { join, platformAt, type Relay, startRelay } from './loopback.ts';
import { joined, patienceMs, until } from './waiting.ts';

setDefaultTimeout(patienceMs);

/** A challenge of `effort`, as a relay would issue it. */
function challengeOf(effort: number, change: Partial<Challenge> = {}): Challenge {
  const target = targetFor(8, effort);
  const numbers = { version: 1, algorithm: 1, k: 8, keyId: 1, target, issuedAt: 1, ttl: 120, audience: 0 };
  const token = encodeToken({ ...numbers, random: new Uint8Array(16), mac: new Uint8Array(20) });
  const effort_ = effortOf(8, target);
  return { token, algorithm: 'pbkdf2', k: 8, target, effort: effort_, raisedBy: 'none', expiresAt: 1, ...change };
}

const easy = challengeOf(2 ** 13);
const ok = (challenge: Challenge): Answer => ({ status: 200, text: encodeChallenge(challenge) });

function problem(code: ProblemCode, challenge?: Challenge): Answer {
  const { status } = problems[code];
  const title = problemTitles[code];
  return {
    status,
    text: encodeProblem({ type: `urn:pug:error:${code}`, title, status, code, ...(challenge && { challenge }) }),
  };
}

/** What an honest relay answers to a create request, granting less than was asked. */
async function created(body: string): Promise<Answer> {
  const request = decodeCreateRequest(body);
  if (!request) return problem('malformed');
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', roomIdInput(request.joinKey)));
  const room = { roomId: toBase64url(hash.subarray(0, 16)), expiresAt: 2, ttlSeconds: 60, capacity: 2 };
  return { status: 201, text: encodeCreated(room) };
}

type Script = (body: string | undefined, count: number) => Answer | Promise<Answer>;

/** Runs a creation against two scripts, one for each call; the waits of retries are let pass. */
async function run(challenge: Script, rooms: Script, change: Partial<CreateOptions> = {}) {
  const counts = { challenge: 0, rooms: 0 };
  const bodies: string[] = [];
  const progress: CreateProgress[] = [];
  const platform = new FakePlatform({
    answer: async (method, _, body) => {
      if (method === 'GET') return challenge(body, counts.challenge++);
      bodies.push(body ?? '');
      return rooms(body, counts.rooms++);
    },
  });
  let result: CreateResult | undefined;
  const options = {
    platform,
    ttlSeconds: 3_600,
    capacity: 4,
    signal: new AbortController().signal,
    onProgress: (one: CreateProgress) => progress.push(one),
    confirmLongWork: async () => true,
    ...change,
  };
  void createRoom(options).then((one) => (result = one));
  for (let n = 0; n < 2_000 && !result; n++) await platform.pass(1_000);
  if (!result) throw new Error('creation did not end');
  return { result, counts, bodies, progress, platform };
}

describe('against a relay of the test', () => {
  test('HT-5 LK-3 makes a room: what was granted, a good link, and no secret in any request', async () => {
    const { result, bodies, progress } = await run(
      () => ok(easy),
      (body) => created(body ?? ''),
    );
    if (result.kind !== 'created') throw new Error(result.kind);
    const { room } = result;
    expect(room).toMatchObject({ ttlSeconds: 60, capacity: 2 });
    expect(await parseLink(room.fragment)).toEqual({ kind: 'good', link: room.link });
    const request = decodeCreateRequest(bodies[0] ?? '');
    expect(request).toMatchObject({
      ttlSeconds: 3_600,
      capacity: 4,
      ownerKey: (await ownerKeys(room.ownerSeed)).ownerKey,
    });
    for (const secret of [room.link.roomSecret, room.link.linkKey, room.ownerSeed]) {
      expect(bodies.join()).not.toContain(toBase64url(secret).slice(0, -1));
    }
    expect(progress.map(({ phase }) => phase).filter((phase, at, all) => phase !== all[at - 1])).toEqual([
      'challenge',
      'work',
      'register',
    ]);
    expect(progress.at(-1)).toMatchObject({ hits: 8, k: 8 });
  });

  test.each(['expired', 'too_easy'] as const)(
    'PW-14 %s is repeated silently with the fresh challenge, which costs no other request',
    async (code) => {
      const { result, counts, bodies } = await run(
        () => ok(easy),
        (body, count) => (count === 0 ? problem(code, challengeOf(2 ** 14)) : created(body ?? '')),
      );
      expect(result.kind).toBe('created');
      expect(counts).toEqual({ challenge: 1, rooms: 2 });
      expect(decodeCreateRequest(bodies[1] ?? '')?.token).toEqual(challengeOf(2 ** 14).token);
    },
  );

  test('PW-14 a relay that finds every proof too old is given up', async () => {
    const { result, counts } = await run(
      () => ok(easy),
      () => problem('expired', easy),
    );
    expect(result).toEqual({ kind: 'refused', code: 'expired' });
    expect(counts.rooms).toBe(5);
  });

  test.each([
    ['busy', () => problem('busy')],
    ['a lost answer', () => Promise.reject(new Error('lost'))],
    ['an answer of something in between', () => ({ status: 502, text: '<html>' })],
    ['a captive portal', () => ({ status: 200, text: '<html>welcome' })],
  ])('HT-6 PW-10 after %s the same request is repeated, and the work is not lost', async (_, fail) => {
    const { result, bodies } = await run(
      () => ok(easy),
      (body, count) => (count < 3 ? fail() : created(body ?? '')),
    );
    expect(result.kind).toBe('created');
    expect(bodies).toHaveLength(4);
    expect(new Set(bodies).size).toBe(1);
  });

  test('HT-2 what stays busy, unreachable or refused is said so, and not repeated for ever', async () => {
    const busy = await run(
      () => ok(easy),
      () => problem('busy'),
    );
    expect(busy.result).toEqual({ kind: 'refused', code: 'busy' });
    expect(busy.counts.rooms).toBe(8);
    const away = await run(
      () => Promise.reject(new Error('away')),
      () => problem('internal'),
    );
    expect(away.result).toEqual({ kind: 'unreachable' });
    expect(away.counts).toEqual({ challenge: 3, rooms: 0 });
    const hung = await run(
      () => new Promise<never>(() => {}),
      () => problem('internal'),
    );
    expect(hung.result).toEqual({ kind: 'unreachable' });
    for (const code of ['wrong', 'taken', 'replayed', 'forged', 'internal'] as const) {
      const refused = await run(
        () => ok(easy),
        () => problem(code),
      );
      expect(refused.result).toEqual({ kind: 'refused', code });
      expect(refused.counts.rooms).toBe(1);
    }
  });

  test('PW-8 refuses above 2^27 whatever the relay says the effort is, before any work', async () => {
    const lying = challengeOf(2 ** 28, { effort: 1 });
    const { result, counts } = await run(
      () => ok(lying),
      () => problem('internal'),
    );
    expect(result).toEqual({ kind: 'too_much_work', effort: effortOf(8, lying.target) });
    expect(effortOf(8, lying.target)).toBeGreaterThan(clientMaxEffort);
    expect(counts.rooms).toBe(0);
  });

  test.each([
    ['another k', challengeOf(2 ** 13, { k: 7 })],
    ['a target that is not the token’s', challengeOf(2 ** 13, { target: 4_294_967_295 })],
  ])('PW-7 HT-3 a challenge with %s is refused', async (_, challenge) => {
    const { result } = await run(
      () => ok(challenge),
      () => problem('internal'),
    );
    expect(result).toEqual({ kind: 'refused', code: 'internal' });
  });

  test('LK-5 a relay that answers with another room is not believed', async () => {
    const other = { roomId: toBase64url(new Uint8Array(16)), expiresAt: 2, ttlSeconds: 60, capacity: 2 };
    const { result } = await run(
      () => ok(easy),
      () => ({ status: 201, text: encodeCreated(other) }),
    );
    expect(result).toEqual({ kind: 'refused', code: 'internal' });
  });
});

test.each([
  ['is refused', { code: 'internal' }, () => {}],
  [
    'fails on this device',
    { message: 'the page fails' },
    () => {
      throw new Error('the page fails');
    },
  ],
])('LK-4 where making a room %s its secrets are overwritten', async (_, end, onProgress) => {
  const secrets: Uint8Array[] = [];
  class Noting extends FakePlatform {
    override random(length: number): Uint8Array {
      const bytes = super.random(length);
      secrets.push(bytes);
      return bytes;
    }
  }
  const platform = new Noting({ answer: async () => problem('internal') });
  const signal = new AbortController().signal;
  const options = { platform, ttlSeconds: 60, capacity: 2, signal, onProgress, confirmLongWork: async () => true };
  expect(await createRoom(options).catch((error: unknown) => error)).toMatchObject(end);
  expect(secrets.map((bytes) => [bytes.length, Math.max(...bytes)])).toEqual([
    [16, 0],
    [32, 0],
    [32, 0],
  ]);
});

describe('PW-8 long work', () => {
  /** A device on which every look at the clock costs 40 ms: slow beyond doubt. */
  class SlowPlatform extends FakePlatform {
    override now(): number {
      this.nowMs += 40;
      return this.nowMs;
    }
  }

  async function long(confirmLongWork: CreateOptions['confirmLongWork'], signal: AbortSignal) {
    const platform = new SlowPlatform({ answer: async () => ok(challengeOf(ceilingEffort)) });
    const progress: CreateProgress[] = [];
    const result = await createRoom({
      platform,
      ttlSeconds: 60,
      capacity: 2,
      signal,
      onProgress: (one) => progress.push(one),
      confirmLongWork,
    });
    return { result, progress };
  }

  test('PW-8 a person is asked before work of more than ten seconds, and no is no', async () => {
    const asked: number[] = [];
    const no = async (expectedMs: number): Promise<boolean> => {
      asked.push(expectedMs);
      return false;
    };
    const { result } = await long(no, new AbortController().signal);
    expect(result).toEqual({ kind: 'cancelled' });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toBeGreaterThan(10_000);
  });

  test('PW-8 work can be cancelled while the question stands, and while it runs', async () => {
    const standing = new AbortController();
    const unanswered = await long(() => {
      setTimeout(() => standing.abort(), 5);
      return new Promise(() => {});
    }, standing.signal);
    expect(unanswered.result).toEqual({ kind: 'cancelled' });
    const running = new AbortController();
    const confirmed = await long(async () => {
      setTimeout(() => running.abort(), 5);
      return true;
    }, running.signal);
    expect(confirmed.result).toEqual({ kind: 'cancelled' });
    expect(confirmed.progress.at(-1)?.expectedMs).toBeGreaterThan(10_000);
  });
});

describe('against the real relay', () => {
  let relay: Relay;
  beforeAll(async () => {
    relay = await startRelay(0, '--capacity-max', '5');
  });
  afterAll(() => relay.kill('SIGKILL'));

  test('HT-8 its policy is of the form', async () => {
    expect(await fetchPolicy(platformAt(relay.port))).toEqual({
      ...defaultPolicy,
      capacity: { ...defaultPolicy.capacity, max: 5 },
    });
    expect(decodePolicy(encodePolicy(defaultPolicy))).toEqual(defaultPolicy);
  });

  test('HT-4 HT-5 HT-6 a room is made, clamped to the policy; a lost answer costs nothing; it can be joined', async () => {
    const real = platformAt(relay.port);
    let posts = 0;
    const platform = {
      ...real,
      request: async (method: 'GET' | 'POST', path: string, body?: string): Promise<Answer> => {
        const answer = await real.request(method, path, body);
        if (method === 'POST' && posts++ === 0) throw new Error('the answer is lost');
        return answer;
      },
    };
    const result = await createRoom({
      platform,
      ttlSeconds: 1,
      capacity: 100,
      signal: new AbortController().signal,
      onProgress: () => {},
      confirmLongWork: async () => true,
    });
    if (result.kind !== 'created') throw new Error(result.kind);
    expect(posts).toBe(2);
    expect(result.room).toMatchObject({ ttlSeconds: 60, capacity: 5 });
    expect(fromBase64url(result.room.fragment)).toHaveLength(51);
    const session = join(relay.port, result.room, 'Ada', 'owner');
    await joined(session);
    await until(() => session.view.room?.owner === true, 'an owner');
    session.leave();
  });
});
