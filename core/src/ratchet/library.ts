/** Small steps into the library, each null or false where it would throw. */
import type {
  CiphersuiteImpl,
  ClientState,
  Credential,
  KeyPackage,
  LeafNode,
  MLSMessage,
  PrivateMessage,
  Welcome,
} from 'ts-mls';
import { decodeMlsMessage } from 'ts-mls/message.js';
import { unprotectPrivateMessage } from 'ts-mls/messageProtection.js';
import type { RatchetTree } from 'ts-mls/ratchetTree.js';
import type { Claim, Group, Leaf } from './group.ts';

/** Opens a message of the present epoch. Throws when it does not open. */
export function openPrivate(suite: CiphersuiteImpl, state: ClientState, message: PrivateMessage) {
  const { keySchedule, secretTree, ratchetTree, groupContext, clientConfig } = state;
  return unprotectPrivateMessage(
    keySchedule.senderDataSecret,
    message,
    secretTree,
    ratchetTree,
    groupContext,
    clientConfig.keyRetentionConfig,
    suite,
  );
}

/** The tree's leaves. */
export function leavesOf({ state }: Group): readonly Leaf[] {
  return state.ratchetTree.flatMap((node, at) => {
    if (node === undefined || node.nodeType !== 'leaf') return [];
    return [{ index: at / 2, ...claimOf(node.leaf) }];
  });
}

/** Whether a leaf can be in a group of ours (CR-11): one that did not support basic credentials would let nobody in after it. */
export function isOfProfile({ credential, capabilities, extensions }: LeafNode): boolean {
  return credential.credentialType === 'basic' && capabilities.credentials.includes('basic') && extensions.length === 0;
}

/** Whether no key stands in the tree twice: anybody can copy the public key of another, and a tree with a copy takes no further Add. */
export function hasUniqueKeys(tree: RatchetTree): boolean {
  const keys = tree.flatMap((node) => {
    if (node === undefined) return [];
    return node.nodeType === 'parent'
      ? [node.parent.hpkePublicKey]
      : [node.leaf.hpkePublicKey, node.leaf.signaturePublicKey];
  });
  return new Set(keys.map((key) => key.join())).size === keys.length;
}

export function claimOf({ credential, signaturePublicKey }: LeafNode): Claim {
  return { credential: identityOf(credential), signatureKey: signaturePublicKey };
}

export function identityOf(credential: Credential): Uint8Array {
  return credential.credentialType === 'basic' && 'identity' in credential ? credential.identity : new Uint8Array();
}

function decode(bytes: Uint8Array): MLSMessage | null {
  try {
    const decoded = decodeMlsMessage(bytes, 0);
    return decoded !== undefined && decoded[1] === bytes.length ? decoded[0] : null;
  } catch {
    return null;
  }
}

export function decodeKeyPackage(bytes: Uint8Array): KeyPackage | null {
  const message = decode(bytes);
  return message?.wireformat === 'mls_key_package' ? message.keyPackage : null;
}

export function decodeWelcome(bytes: Uint8Array): Welcome | null {
  const message = decode(bytes);
  return message?.wireformat === 'mls_welcome' ? message.welcome : null;
}

export function decodePrivate(bytes: Uint8Array): PrivateMessage | null {
  const message = decode(bytes);
  return message?.wireformat === 'mls_private_message' ? message.privateMessage : null;
}

/**
 * The library reports what it refuses by throwing, among other things errors of its own and of Web Crypto, which says the same of false bytes
 * and of a device that fails; to us all of it is "not acceptable".
 */
export async function attempt<T>(run: () => Promise<T>): Promise<T | null> {
  try {
    return await run();
  } catch {
    return null;
  }
}
