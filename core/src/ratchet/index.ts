/** The ratchet, apart from the rest of core so that a page can load it after it has painted. */
import type { CredentialCheck, Ratchet } from './ratchet.ts';
import { makeRatchet } from './ratchet.ts';
import { makeSuite } from './suite.ts';

/** Makes the ratchet of one room, around its check of credentials. */
export type RatchetMaker = (check: CredentialCheck) => Ratchet;

/** Prepares the ratchet. `random(n)` gives n random bytes from the platform's cryptographic source. */
export async function loadRatchet(random: (length: number) => Uint8Array): Promise<RatchetMaker> {
  const suite = await makeSuite(random);
  return (check) => makeRatchet(suite, check);
}
