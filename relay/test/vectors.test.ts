/** The vectors that a relay alone can answer: which signatures count (JN-3), and the order of PW-9. */
import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CreateRequest, decodeCreateRequest } from '@pug/wire';
import { areHits } from '../src/creation.ts';
import { judge, type Standing, type Work } from '../src/judge.ts';
import { isSignedBy } from '../src/proof.ts';
import { create, type Grant } from '../src/room.ts';
import { Solutions } from '../src/solutions.ts';
import { Tokens } from '../src/tokens.ts';

const folder = join(import.meta.dir, '../../vectors');

interface Vector {
  readonly rule: string | readonly string[];
  readonly expect: 'accept' | 'refuse';
  readonly error?: string;
}

interface Signed extends Vector {
  readonly key: string;
  readonly message: string;
  readonly signature: string;
}

interface Asked extends Vector {
  readonly relay: {
    readonly macKey: string;
    readonly keyId: number;
    readonly audience: number;
    readonly nowSeconds: number;
    readonly startedAtSeconds: number;
    readonly effort: number;
    readonly used: boolean;
    readonly alive: boolean;
  };
  readonly request: string;
}

/** The vectors of a folder by name; their form is proven where they are made. */
function vectorsOf<T extends Vector>(name: string): readonly (readonly [string, T])[] {
  const files = readdirSync(join(folder, name)).sort();
  return files.map((file) => [`${name}/${file}`, JSON.parse(readFileSync(join(folder, name, file), 'utf8')) as T]);
}

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const rulesOf = ({ rule }: Vector) => [rule].flat().join(' ');

describe('JN-3 signatures', () => {
  const signed = vectorsOf<Signed>('join').filter(([, vector]) => vector.signature !== undefined);

  test('JN-3 there are such vectors of both verdicts', () => {
    expect(new Set(signed.map(([, vector]) => vector.expect)).size).toBe(2);
  });

  for (const [name, vector] of signed) {
    test(`vector ${name} ${rulesOf(vector)}`, () => {
      const verdict = isSignedBy(bytes(vector.key), bytes(vector.message), bytes(vector.signature));
      expect(verdict).toBe(vector.expect === 'accept');
    });
  }
});

const otherGrant: Grant = {
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  ttlSeconds: 60,
  capacity: 2,
  ownerKey: new Uint8Array(32),
  emptyRoomMs: 0,
  solution: 1n,
};

/** The relay that a vector describes, before it has used or made anything. */
function standingOf({ relay }: Asked): Standing {
  const key = { id: relay.keyId, secret: bytes(relay.macKey) };
  const tokens = new Tokens(1000 * relay.startedAtSeconds - 1, relay.audience, key);
  const room = relay.alive ? create(otherGrant) : null;
  return { nowMs: 1000 * relay.nowSeconds, tokens, solutions: new Solutions(1000), askedEffort: relay.effort, room };
}

/** What the relay would verify if nothing had been used and it asked for no more than the token gives. */
function workOf(request: CreateRequest, standing: Standing): Work {
  const verdict = judge(request, { ...standing, askedEffort: 0, room: null });
  if (verdict.verdict !== 'verify') throw new Error('not a request that could have been used');
  return verdict.work;
}

async function answer(vector: Asked): Promise<string | null> {
  const request = decodeCreateRequest(vector.request);
  if (request === null) return 'malformed';
  const standing = standingOf(vector);
  if (vector.relay.used) {
    const { solution, validUntil } = workOf(request, standing);
    standing.solutions.use(solution, validUntil);
  }
  const verdict = judge(request, standing);
  if (verdict.verdict === 'refused') return verdict.code;
  if (verdict.verdict === 'made') return null;
  return (await areHits(verdict.work)) ? null : 'wrong';
}

describe('PW-9 requests', () => {
  const asked = vectorsOf<Asked>('proof-of-work').filter(([, vector]) => vector.request !== undefined);

  test('PW-9 every answer but busy has a vector', () => {
    const errors = new Set(asked.map(([, { error }]) => error));
    for (const code of [
      'malformed',
      'unsupported',
      'expired',
      'clock',
      'forged',
      'too_easy',
      'replayed',
      'taken',
      'wrong',
    ]) {
      expect(errors).toContain(code);
    }
  });

  for (const [name, vector] of asked) {
    test(`vector ${name} ${rulesOf(vector)}`, async () => {
      expect(await answer(vector)).toBe(vector.error ?? null);
    });
  }
});
