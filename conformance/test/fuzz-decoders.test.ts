import { describe, expect, test } from 'bun:test';
import { fuzz, targets, textTarget } from '../src/fuzz-decoders.ts';

/** Which rules a decoder's strictness is the proof of. */
const rules: { readonly [name: string]: string } = {
  fromBase64url: 'HT-1',
  decodeClientMessage: 'HT-1 SK-2 SK-5',
  decodeServerMessage: 'HT-1 SK-6',
  decodeChallenge: 'HT-1 HT-3',
  decodeCreateRequest: 'HT-1 HT-4',
  decodeCreated: 'HT-1 HT-4',
  decodePolicy: 'HT-1 HT-8',
  decodeProblem: 'HT-1 HT-2',
  decodeClientFrame: 'SK-7',
  decodeServerFrame: 'SK-8',
  decodeToken: 'PW-1',
  decodeSolution: 'PW-6',
  isAcceptableKey: 'JN-3',
  isCanonicalSignature: 'JN-3',
  unpad: 'CR-3',
  decodeSaid: 'CR-4',
  decodeFound: 'CR-10',
  decodeCommit: 'CR-10',
  decodeWelcome: 'CR-10',
  decodeBeat: 'CR-10',
  parseLink: 'LK-6',
  openFrame: 'CR-6',
};

describe('HT-1 whatever the bytes, nothing throws and nothing has two spellings', () => {
  for (const target of targets) {
    test(`${rules[target.name]} ${target.name}`, async () => {
      expect(rules).toHaveProperty(target.name);
      const { accepted, inputs } = await fuzz(target, 20_000, 20_260_101);
      // Inputs that are all refused at the door would prove nothing.
      expect(accepted).toBeGreaterThan(inputs / 100);
      expect(accepted).toBeLessThan(inputs);
    }, 60_000);
  }

  test('HT-1 a decoder that throws, or reads two spellings alike, is found', async () => {
    const throws = textTarget('throws', ['{}'], JSON.parse, JSON.stringify);
    await expect(fuzz(throws, 1000, 1)).rejects.toThrow(/throws, seed 1, input \d+: threw SyntaxError/);
    const read = (text: string) => text.trim() || null;
    const lenient = textTarget('lenient', ['{}'], read, (text) => text);
    await expect(fuzz(lenient, 1000, 1)).rejects.toThrow(/lenient, seed 1, input \d+: has a second spelling/);
  });
});
