/** The official test vectors of RFC 9420 for the tree: shape, hashes, changes, paths. See mls-vectors.test.ts. */
import { expect } from 'bun:test';
import type { GroupContext, Proposal } from 'ts-mls';
import { applyUpdatePathSecret } from 'ts-mls/createCommit.js';
import { verifyParentHashes } from 'ts-mls/parentHash.js';
import { getCommitSecret, pathToRoot } from 'ts-mls/pathSecrets.js';
import { toPrivateKeyPath } from 'ts-mls/privateKeyPath.js';
import * as proposals from 'ts-mls/proposal.js';
import {
  addLeafNode,
  decodeRatchetTree,
  encodeRatchetTree,
  type RatchetTree,
  removeLeafNode,
  resolution,
  updateLeafNode,
} from 'ts-mls/ratchetTree.js';
import { treeHash, treeHashRoot } from 'ts-mls/treeHash.js';
import * as math from 'ts-mls/treemath.js';
import { applyUpdatePath, createUpdatePath, decodeUpdatePath } from 'ts-mls/updatePath.js';

import { bytes, contextOf, decoded, each, hash, hex, kdf, suite, type Vector } from './mls-vectors-read.ts';

each('tree-math', ({ n_leaves, n_nodes, root, left, right, parent, sibling }) => {
  const orNull = (run: () => number): number | null => {
    try {
      return run();
    } catch {
      return null;
    }
  };
  expect(math.nodeWidth(n_leaves)).toBe(n_nodes);
  expect(math.root(n_leaves)).toBe(math.toNodeIndex(root));
  for (let at = 0; at < n_nodes; at++) {
    const node = math.toNodeIndex(at);
    expect(orNull(() => math.left(node))).toBe(left[at]);
    expect(orNull(() => math.right(node))).toBe(right[at]);
    expect(orNull(() => math.parent(node, n_leaves))).toBe(parent[at]);
    expect(orNull(() => math.sibling(node, n_leaves))).toBe(sibling[at]);
  }
});
each('tree-operations', (v) => {
  const before = decoded(decodeRatchetTree, v.tree_before);
  const after = applied(before, decoded(proposals.decodeProposal, v.proposal), v.proposal_sender);
  expect(hex(encodeRatchetTree(after))).toBe(v.tree_after);
});

function applied(tree: RatchetTree, proposal: Proposal, sender: number): RatchetTree {
  if ('add' in proposal) return addLeafNode(tree, proposal.add.keyPackage.leafNode)[0];
  if ('remove' in proposal) return removeLeafNode(tree, math.toLeafIndex(proposal.remove.removed));
  if ('update' in proposal) return updateLeafNode(tree, proposal.update.leafNode, math.toLeafIndex(sender));
  throw new Error('changes no tree');
}

each('tree-validation', async (v) => {
  const tree = decoded(decodeRatchetTree, v.tree);
  expect(hex(encodeRatchetTree(tree))).toBe(v.tree);
  for (const [at, expected] of v.resolutions.entries())
    expect(resolution(tree, math.toNodeIndex(at)).map(Number)).toEqual(expected);
  for (const [at, expected] of v.tree_hashes.entries())
    expect(hex(await treeHash(tree, math.toNodeIndex(at), hash))).toBe(expected);
  expect(await verifyParentHashes(tree, hash)).toBe(true);
});

each('treekem', async (v) => {
  const tree = decoded(decodeRatchetTree, v.ratchet_tree);
  const context = contextOf(
    v.group_id,
    BigInt(v.epoch),
    hex(await treeHashRoot(tree, hash)),
    v.confirmed_transcript_hash,
  );
  for (const update of v.update_paths) {
    const path = decoded(decodeUpdatePath, update.update_path);
    const sender = math.toLeafIndex(update.sender);
    const after = await applyUpdatePath(tree, sender, path, hash);
    expect(hex(await treeHashRoot(after, hash))).toBe(update.tree_hash_after);
    const next = { ...context, treeHash: bytes(update.tree_hash_after) };
    for (const held of v.leaves_private) {
      if (held.index === update.sender) continue;
      const opened = await applyUpdatePathSecret(after, await privatePathOf(held), sender, next, path, [], suite);
      expect(hex(opened.pathSecret)).toBe(update.path_secrets[held.index]);
      expect(hex(await getCommitSecret(after, opened.nodeIndex, opened.pathSecret, kdf))).toBe(update.commit_secret);
    }
    await makesAPathOthersFollow(v, tree, context, update.sender);
  }
});

async function privatePathOf(held: Vector) {
  const leaf = math.leafToNodeIndex(math.toLeafIndex(held.index));
  const secrets = Object.fromEntries(held.path_secrets.map((entry: Vector) => [entry.node, bytes(entry.path_secret)]));
  const { privateKeys, leafIndex } = await toPrivateKeyPath(secrets, held.index, suite);
  return { leafIndex, privateKeys: { ...privateKeys, [leaf]: bytes(held.encryption_priv) } };
}

async function makesAPathOthersFollow(v: Vector, tree: RatchetTree, context: GroupContext, sender: number) {
  const own = v.leaves_private.find((held: Vector) => held.index === sender);
  const from = math.toLeafIndex(sender);
  const [after, path, pathSecrets] = await createUpdatePath(tree, from, context, bytes(own.signature_priv), suite);
  const next = { ...context, epoch: context.epoch + 1n, treeHash: await treeHashRoot(after, hash) };
  const root = pathSecrets.at(-1);
  if (root === undefined) throw new Error('the path is empty');
  const commitSecret = await getCommitSecret(after, math.toNodeIndex(root.nodeIndex), root.secret, kdf);
  for (const held of v.leaves_private) {
    if (held.index === sender) continue;
    const opened = await applyUpdatePathSecret(after, await privatePathOf(held), from, next, path, [], suite);
    const up = await pathToRoot(after, opened.nodeIndex, opened.pathSecret, kdf);
    expect(Object.keys(up)).toContain(String(math.root(math.leafWidth(after.length))));
    expect(await getCommitSecret(after, opened.nodeIndex, opened.pathSecret, kdf)).toEqual(commitSecret);
  }
}
