/** Rooms made with our ratchet alone, for the tests of it. */
import { getCiphersuiteFromName, getCiphersuiteImpl } from 'ts-mls';
import { makeIdentity } from '../src/identity.ts';
import { type Candidate, type Commit, type Group, makeRatchet } from '../src/ratchet/ratchet.ts';
import { suiteName } from './hostile.ts';

/** Credentials that begin with 0 belong to nobody. */
export const ratchet = makeRatchet(
  await getCiphersuiteImpl(getCiphersuiteFromName(suiteName)),
  async (credential) => credential[0] !== 0,
);
export const text = new TextEncoder().encode('for those who are here');
export const none = new Uint8Array();
export const yes = () => true;

export async function candidate(name: number): Promise<Candidate> {
  return ratchet.makeCandidate(await makeIdentity(), Uint8Array.of(name));
}

export function given<T>(value: T | null): T {
  if (value === null) throw new Error('null');
  return value;
}

export async function joined(welcome: Uint8Array | null, as: Candidate): Promise<Group> {
  return given(await ratchet.join(given(welcome), as));
}

/** A room of `size`, all added by one commit; the first founded it and holds leaf 0, and so on. */
export async function room(size: number): Promise<[Group, ...Group[]]> {
  const founder = await ratchet.found(new Uint8Array(16), await candidate(1));
  const others = await Promise.all(Array.from({ length: size - 1 }, (_, at) => candidate(at + 2)));
  if (others.length === 0) return [founder];
  const made = given(
    await ratchet.commit(
      founder,
      [],
      others.map(({ keyPackage }) => keyPackage),
    ),
  );
  return [ratchet.apply(founder, made), ...(await Promise.all(others.map((other) => joined(made.welcome, other))))];
}

export async function followed(group: Group, commit: Uint8Array): Promise<Group> {
  const result = await ratchet.process(group, commit, yes);
  if (typeof result === 'string') throw new Error(result);
  return result.group;
}

export async function reads(group: Group, sealed: Uint8Array): Promise<boolean> {
  return (await ratchet.unprotect(group, sealed)) !== null;
}

/** A member's commit that only renews its path. */
export async function healed(group: Group): Promise<Commit> {
  return given(await ratchet.commit(group, [], []));
}
