/** What the page is given of ours: the part of core that is measured, by its own names. The bundle of `site.ts` puts it there. */

/** A group at one epoch; opaque here. */
export interface Group {
  readonly state: unknown;
}

/** What opens one Welcome; `keyPackage` is published. */
export interface Candidate {
  readonly keyPackage: Uint8Array;
}

export interface Commit {
  readonly bytes: Uint8Array;
  readonly welcome: Uint8Array | null;
}

export interface Identity {
  readonly publicKey: Uint8Array;
}

export interface Ratchet {
  makeCandidate(identity: Identity, credential: Uint8Array): Promise<Candidate>;
  found(groupId: Uint8Array, candidate: Candidate): Promise<Group>;
  join(welcome: Uint8Array, candidate: Candidate): Promise<Group | null>;
  commit(group: Group, remove: readonly number[], add: readonly Uint8Array[]): Promise<Commit | null>;
  process(group: Group, commit: Uint8Array, judge: () => boolean): Promise<{ readonly group: Group } | string>;
  apply(group: Group, pending: Commit): Group;
  protect(
    group: Group,
    message: Uint8Array,
    aad: Uint8Array,
  ): Promise<{ readonly group: Group; readonly bytes: Uint8Array }>;
  unprotect(group: Group, bytes: Uint8Array): Promise<{ readonly group: Group; readonly message: Uint8Array } | null>;
  ownLeaf(group: Group): number;
}

interface Keys {
  readonly frameKey: CryptoKey;
  readonly memberKey: CryptoKey;
  readonly roomIdBytes: Uint8Array;
}

interface Said {
  readonly content: { readonly kind: 'text'; readonly id: Uint8Array; readonly text: string };
  readonly position: { readonly seq: number; readonly tag: Uint8Array };
}

interface Sender {
  readonly frameKey: CryptoKey;
  readonly roomIdBytes: Uint8Array;
  readonly member: number;
}

interface Frame {
  readonly type: number;
  readonly counter: number;
  readonly body: Uint8Array;
}

export interface Ours {
  hasNativeXWing(): Promise<boolean>;
  makeSuite(random: (length: number) => Uint8Array, native: boolean): Promise<object>;
  makeRatchet(suite: object, check: (credential: Uint8Array, key: Uint8Array) => Promise<boolean>): Ratchet;
  deriveKeys(link: { readonly roomSecret: Uint8Array; readonly linkKey: Uint8Array }): Promise<Keys>;
  makeIdentity(): Promise<Identity>;
  makeCredential(room: Keys, member: number, random: Uint8Array, key: Uint8Array): Promise<Uint8Array>;
  isCredential(room: Keys, credential: Uint8Array, key: Uint8Array): Promise<boolean>;
  encodeSaid(said: Said): Uint8Array;
  decodeSaid(bytes: Uint8Array): Said | null;
  pad(content: Uint8Array): Uint8Array;
  unpad(padded: Uint8Array): Uint8Array | null;
  encodeCommit(body: { readonly groupId: Uint8Array; readonly epoch: number; readonly commit: Uint8Array }): Uint8Array;
  encodeWelcome(body: {
    readonly seq: number;
    readonly transcript: Uint8Array;
    readonly welcome: Uint8Array;
  }): Uint8Array;
  sealNumbered(frame: Sender & Frame & { readonly nonce: Uint8Array }): Promise<Uint8Array>;
  openNumbered(payload: Sender & { readonly payload: Uint8Array }): Promise<Frame | null>;
  readonly frameTypes: Readonly<Record<'keyPackage' | 'commit' | 'welcome' | 'message', number>>;
}
