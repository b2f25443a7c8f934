/** What the tree should become, and what a commit may do to it: pure, and the same for every member at one place in the order. */
import { equalBytes, readU32 } from '@pug/wire';
import type { Change, Claim, Leaf } from '../ratchet/ratchet.ts';

/** A leaf and the number of its member. */
export interface Seated extends Leaf {
  readonly member: number;
}

/** What keeps the tree from being the members, and whose turn it is to mend it. */
export interface Plan {
  readonly gone: readonly Seated[];
  /** The place of this member among those who can commit, 0 first; −1 when it cannot. */
  readonly rank: number;
}

/** The number of the member a credential was made for; 0 for bytes that are no credential. */
export function memberOf(credential: Uint8Array): number {
  return credential.length < 4 ? 0 : readU32(credential, 0);
}

/** Whether `claim` asks for the place of `leaf`: the same member, or the same key under a new number. */
function isSame(leaf: Claim, claim: Claim): boolean {
  return memberOf(leaf.credential) === memberOf(claim.credential) || equalBytes(leaf.signatureKey, claim.signatureKey);
}

/** The plan at this place in the order, or null when the tree is the members (CR-12). */
export function planFor(
  self: number,
  leaves: readonly Seated[],
  members: readonly number[],
  waiting: readonly Claim[],
): Plan | null {
  const gone = leaves.filter((leaf) => !members.includes(leaf.member) || waiting.some((claim) => isSame(leaf, claim)));
  if (gone.length === 0 && waiting.length === 0) return null;
  const able = leaves.filter((leaf) => !gone.includes(leaf)).map(({ member }) => member);
  return { gone, rank: able.toSorted((a, b) => a - b).indexOf(self) };
}

/**
 * Whether a commit may do this (CR-13): nobody is put out while present, except by asking to be let in anew, and nobody is in
 * twice. All members judge alike: only the order goes into it, and a member who has left never comes back under the same number.
 */
export function isFair(leaves: readonly Seated[], members: readonly number[], { removed, added }: Change): boolean {
  const out = leaves.filter((leaf) => removed.includes(leaf.index));
  const staying = leaves.filter((leaf) => !removed.includes(leaf.index));
  const seats = [...staying.map(({ member }) => member), ...added.map(({ credential }) => memberOf(credential))];
  const fair = out.every((leaf) => !members.includes(leaf.member) || added.some((claim) => isSame(leaf, claim)));
  return fair && new Set(seats).size === seats.length;
}
