/** A member that does not keep to the profile: the library used directly, on the state of one of our groups. For tests only. */
import {
  type CiphersuiteName,
  type ClientConfig,
  type ClientState,
  createCommit,
  createProposal,
  decodeMlsMessage,
  emptyPskIndex,
  encodeMlsMessage,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  type MLSMessage,
  makePskIndex,
  type Proposal,
} from 'ts-mls';
import { applyProposals, nextEpochContext } from 'ts-mls/clientState.js';
import { createGroupInfoWithExternalPubAndRatchetTree, joinGroupExternal } from 'ts-mls/createCommit.js';
import { proposeAddExternal } from 'ts-mls/externalProposal.js';
import { initializeEpoch } from 'ts-mls/keySchedule.js';
import { unprotectPrivateMessage } from 'ts-mls/messageProtection.js';
import { createSecretTree } from 'ts-mls/secretTree.js';
import { treeHashRoot } from 'ts-mls/treeHash.js';
import { leafWidth, toLeafIndex } from 'ts-mls/treemath.js';
import { applyUpdatePath } from 'ts-mls/updatePath.js';
import type { Candidate, Group } from '../src/ratchet/ratchet.ts';

export const suiteName: CiphersuiteName = 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519';
const suite = await getCiphersuiteImpl(getCiphersuiteFromName(suiteName));

/** What the hostile member checks: nothing. */
function unchecked({ state }: Group): ClientState {
  const clientConfig: ClientConfig = {
    ...state.clientConfig,
    authService: { validateCredential: async () => true },
    keyPackageEqualityConfig: { compareKeyPackages: () => false, compareKeyPackageToLeafNode: () => false },
  };
  return { ...state, clientConfig };
}

/** A commit of any proposals, and its Welcome. `psks` are external ones by their id in base64. */
export async function anyCommit(
  group: Group,
  proposals: Proposal[],
  options: { public?: boolean; psks?: Record<string, Uint8Array> } = {},
) {
  const state = unchecked(group);
  const pskIndex = makePskIndex(state, options.psks ?? {});
  const settings = {
    extraProposals: proposals,
    ratchetTreeExtension: true,
    wireAsPublicMessage: options.public ?? false,
  };
  const made = await createCommit({ state, pskIndex, cipherSuite: suite }, settings);
  const welcome =
    made.welcome && encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome: made.welcome });
  return {
    bytes: encodeMlsMessage(made.commit),
    welcome: welcome ?? null,
    next: { state: made.newState } satisfies Group,
  };
}

/** An Add of whatever `candidate` is. */
export function addOf({ secret }: Candidate): Proposal {
  return { proposalType: 'add', add: { keyPackage: secret.public } };
}

/** A proposal as a message of its own, and the member's group that holds it and would commit it by reference. */
export async function propose(group: Group, proposal: Proposal): Promise<{ bytes: Uint8Array; group: Group }> {
  const { message, newState } = await createProposal(unchecked(group), false, proposal, suite);
  return { bytes: encodeMlsMessage(message), group: { state: newState } };
}

async function groupInfo({ state }: Group) {
  return createGroupInfoWithExternalPubAndRatchetTree(state, [], suite);
}

/** A commit by which `candidate` would add itself. */
export async function externalCommit(group: Group, { secret }: Candidate): Promise<Uint8Array> {
  const made = await joinGroupExternal(
    await groupInfo(group),
    secret.public,
    secret.private,
    false,
    suite,
    undefined,
    unchecked(group).clientConfig,
  );
  return encodeMlsMessage({ version: 'mls10', wireformat: 'mls_public_message', publicMessage: made.publicMessage });
}

/** A proposal by which `candidate` asks for itself from outside. */
export async function externalProposal(group: Group, { secret }: Candidate): Promise<Uint8Array> {
  return encodeMlsMessage(await proposeAddExternal(await groupInfo(group), secret.public, secret.private, suite));
}

/** A commit with nothing but a path, whose leaf has another credential than its member's. */
export async function renamed({ state }: Group, identity: Uint8Array): Promise<Uint8Array> {
  const own = state.privatePath.leafIndex * 2;
  const ratchetTree = state.ratchetTree.map((node, at) =>
    at === own && node?.nodeType === 'leaf'
      ? { ...node, leaf: { ...node.leaf, credential: { credentialType: 'basic' as const, identity } } }
      : node,
  );
  return (await anyCommit({ state: { ...state, ratchetTree } }, [])).bytes;
}

function privateMessage(bytes: Uint8Array) {
  const message: MLSMessage | undefined = decodeMlsMessage(bytes, 0)?.[0];
  if (message?.wireformat !== 'mls_private_message') throw new Error('not a private message');
  return message.privateMessage;
}

async function opened({ state }: Group, bytes: Uint8Array) {
  const { keySchedule, secretTree, ratchetTree, groupContext, clientConfig } = state;
  const { senderDataSecret } = keySchedule;
  const message = privateMessage(bytes);
  return (
    await unprotectPrivateMessage(
      senderDataSecret,
      message,
      secretTree,
      ratchetTree,
      groupContext,
      clientConfig.keyRetentionConfig,
      suite,
    )
  ).content;
}

/** The commit in `bytes`, as any member of its epoch reads it. */
export async function commitIn(group: Group, bytes: Uint8Array) {
  const { content } = await opened(group, bytes);
  if (content.contentType !== 'commit') throw new Error('not a commit');
  return content.commit;
}

/**
 * The next epoch as somebody computes it who can read the commit but none of its path secrets: everything is public or of the
 * old epoch, except the commit secret, which is taken for the zeros that stand for "no path". Right whenever that is all there is.
 */
export async function readOn(group: Group, bytes: Uint8Array): Promise<Group> {
  const { state } = group;
  const { content, auth } = await opened(group, bytes);
  if (content.contentType !== 'commit' || auth.contentType !== 'commit') throw new Error('not a commit');
  if (content.sender.senderType !== 'member') throw new Error('not a member');
  const sender = toLeafIndex(content.sender.leafIndex);
  const { tree: after } = await applyProposals(
    unchecked(group),
    content.commit.proposals,
    sender,
    emptyPskIndex,
    false,
    suite,
  );
  const { path } = content.commit;
  const ratchetTree = path === undefined ? after : await applyUpdatePath(after, sender, path, suite.hash);
  const treeHash = await treeHashRoot(ratchetTree, suite.hash);
  const { confirmationTag, signature } = auth;
  const groupContext = await nextEpochContext(
    state.groupContext,
    'mls_private_message',
    content,
    signature,
    treeHash,
    state.confirmationTag,
    suite.hash,
  );
  const none = new Uint8Array(suite.kdf.size);
  const { keySchedule, encryptionSecret } = await initializeEpoch(
    state.keySchedule.initSecret,
    none,
    groupContext,
    none,
    suite.kdf,
  );
  const secretTree = await createSecretTree(leafWidth(ratchetTree.length), encryptionSecret, suite.kdf);
  return { state: { ...state, ratchetTree, groupContext, keySchedule, secretTree, confirmationTag } };
}

/** A copy that does not change when the library overwrites what it was made from: a thief's. */
export function stolen({ state }: Group): Group {
  const { clientConfig, ...data } = state;
  return { state: { ...structuredClone(data), clientConfig } };
}
