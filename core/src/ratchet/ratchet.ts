/**
 * The ratchet: MLS (RFC 9420) in the profile of this protocol (CR-11). This folder is the only one that names the library.
 * Every call on one group must be made after the other, each on the result of the last. Functions that take a peer's bytes give null
 * when those are not acceptable; they never throw on them.
 */
import type { Capabilities, CiphersuiteImpl, ClientConfig, ClientState } from 'ts-mls';
import { createGroup } from 'ts-mls/clientState.js';
import { createApplicationMessage } from 'ts-mls/createMessage.js';
import { generateKeyPackageWithKey } from 'ts-mls/keyPackage.js';
import { defaultKeyPackageEqualityConfig } from 'ts-mls/keyPackageEqualityConfig.js';
import { defaultLifetime } from 'ts-mls/lifetime.js';
import { encodeMlsMessage } from 'ts-mls/message.js';
import { unprotectPrivateMessage } from 'ts-mls/messageProtection.js';
import { zeroOutUint8Array } from 'ts-mls/util/byteArray.js';
import type { Identity } from '../identity.ts';
import { safetyCode } from '../safety/safety.ts';
import { applyCommit, followCommit, isGenuine, makeCommit } from './commit.ts';
import { overwrite, overwriteBut } from './erasure.ts';
import type {
  Candidate,
  Change,
  Claim,
  Commit,
  CredentialCheck,
  Group,
  Leaf,
  Processed,
  Unprotected,
} from './group.ts';
import { joinByWelcome } from './join.ts';
import {
  attempt,
  claimOf,
  decodeKeyPackage,
  decodePrivate,
  decodeWelcome,
  identityOf,
  leavesOf,
  openPrivate,
} from './library.ts';
import { retainedEpochs } from './retention.ts';

export type * from './group.ts';

/** The ratchet with its suite and its check of credentials. */
export interface Ratchet {
  makeCandidate(identity: Identity, credential: Uint8Array): Promise<Candidate>;
  /** Who asks to be let in, or null when the key package is malformed, of another suite, or wrongly signed or credentialled. */
  readKeyPackage(keyPackage: Uint8Array): Promise<Claim | null>;
  found(groupId: Uint8Array, candidate: Candidate): Promise<Group>;
  join(welcome: Uint8Array, candidate: Candidate): Promise<Group | null>;
  /**
   * One commit with all these Removes and Adds, or an empty one with a path; null when a key package does not fit the group, or when this
   * member would be left alone: then it founds anew.
   */
  commit(group: Group, remove: readonly number[], add: readonly Uint8Array[]): Promise<Commit | null>;
  /** Follows another's commit, if `judge` accepts what it would do. */
  process(group: Group, commit: Uint8Array, judge: (change: Change) => boolean): Promise<Processed>;
  /** The group after its own commit `pending` came first in the order. */
  apply(group: Group, pending: Commit): Group;
  protect(group: Group, message: Uint8Array, aad: Uint8Array): Promise<{ group: Group; bytes: Uint8Array }>;
  unprotect(group: Group, bytes: Uint8Array): Promise<Unprotected | null>;
  /** The authenticated data of a message, which is not encrypted; nobody vouches for it before it is opened. Null for what is no message. */
  beside(bytes: Uint8Array): Uint8Array | null;
  leaves(group: Group): readonly Leaf[];
  groupId(group: Group): Uint8Array;
  epoch(group: Group): number;
  /** Equal exactly for members that agree on everything in this epoch (RFC 9420 section 8.7). */
  authenticator(group: Group): Uint8Array;
  ownLeaf(group: Group): number;
  /** Here, because its lists of words are long and nobody has a code to compare before there is a ratchet. */
  safetyCode: typeof safetyCode;
  /** Overwrites what `pending` would have led to: another's commit came first, and `group` came of that. */
  drop(group: Group, pending: Commit): void;
  /** Overwrites the secrets that can be reached. */
  forget(group: Group): void;
  /** Overwrites what would open a Welcome made for this candidate, who joined or was given up: a thief may have one. */
  discard(candidate: Candidate): void;
}

/** Generations that may be passed over (CR-11). Each is work for every receiver, and a hostile member passes over as many as it may. */
const maxAhead = 16;

function capabilitiesOf(suite: CiphersuiteImpl): Capabilities {
  return { versions: ['mls10'], ciphersuites: [suite.name], extensions: [], proposals: [], credentials: ['basic'] };
}

/** Builds the ratchet on a suite, around a check of credentials. */
export function makeRatchet(suite: CiphersuiteImpl, check: CredentialCheck): Ratchet {
  const config: ClientConfig = {
    // No generation is kept: order is the relay's, and a key that could open a message twice is a key that can be stolen.
    keyRetentionConfig: {
      retainKeysForGenerations: 0,
      retainKeysForEpochs: retainedEpochs,
      maximumForwardRatchetSteps: maxAhead,
    },
    lifetimeConfig: { maximumTotalLifetime: 0n, validateLifetimeOnReceive: false },
    keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
    // Padding is done on the content, where the receiver checks it.
    paddingConfig: { kind: 'alwaysPad', paddingLength: 0 },
    authService: { validateCredential: async (credential, key) => check(identityOf(credential), key) },
  };
  return {
    makeCandidate: (identity, credential) => makeCandidate(suite, identity, credential),
    readKeyPackage: (bytes) => readKeyPackage(suite, config, bytes),
    found: async (groupId, { secret }) => ({
      state: await createGroup(groupId, secret.public, secret.private, [], suite, config),
    }),
    join: (welcome, candidate) => join(suite, config, welcome, candidate),
    commit: (group, remove, add) => makeCommit(suite, group, remove, add),
    process: (group, bytes, judge) => followCommit(suite, group, bytes, judge),
    apply: applyCommit,
    protect: (group, message, aad) => protect(suite, group, message, aad),
    unprotect: (group, bytes) => unprotect(suite, group, bytes),
    beside: (bytes) => decodePrivate(bytes)?.authenticatedData ?? null,
    leaves: leavesOf,
    groupId: ({ state }) => state.groupContext.groupId,
    epoch: ({ state }) => Number(state.groupContext.epoch),
    authenticator: ({ state }) => state.keySchedule.epochAuthenticator,
    ownLeaf: ({ state }) => state.privatePath.leafIndex,
    safetyCode,
    drop: (group, { next }) => overwriteBut(group, next),
    forget: overwrite,
    discard: ({ secret }) => zeroOutUint8Array(secret.private.initPrivateKey),
  };
}

async function makeCandidate(suite: CiphersuiteImpl, identity: Identity, credential: Uint8Array): Promise<Candidate> {
  const { publicPackage, privatePackage } = await generateKeyPackageWithKey(
    { credentialType: 'basic', identity: credential },
    capabilitiesOf(suite),
    defaultLifetime,
    [],
    identity,
    suite,
  );
  const keyPackage = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage: publicPackage });
  return { keyPackage, secret: { public: publicPackage, private: privatePackage } };
}

async function readKeyPackage(suite: CiphersuiteImpl, config: ClientConfig, bytes: Uint8Array): Promise<Claim | null> {
  const keyPackage = decodeKeyPackage(bytes);
  const genuine = keyPackage !== null && (await isGenuine(suite, { clientConfig: config }, keyPackage));
  return genuine ? claimOf(keyPackage.leafNode) : null;
}

async function join(
  suite: CiphersuiteImpl,
  config: ClientConfig,
  bytes: Uint8Array,
  { secret }: Candidate,
): Promise<Group | null> {
  const welcome = decodeWelcome(bytes);
  if (welcome === null) return null;
  const state = await attempt(() => joinByWelcome(suite, config, welcome, secret));
  if (state === null) return null;
  // Whoever has it opens the Welcome again (RFC 9420 section 16.8): a key package is used once.
  zeroOutUint8Array(secret.private.initPrivateKey);
  return { state };
}

/** Chains that have sealed a message: once more, and the key would be one that anybody knows, for used ones are overwritten. */
const spent = new WeakSet<Uint8Array>();

async function protect(suite: CiphersuiteImpl, { state }: Group, message: Uint8Array, aad: Uint8Array) {
  const chain = state.secretTree[state.privatePath.leafIndex * 2]?.application.secret;
  if (chain === undefined || spent.has(chain)) throw new Error('this value of the group has sealed a message already');
  spent.add(chain);
  const made = await createApplicationMessage(state, message, suite, aad);
  made.consumed.forEach(zeroOutUint8Array);
  const bytes = encodeMlsMessage({
    version: 'mls10',
    wireformat: 'mls_private_message',
    privateMessage: made.privateMessage,
  });
  return { group: { state: made.newState }, bytes };
}

/** The library's own call tells neither the sender nor the authenticated data; the two steps it makes are made here. */
async function unprotect(suite: CiphersuiteImpl, { state }: Group, bytes: Uint8Array): Promise<Unprotected | null> {
  const message = decodePrivate(bytes);
  if (message === null || message.contentType !== 'application') return null;
  const { epoch } = state.groupContext;
  const past = message.epoch === epoch ? null : state.historicalReceiverData.get(message.epoch);
  if (past === undefined) return null;
  const { keyRetentionConfig } = state.clientConfig;
  const opened = await attempt(() =>
    past === null
      ? openPrivate(suite, state, message)
      : unprotectPrivateMessage(
          past.senderDataSecret,
          message,
          past.secretTree,
          past.ratchetTree,
          past.groupContext,
          keyRetentionConfig,
          suite,
        ),
  );
  if (opened === null || opened.content.content.contentType !== 'application') return null;
  const { sender, applicationData, authenticatedData } = opened.content.content;
  if (sender.senderType !== 'member') return null;
  const node = (past ?? state).ratchetTree[sender.leafIndex * 2];
  if (node?.nodeType !== 'leaf') return null;
  opened.consumed.forEach(zeroOutUint8Array);
  const next: ClientState =
    past === null
      ? { ...state, secretTree: opened.tree }
      : {
          ...state,
          historicalReceiverData: new Map(state.historicalReceiverData).set(message.epoch, {
            ...past,
            secretTree: opened.tree,
          }),
        };
  return { group: { state: next }, sender: claimOf(node.leaf), message: applicationData, aad: authenticatedData };
}
