import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import * as wire from '../src/index.ts';
import { challenges, created, createRequests, policies, problemBodies } from './arbitrary.ts';

interface Codec {
  readonly rules: string;
  readonly values: fc.Arbitrary<unknown>;
  readonly decode: (text: string) => unknown;
  readonly encode: (value: never) => string;
}

const codecs: readonly Codec[] = [
  { rules: 'HT-3 challenge', values: challenges, decode: wire.decodeChallenge, encode: wire.encodeChallenge },
  { rules: 'HT-4 create', values: createRequests, decode: wire.decodeCreateRequest, encode: wire.encodeCreateRequest },
  { rules: 'HT-4 created', values: created, decode: wire.decodeCreated, encode: wire.encodeCreated },
  { rules: 'HT-8 policy', values: policies, decode: wire.decodePolicy, encode: wire.encodePolicy },
  { rules: 'HT-2 problem', values: problemBodies, decode: wire.decodeProblem, encode: wire.encodeProblem },
];

describe('HT-1 HT-2 HT-3 HT-4 HT-8 bodies', () => {
  for (const { rules, values, decode, encode } of codecs) {
    // Values and codec stand in one row above, so they fit.
    const texts = values.map((value) => encode(value as never));

    test(`${rules}: round trip`, () => {
      fc.assert(fc.property(values, (value) => expect(decode(encode(value as never))).toEqual(value)));
    });

    test(`${rules}: malleability: a changed text is refused, or is another body in its one spelling`, () => {
      fc.assert(
        fc.property(
          texts,
          fc.nat(),
          fc.string({ unit: 'binary-ascii', maxLength: 2 }),
          (text, anywhere, characters) => {
            const at = anywhere % text.length;
            const mutated = text.slice(0, at) + characters + text.slice(at + 1);
            const body = decode(mutated);
            if (body !== null) expect(encode(body as never)).toBe(mutated);
          },
        ),
        { numRuns: 2000 },
      );
    });

    test(`${rules}: every field is needed, in its place, once`, () => {
      fc.assert(
        fc.property(texts, fc.nat(), (text, anywhere) => {
          const entries = Object.entries(JSON.parse(text)).filter(([name]) => name !== 'challenge');
          const at = anywhere % entries.length;
          const spell = (list: readonly [string, unknown][]) =>
            `{${list.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
          const [field] = entries.slice(at);
          if (field === undefined) throw new Error('a body has fields');
          expect(decode(spell(entries))).not.toBeNull();
          expect(decode(spell(entries.toSpliced(at, 1)))).toBeNull();
          expect(decode(spell(entries.toSpliced(at, 0, field)))).toBeNull();
          expect(decode(spell([...entries.toSpliced(at, 1), field])) === null).toBe(at < entries.length - 1);
        }),
      );
    });

    test(`${rules}: no text of any kind throws`, () => {
      fc.assert(
        fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => expect(decode(text)).toBeNull()),
      );
    });
  }

  test('HT-2 a body over 1,024 bytes is not even read', () => {
    const long = { ...sample(createRequests), solution: new Uint8Array(800) };
    expect(wire.decodeCreateRequest(wire.encodeCreateRequest(long))).toBeNull();
    const fits = { ...long, solution: new Uint8Array(32) };
    expect(wire.decodeCreateRequest(wire.encodeCreateRequest(fits))).toEqual(fits);
  });

  test('HT-2 type, status and code name one error', () => {
    fc.assert(
      fc.property(fc.constantFrom(...wire.problemCodes), fc.constantFrom(...wire.problemCodes), (one, other) => {
        const body = {
          type: `urn:pug:error:${one}`,
          title: 'x',
          status: wire.problems[one].status,
          code: other,
        } as const;
        expect(wire.decodeProblem(wire.encodeProblem(body)) === null).toBe(one !== other);
        const status = wire.problems[one].status + 1;
        expect(wire.decodeProblem(wire.encodeProblem({ ...body, code: one, status }))).toBeNull();
      }),
    );
  });

  test('HT-1 HT-2 every title of ours is ASCII without quotation mark and backslash', () => {
    for (const code of wire.problemCodes) {
      const { status } = wire.problems[code];
      const title = wire.problemTitles[code];
      const body = { type: `urn:pug:error:${code}`, title, status, code } as const;
      expect(wire.decodeProblem(wire.encodeProblem(body))).toEqual(body);
    }
  });

  test('HT-8 LM-1 the default policy has the defaults of the table', () => {
    expect(wire.decodePolicy(wire.encodePolicy(wire.defaultPolicy))).toEqual(wire.defaultPolicy);
    expect(wire.defaultPolicy.maxPayloadBytes).toBeGreaterThanOrEqual(4096 * wire.defaultPolicy.capacity.max);
  });
});

function sample<T>(values: fc.Arbitrary<T>): T {
  const [value] = fc.sample(values, { numRuns: 1, seed: 1 });
  if (value === undefined) throw new Error('no sample');
  return value;
}
