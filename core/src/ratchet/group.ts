/** What the ratchet's values are. Groups are immutable: every call on one gives the next. */
import type { ClientState, KeyPackage, PrivateKeyPackage } from 'ts-mls';

/** One use of a key package: what is published, and what opens the Welcome made for it. */
export interface Candidate {
  readonly keyPackage: Uint8Array;
  readonly secret: { readonly public: KeyPackage; readonly private: PrivateKeyPackage };
}

/** A group at one epoch, as one member holds it. */
export interface Group {
  readonly state: ClientState;
}

/** A member of the tree. */
export interface Leaf extends Claim {
  readonly index: number;
}

/** A commit that was made and not yet applied: `next` becomes the group when the commit's own echo comes first. */
export interface Commit {
  readonly bytes: Uint8Array;
  readonly welcome: Uint8Array | null;
  readonly next: Group;
  /** Secrets of the epoch it ends, to be overwritten when it is applied. */
  readonly consumed: readonly Uint8Array[];
}

/** Who a leaf says it is: a credential of this room, and the key that signs for it. */
export interface Claim {
  readonly credential: Uint8Array;
  readonly signatureKey: Uint8Array;
}

/** What a commit would do to the tree: the leaves it removes, the claims it adds. */
export interface Change {
  readonly removed: readonly number[];
  readonly added: readonly Claim[];
}

/**
 * How another's commit ended. 'refused': not a commit of this epoch by a member, or against the profile or the judge; every member refuses it alike.
 * 'failed': it is a member's, and still cannot be followed. 'removed': it removes this member.
 */
export type Processed = { readonly group: Group } | 'refused' | 'failed' | 'removed';

/** Whether a leaf's credential is one of this room's: called for every Add and for every leaf of a tree that is joined. */
export type CredentialCheck = (credential: Uint8Array, signatureKey: Uint8Array) => Promise<boolean>;

/** A message, and the claim of the leaf whose key signed it, in the epoch it was sent in. */
export interface Unprotected {
  readonly group: Group;
  readonly sender: Claim;
  readonly message: Uint8Array;
  readonly aad: Uint8Array;
}
