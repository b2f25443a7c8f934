/** Commits: making one, following another's, applying one's own (RFC 9420 section 12.4). */

import { equalBytes } from '@pug/wire';
import type { CiphersuiteImpl, ClientState, KeyPackage, PrivateMessage, Proposal } from 'ts-mls';
import type { AuthenticatedContent } from 'ts-mls/authenticatedContent.js';
import { applyProposals } from 'ts-mls/clientState.js';
import { createCommit } from 'ts-mls/createCommit.js';
import { acceptAll } from 'ts-mls/incomingMessageAction.js';
import { verifyKeyPackage } from 'ts-mls/keyPackage.js';
import { encodeMlsMessage } from 'ts-mls/message.js';
import { processPrivateMessage } from 'ts-mls/processMessages.js';
import { emptyPskIndex } from 'ts-mls/pskIndex.js';
import { toLeafIndex } from 'ts-mls/treemath.js';
import { zeroOutUint8Array } from 'ts-mls/util/byteArray.js';
import { overwriteBut } from './erasure.ts';
import type { Change, Claim, Commit, Group, Processed } from './group.ts';
import {
  attempt,
  claimOf,
  decodeKeyPackage,
  decodePrivate,
  hasUniqueKeys,
  isOfProfile,
  leavesOf,
  openPrivate,
} from './library.ts';

/** Makes a commit; null when a key package does not fit, or when this member would be left alone. */
export async function makeCommit(
  suite: CiphersuiteImpl,
  { state }: Group,
  remove: readonly number[],
  add: readonly Uint8Array[],
): Promise<Commit | null> {
  const removes = remove.map((removed): Proposal => ({ proposalType: 'remove', remove: { removed } }));
  const adds = add.flatMap((bytes): Proposal[] => {
    const keyPackage = decodeKeyPackage(bytes);
    return keyPackage === null ? [] : [{ proposalType: 'add', add: { keyPackage } }];
  });
  for (const proposal of adds) if (!(await fits(suite, state, [...removes, proposal]))) return null;
  const options = { extraProposals: [...removes, ...adds], ratchetTreeExtension: true };
  const made = await attempt(() => createCommit({ state, cipherSuite: suite }, options));
  // For a tree of one leaf the library takes zeros as the commit secret, where RFC 9420 section 7.4 has a fresh one, and whoever was
  // removed could compute this epoch and the next: a member that is left alone founds anew (CR-11).
  if (made === null || leavesOf({ state: made.newState }).length < 2) return null;
  if (!hasUniqueKeys(made.newState.ratchetTree)) return null;
  const welcome =
    made.welcome && encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome: made.welcome });
  return {
    bytes: encodeMlsMessage(made.commit),
    welcome: welcome ?? null,
    next: { state: made.newState },
    consumed: made.consumed,
  };
}

/** Asked one by one: of several Adds the library leaves the error of an earlier one unhandled while it looks at a later one. */
async function fits(suite: CiphersuiteImpl, state: ClientState, proposals: readonly Proposal[]): Promise<boolean> {
  const own = toLeafIndex(state.privatePath.leafIndex);
  const held = proposals.map((proposal) => ({ proposalOrRefType: 'proposal' as const, proposal }));
  return (await attempt(() => applyProposals(state, held, own, emptyPskIndex, true, suite))) !== null;
}

/** Follows another's commit, if `judge` accepts what it would do. */
export async function followCommit(
  suite: CiphersuiteImpl,
  { state }: Group,
  bytes: Uint8Array,
  judge: (change: Change) => boolean,
): Promise<Processed> {
  const message = decodePrivate(bytes);
  if (message === null || message.contentType !== 'commit' || message.epoch !== state.groupContext.epoch)
    return 'refused';
  // The library acts on proposals before it asks about them, and does not tell at which step it failed: we look first.
  const change = await readChange(suite, state, message);
  if (change === null || !judge(change)) return 'refused';
  const result = await attempt(() => processPrivateMessage(state, message, emptyPskIndex, suite, acceptAll));
  if (result === null || result.kind !== 'newState') return 'failed';
  if (!hasUniqueKeys(result.newState.ratchetTree)) return 'refused';
  if (result.newState.groupActiveState.kind !== 'active') return 'removed';
  result.consumed.forEach(zeroOutUint8Array);
  const group = { state: result.newState };
  overwriteBut(group, { state });
  return { group };
}

/**
 * The commit was made from an older value of the group: what was received since then has moved on the ratchets of its epoch and of those
 * before, which the next group keeps for late messages.
 */
export function applyCommit({ state }: Group, { next, consumed }: Commit): Group {
  consumed.forEach(zeroOutUint8Array);
  const { epoch } = state.groupContext;
  const kept = [...next.state.historicalReceiverData].map(([past, then]) => {
    const now = past === epoch ? { ...then, secretTree: state.secretTree } : state.historicalReceiverData.get(past);
    return [past, now ?? then] as const;
  });
  const group = { state: { ...next.state, historicalReceiverData: new Map(kept) } };
  overwriteBut(group, { state });
  return group;
}

/** What a commit would do, or null when it does not open or is against the profile: all members refuse it alike. */
async function readChange(suite: CiphersuiteImpl, state: ClientState, message: PrivateMessage): Promise<Change | null> {
  const opened = await attempt(() => openPrivate(suite, state, message));
  if (opened === null || !keepsItsClaim(state, opened.content)) return null;
  const { content } = opened.content;
  const removed: number[] = [];
  const added: Claim[] = [];
  for (const held of content.contentType === 'commit' ? content.commit.proposals : []) {
    const proposal = held.proposalOrRefType === 'proposal' ? held.proposal : null;
    if (proposal?.proposalType === 'remove' && 'remove' in proposal) removed.push(proposal.remove.removed);
    else if (proposal?.proposalType === 'add' && 'add' in proposal) {
      const { keyPackage } = proposal.add;
      if (!(await isGenuine(suite, state, keyPackage))) return null;
      added.push(claimOf(keyPackage.leafNode));
    } else return null;
  }
  return { removed, added };
}

/** Whether a key package is of the profile, and signed by the key it names, under a credential of this room. */
export async function isGenuine(
  suite: CiphersuiteImpl,
  { clientConfig }: Pick<ClientState, 'clientConfig'>,
  keyPackage: KeyPackage,
): Promise<boolean> {
  if (!isOfProfile(keyPackage.leafNode)) return false;
  const { credential, signaturePublicKey } = keyPackage.leafNode;
  const genuine = await attempt(
    async () =>
      (await verifyKeyPackage(keyPackage, suite.signature)) &&
      (await clientConfig.authService.validateCredential(credential, signaturePublicKey)),
  );
  return genuine ?? false;
}

/** A commit's path renews its sender's keys, and nothing of who that is. */
function keepsItsClaim({ ratchetTree }: ClientState, { content }: AuthenticatedContent): boolean {
  if (content.contentType !== 'commit' || content.sender.senderType !== 'member') return false;
  const before = ratchetTree[content.sender.leafIndex * 2];
  if (before?.nodeType !== 'leaf') return false;
  if (content.commit.path === undefined) return true;
  if (!isOfProfile(content.commit.path.leafNode)) return false;
  const [was, is] = [claimOf(before.leaf), claimOf(content.commit.path.leafNode)];
  return equalBytes(was.credential, is.credential) && equalBytes(was.signatureKey, is.signatureKey);
}
