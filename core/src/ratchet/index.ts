/** The ratchet and the machine on it, apart from the rest of core so that a page can load them after it has painted. */
import { Roster, type RosterParts } from '../roster/roster.ts';
import type { CredentialCheck, Ratchet } from './ratchet.ts';
import { makeRatchet } from './ratchet.ts';
import { makeSuite } from './suite.ts';

/** Makes what the members of one room agree on keys with. */
export interface RatchetMaker {
  /** The ratchet of the room, around its check of credentials. */
  ratchet(check: CredentialCheck): Ratchet;
  /** Here, because it is long and nobody has a roster before there is a ratchet. */
  roster(parts: RosterParts): Roster;
}

/** Prepares the ratchet. `random(n)` gives n random bytes from the platform's cryptographic source. */
export async function loadRatchet(random: (length: number) => Uint8Array): Promise<RatchetMaker> {
  const suite = await makeSuite(random);
  return { ratchet: (check) => makeRatchet(suite, check), roster: (parts) => new Roster(parts) };
}
