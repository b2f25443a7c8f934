/**
 * Joining by a Welcome (RFC 9420 sections 12.4.3.1 and 7.9.2), in place of the library's own `joinGroup`: its check of unmerged leaves
 * wants every parent above such a leaf to have the very same list, where the RFC wants the parents between the two to have the leaf,
 * and so it refuses trees that members make every day. What the profile has no use for (pre-shared keys, resumption) is refused.
 */
import {
  type CiphersuiteImpl,
  type ClientConfig,
  type ClientState,
  type GroupContext,
  type KeyPackage,
  type LeafNode,
  type PrivateKeyPackage,
  type Welcome,
  zeroOutUint8Array,
} from 'ts-mls';
import { validateLeafNodeUpdateOrCommit } from 'ts-mls/clientState.js';
import {
  type GroupInfo,
  ratchetTreeFromExtension,
  verifyGroupInfoConfirmationTag,
  verifyGroupInfoSignature,
} from 'ts-mls/groupInfo.js';
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js';
import { deriveKeySchedule } from 'ts-mls/keySchedule.js';
import { verifyLeafNodeSignatureKeyPackage } from 'ts-mls/leafNode.js';
import { verifyParentHashes } from 'ts-mls/parentHash.js';
import type { ParentNode } from 'ts-mls/parentNode.js';
import { pathToRoot } from 'ts-mls/pathSecrets.js';
import { mergePrivateKeyPaths, type PrivateKeyPath, toPrivateKeyPath } from 'ts-mls/privateKeyPath.js';
import { findLeafIndex, type RatchetTree } from 'ts-mls/ratchetTree.js';
import { createSecretTree } from 'ts-mls/secretTree.js';
import { treeHashRoot } from 'ts-mls/treeHash.js';
import {
  directPath,
  isLeaf,
  leafToNodeIndex,
  leafWidth,
  nodeToLeafIndex,
  toLeafIndex,
  toNodeIndex,
} from 'ts-mls/treemath.js';
import { firstCommonAncestor } from 'ts-mls/updatePath.js';
import { decryptGroupInfo, decryptGroupSecrets } from 'ts-mls/welcome.js';

/** What one joins with. */
export interface Own {
  readonly public: KeyPackage;
  readonly private: PrivateKeyPackage;
}

/** The group at the epoch of the Welcome. Throws when anything about it is not acceptable. */
export async function joinByWelcome(
  suite: CiphersuiteImpl,
  config: ClientConfig,
  welcome: Welcome,
  own: Own,
): Promise<ClientState> {
  demand(welcome.cipherSuite === suite.name);
  const initKey = await suite.hpke.importPrivateKey(own.private.initPrivateKey);
  const secrets = given(
    await decryptGroupSecrets(initKey, await makeKeyPackageRef(own.public, suite.hash), welcome, suite.hpke),
  );
  demand(secrets.psks.length === 0);
  const noPsk = new Uint8Array(suite.kdf.size);
  const info = given(await decryptGroupInfo(welcome, secrets.joinerSecret, noPsk, suite));
  const { groupContext, confirmationTag } = info;
  demand(groupContext.cipherSuite === suite.name && groupContext.extensions.length === 0);
  const tree = given(ratchetTreeFromExtension(info));
  await checkSigner(suite, info, tree);
  await checkTree(suite, config, tree, groupContext);
  demand(await verifyGroupInfoConfirmationTag(info, secrets.joinerSecret, noPsk, suite));
  const privatePath = await privatePathOf(suite, tree, info.signer, secrets.pathSecret, own);
  const [keySchedule, encryptionSecret] = await deriveKeySchedule(secrets.joinerSecret, noPsk, groupContext, suite.kdf);
  const secretTree = await createSecretTree(leafWidth(tree.length), encryptionSecret, suite.kdf);
  zeroOutUint8Array(encryptionSecret);
  zeroOutUint8Array(secrets.joinerSecret);
  return {
    groupContext,
    ratchetTree: tree,
    privatePath,
    signaturePrivateKey: own.private.signaturePrivateKey,
    confirmationTag,
    unappliedProposals: {},
    keySchedule,
    secretTree,
    historicalReceiverData: new Map(),
    groupActiveState: { kind: 'active' },
    clientConfig: config,
  };
}

async function checkSigner(suite: CiphersuiteImpl, info: GroupInfo, tree: RatchetTree): Promise<void> {
  const signer = tree[leafToNodeIndex(toLeafIndex(info.signer))];
  demand(
    signer?.nodeType === 'leaf' &&
      (await verifyGroupInfoSignature(info, signer.leaf.signaturePublicKey, suite.signature)),
  );
}

async function privatePathOf(
  suite: CiphersuiteImpl,
  tree: RatchetTree,
  signer: number,
  pathSecret: Uint8Array | undefined,
  own: Own,
): Promise<PrivateKeyPath> {
  const leafIndex = given(findLeafIndex(tree, own.public.leafNode));
  const leafOnly = { leafIndex, privateKeys: { [leafToNodeIndex(leafIndex)]: own.private.hpkePrivateKey } };
  if (pathSecret === undefined) return leafOnly;
  const ancestor = firstCommonAncestor(tree, leafIndex, toLeafIndex(signer));
  const path = await toPrivateKeyPath(await pathToRoot(tree, ancestor, pathSecret, suite.kdf), leafIndex, suite);
  // A path secret that does not give the tree's public keys would leave this member with keys nobody encrypts to.
  for (const [at, secret] of Object.entries(path.privateKeys)) await checkPair(suite, tree, Number(at), secret);
  return mergePrivateKeyPaths(path, leafOnly);
}

async function checkPair(suite: CiphersuiteImpl, tree: RatchetTree, at: number, secret: Uint8Array): Promise<void> {
  const node = tree[at];
  if (node?.nodeType !== 'parent') return;
  const probe = new Uint8Array(1);
  const sealed = await suite.hpke.seal(await suite.hpke.importPublicKey(node.parent.hpkePublicKey), probe, probe);
  await suite.hpke.open(await suite.hpke.importPrivateKey(secret), sealed.enc, sealed.ct, probe);
}

/** RFC 9420 section 12.4.3.1: hashes, every leaf, every list of unmerged leaves, no key twice. */
async function checkTree(
  suite: CiphersuiteImpl,
  config: ClientConfig,
  tree: RatchetTree,
  context: GroupContext,
): Promise<void> {
  const keys = new Set<string>();
  for (const [at, node] of tree.entries()) {
    if (node === undefined) continue;
    demand((node.nodeType === 'leaf') === isLeaf(toNodeIndex(at)));
    if (node.nodeType === 'leaf') await checkLeaf(suite, config, node.leaf, at, context);
    else checkUnmerged(tree, at, node.parent);
    for (const key of node.nodeType === 'leaf'
      ? [node.leaf.hpkePublicKey, node.leaf.signaturePublicKey]
      : [node.parent.hpkePublicKey]) {
      demand(!keys.has(key.join()));
      keys.add(key.join());
    }
  }
  demand(await verifyParentHashes(tree, suite.hash));
  demand((await treeHashRoot(tree, suite.hash)).join() === context.treeHash.join());
}

async function checkLeaf(
  suite: CiphersuiteImpl,
  config: ClientConfig,
  leaf: LeafNode,
  at: number,
  context: GroupContext,
): Promise<void> {
  demand(leaf.extensions.length === 0 && leaf.capabilities.credentials.includes('basic'));
  if (leaf.leafNodeSource !== 'key_package') {
    const wrong = await validateLeafNodeUpdateOrCommit(
      leaf,
      nodeToLeafIndex(toNodeIndex(at)),
      context,
      config.authService,
      suite.signature,
    );
    demand(wrong === undefined);
    return;
  }
  demand(await verifyLeafNodeSignatureKeyPackage(leaf, suite.signature));
  demand(await config.authService.validateCredential(leaf.credential, leaf.signaturePublicKey));
}

function checkUnmerged(tree: RatchetTree, at: number, parent: ParentNode): void {
  for (const unmerged of parent.unmergedLeaves) {
    const leaf = leafToNodeIndex(toLeafIndex(unmerged));
    const above = directPath(leaf, leafWidth(tree.length));
    const height = above.indexOf(toNodeIndex(at));
    demand(height >= 0 && tree[leaf]?.nodeType === 'leaf');
    for (const between of above.slice(0, height)) {
      const node = tree[between];
      demand(node === undefined || (node.nodeType === 'parent' && node.parent.unmergedLeaves.includes(unmerged)));
    }
  }
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the Welcome lacks a part');
  return value;
}

function demand(holds: boolean): asserts holds {
  if (!holds) throw new Error('the Welcome is not acceptable');
}
