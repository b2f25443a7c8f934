import { describe, expect, test } from 'bun:test';
import { ceilingEffort, decodeToken, effortOf, encodeToken, floorEffort, type Token } from '@pug/wire';
import { type ReadToken, Tokens, validUntil } from '../src/tokens.ts';

const startMs = 1_699_999_999_500;
/** The first second of tokens (PW-11). */
const nowMs = startMs + 500;
const daysMs = 24 * 3600 * 1000;

function read(bytes: Uint8Array): ReadToken {
  const fields = decodeToken(bytes);
  if (fields === null) throw new Error('not a token');
  return { bytes, fields };
}

function issued(tokens: Tokens, atMs = nowMs): ReadToken {
  return read(tokens.challenge(floorEffort, atMs).token);
}

function changed({ fields }: ReadToken, changes: Partial<Token>): ReadToken {
  return read(encodeToken({ ...fields, ...changes }));
}

describe('tokens', () => {
  test('PW-1 PW-7 HT-3 a challenge says what its token says', () => {
    const { token, ...challenge } = new Tokens(startMs).challenge(floorEffort, nowMs);
    const { fields } = read(token);
    expect(challenge).toEqual({
      algorithm: 'pbkdf2',
      k: 8,
      target: 134_217_727,
      effort: 2 ** 18,
      raisedBy: 'none',
      expiresAt: 1000 * (1_700_000_000 + 120),
    });
    expect(fields).toMatchObject({
      version: 1,
      algorithm: 1,
      k: 8,
      target: 134_217_727,
      issuedAt: 1_700_000_000,
      ttl: 120,
    });
  });

  test('PW-7 a challenge is no easier than was asked', () => {
    for (const effort of [floorEffort, 300_000, 1_234_567, ceilingEffort]) {
      const { k, target } = new Tokens(startMs).challenge(effort, nowMs);
      expect(effortOf(k, target)).toBeGreaterThanOrEqual(effort);
      expect(effortOf(k, target)).toBeLessThan(1.01 * effort);
    }
  });

  test('PW-2 a token of this relay is known again, and no two are alike', () => {
    const tokens = new Tokens(startMs);
    const [a, b] = [issued(tokens), issued(tokens)];
    expect([tokens.check(a, nowMs), tokens.check(b, nowMs)]).toEqual([null, null]);
    expect(a.fields.random).not.toEqual(b.fields.random);
  });

  test('PW-2 PW-9 every flipped bit is found', () => {
    const tokens = new Tokens(startMs);
    const { bytes } = issued(tokens);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
      const fault = tokens.check(read(flipped), nowMs);
      if (bit < 24) expect(fault).toBe('unsupported');
      else if (bit < 32) expect(fault).toBe('expired');
      else expect(fault).toBeOneOf(['forged', 'expired', 'clock']);
    }
  });

  test('PW-2 a token of another relay is forged, and so is one of another audience', () => {
    const tokens = new Tokens(startMs);
    const { fields } = issued(tokens);
    const { fields: foreign } = issued(new Tokens(startMs));
    expect(tokens.check(changed({ bytes: new Uint8Array(52), fields: foreign }, { keyId: fields.keyId }), nowMs)).toBe(
      'forged',
    );
    const other = new Tokens(startMs, 7);
    expect(other.check(issued(other), nowMs)).toBeNull();
    expect(other.check(changed(issued(other), { audience: 8 }), nowMs)).toBe('forged');
  });

  const faults: readonly (readonly [string, (token: ReadToken) => Partial<Token>, ReturnType<Tokens['check']>])[] = [
    ['PW-9 another version', () => ({ version: 2 }), 'unsupported'],
    ['PW-9 another algorithm', () => ({ algorithm: 2 }), 'unsupported'],
    ['PW-9 another number of hits', () => ({ k: 9 }), 'unsupported'],
    [
      'PW-9 unsupported goes before expired',
      ({ fields }) => ({ k: 9, keyId: (fields.keyId + 1) % 256, issuedAt: 0 }),
      'unsupported',
    ],
    ['PW-9 an unknown key', ({ fields }) => ({ keyId: (fields.keyId + 1) % 256 }), 'expired'],
    [
      'PW-9 an unknown key goes before the clock',
      ({ fields }) => ({ keyId: (fields.keyId + 1) % 256, issuedAt: 2 ** 31 }),
      'expired',
    ],
    ['PW-9 issued in the future', ({ fields }) => ({ issuedAt: fields.issuedAt + 31 }), 'clock'],
    ['PW-9 issued in the future, within the skew', ({ fields }) => ({ issuedAt: fields.issuedAt + 30 }), 'forged'],
    ['PW-11 issued before the relay started', ({ fields }) => ({ issuedAt: fields.issuedAt - 1 }), 'expired'],
    [
      'PW-9 time goes before the mac',
      ({ fields }) => ({ issuedAt: fields.issuedAt - 1000, mac: new Uint8Array(20) }),
      'expired',
    ],
    ['PW-9 a wrong mac', () => ({ mac: new Uint8Array(20) }), 'forged'],
  ];
  for (const [title, changes, fault] of faults) {
    test(title, () => {
      const tokens = new Tokens(startMs);
      const token = issued(tokens);
      expect(tokens.check(changed(token, changes(token)), nowMs)).toBe(fault);
    });
  }

  test('PW-9 PW-12 a token lives 120 s and is accepted for 30 s more, to the millisecond', () => {
    const tokens = new Tokens(startMs);
    const token = issued(tokens);
    expect(validUntil(token.fields)).toBe(1_700_000_150);
    expect(tokens.check(token, 1_700_000_150_000)).toBeNull();
    expect(tokens.check(token, 1_700_000_150_001)).toBe('expired');
  });

  test('PW-9 a token that is issued 30 s ahead is accepted, to the millisecond', () => {
    const tokens = new Tokens(startMs - 60_000);
    const token = issued(tokens);
    expect(tokens.check(token, 1_699_999_970_000)).toBeNull();
    expect(tokens.check(token, 1_699_999_969_999)).toBe('clock');
  });

  test('PW-11 a token of a process before is expired, even one of the very second of the restart', () => {
    for (let diedMs = startMs; diedMs < startMs + 1500; diedMs += 4) {
      const restarted = new Tokens(diedMs);
      // The first of these started a day before, with an id that the new process could have, too; the second moments ago.
      for (const before of [new Tokens(diedMs - daysMs + 1024), new Tokens(startMs - 4)]) {
        const token = issued(before, diedMs - 1);
        expect(before.check(token, diedMs)).toBeNull();
        expect(restarted.check(token, diedMs)).toBe('expired');
      }
      expect(restarted.check(issued(restarted, diedMs), diedMs)).toBeNull();
    }
  });

  test('PW-12 keys rotate daily, and the last two are accepted', () => {
    const tokens = new Tokens(startMs);
    const before = issued(tokens, startMs + daysMs - 1);
    const after = issued(tokens, startMs + daysMs);
    expect(after.fields.keyId).toBe((before.fields.keyId + 1) % 256);
    expect([tokens.check(before, startMs + daysMs), tokens.check(after, startMs + daysMs)]).toEqual([null, null]);
    // Signed under the new key, the old key's id does not do.
    expect(tokens.check(changed(after, { keyId: before.fields.keyId }), startMs + daysMs)).toBe('forged');
    const last = issued(tokens, startMs + 2 * daysMs);
    expect(tokens.check(changed(last, { keyId: before.fields.keyId }), startMs + 2 * daysMs)).toBe('expired');
    expect(tokens.check(last, startMs + 2 * daysMs)).toBeNull();
  });
});
