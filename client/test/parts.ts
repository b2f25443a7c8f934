// What every session in these tests is made of: real randomness, the real ratchet, and identities.
import { generateKeyPairSync } from 'node:crypto';
import type { Identity } from '@pug/core';
import { loadRatchet } from '@pug/core/ratchet';

export const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

export const ratchet = loadRatchet(random);

/** As `makeIdentity` of core, without waiting. */
export function makeIdentity(): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const signKey = new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' }));
  return { publicKey: new Uint8Array(spki.subarray(-32)), signKey };
}
