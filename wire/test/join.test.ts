import { describe, expect, test } from 'bun:test';
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { isAcceptableKey, isCanonicalSignature, joinProofInput, ownerProofInput, roomIdInput } from '../src/index.ts';

const groupOrder = 2n ** 252n + 27742317777372353535851937790883648493n;
const p = 2n ** 255n - 19n;

/** 32 bytes, least significant first. */
function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, at) => Number((value >> BigInt(8 * at)) & 255n));
}

const withS = (s: bigint) => Uint8Array.of(...new Uint8Array(32).fill(0xaa), ...littleEndian(s));

describe('JN-1 JN-2 LK-5 what is hashed and signed', () => {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  const roomId = new Uint8Array(16).fill(0x52);
  const nonce = new Uint8Array(32).fill(0x4e);

  test('JN-1 JN-2 LK-5 label and fields, nothing between', () => {
    expect(text(roomIdInput(nonce))).toBe(`pug/1 room${'N'.repeat(32)}`);
    expect(text(joinProofInput(roomId, nonce))).toBe(`pug/1 join${'R'.repeat(16)}${'N'.repeat(32)}`);
    expect(text(ownerProofInput(roomId, nonce))).toBe(`pug/1 owner${'R'.repeat(16)}${'N'.repeat(32)}`);
  });
});

describe('JN-3 keys and signatures', () => {
  test('JN-3 every real key is acceptable', () => {
    for (let count = 0; count < 50; count++) {
      const der = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });
      expect(isAcceptableKey(new Uint8Array(der.subarray(-32)))).toBe(true);
    }
  });

  test('JN-3 no key of small order is, with either sign bit', () => {
    // An order 8 point as published in "Taming the many EdDSAs", not the number of our own code.
    const order8 = Buffer.from('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'hex');
    const y8 = order8.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
    for (const y of [0n, 1n, p - 1n, y8, p - y8]) {
      expect(isAcceptableKey(littleEndian(y))).toBe(false);
      expect(isAcceptableKey(littleEndian(y | (1n << 255n)))).toBe(false);
    }
  });

  test('JN-3 no y of p or more is', () => {
    for (let y = p; y < 2n ** 255n; y++) {
      expect(isAcceptableKey(littleEndian(y))).toBe(false);
      expect(isAcceptableKey(littleEndian(y | (1n << 255n)))).toBe(false);
    }
    expect(isAcceptableKey(littleEndian(p - 2n))).toBe(true);
  });

  test('JN-3 S is below the group order', () => {
    for (const s of [0n, 1n, groupOrder - 1n]) expect(isCanonicalSignature(withS(s))).toBe(true);
    for (const s of [groupOrder, groupOrder + 1n, 2n ** 253n, 2n ** 256n - 1n])
      expect(isCanonicalSignature(withS(s))).toBe(false);
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 256n - 1n), (s) => expect(isCanonicalSignature(withS(s))).toBe(s < groupOrder)),
    );
  });

  test('JN-3 keys and signatures of another length are refused', () => {
    for (const length of [0, 1, 31, 33, 64]) expect(isAcceptableKey(new Uint8Array(length).fill(5))).toBe(false);
    for (const length of [0, 32, 63, 65]) expect(isCanonicalSignature(new Uint8Array(length))).toBe(false);
  });
});
