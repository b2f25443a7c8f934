/**
 * The official test vectors of RFC 9420, suite 1, against the ratchet's library at its pinned version: the one place besides
 * the ratchet that names the library, and the only one that reaches into its parts. How each kind of vector is to be checked is
 * said in test-vectors.md of the MLS working group; where the files come from, in ../../vectors/mls/README.md.
 */
import { expect } from 'bun:test';
import {
  bytesToBase64,
  type ClientConfig,
  type ClientState,
  joinGroup,
  type MLSMessage,
  makePskIndex,
  mlsExporter,
  type PrivateMessage,
  type PskIndex,
  type PublicMessage,
  processPrivateMessage,
  processPublicMessage,
} from 'ts-mls';
import { decodeAuthenticatedContent, encodeAuthenticatedContent } from 'ts-mls/authenticatedContent.js';
import { defaultClientConfig } from 'ts-mls/clientConfig.js';
import type { Decoder } from 'ts-mls/codec/tlsDecoder.js';
import type { Encoder } from 'ts-mls/codec/tlsEncoder.js';
import { decodeCommit, encodeCommit } from 'ts-mls/commit.js';
import { refhash } from 'ts-mls/crypto/hash.js';
import { decryptWithLabel, encryptWithLabel } from 'ts-mls/crypto/hpke.js';
import { deriveSecret, deriveTreeSecret, expandWithLabel } from 'ts-mls/crypto/kdf.js';
import { signWithLabel, verifyWithLabel } from 'ts-mls/crypto/signature.js';
import { createConfirmationTag, createContentCommitSignature, verifyConfirmationTag } from 'ts-mls/framedContent.js';
import { encodeGroupContext } from 'ts-mls/groupContext.js';
import { verifyGroupInfoConfirmationTag, verifyGroupInfoSignature } from 'ts-mls/groupInfo.js';
import { decodeGroupSecrets, encodeGroupSecrets } from 'ts-mls/groupSecrets.js';
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js';
import { initializeEpoch } from 'ts-mls/keySchedule.js';
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js';
import { protect, protectApplicationData, protectProposal, unprotectPrivateMessage } from 'ts-mls/messageProtection.js';
import { protectProposalPublic, protectPublicMessage, unprotectPublicMessage } from 'ts-mls/messageProtectionPublic.js';
import { computePskSecret } from 'ts-mls/presharedkey.js';
import * as proposals from 'ts-mls/proposal.js';
import { decodeProposal } from 'ts-mls/proposal.js';
import { decodeRatchetTree, encodeRatchetTree } from 'ts-mls/ratchetTree.js';
import { createSecretTree, deriveKey, deriveNonce, ratchetUntil } from 'ts-mls/secretTree.js';
import { expandSenderDataKey, expandSenderDataNonce } from 'ts-mls/sender.js';
import { createConfirmedHash, createInterimHash } from 'ts-mls/transcriptHash.js';
import { decryptGroupInfo, decryptGroupSecrets } from 'ts-mls/welcome.js';
import {
  bytes,
  contextOf,
  decoded,
  each,
  hash,
  hex,
  hpke,
  kdf,
  messageOf,
  retention,
  signature,
  suite,
  type Vector,
} from './mls-vectors-read.ts';

each('crypto-basics', async (v) => {
  const ref = v.ref_hash;
  expect(hex(await refhash(ref.label, bytes(ref.value), hash))).toBe(ref.out);
  const expand = v.expand_with_label;
  expect(
    hex(await expandWithLabel(bytes(expand.secret), expand.label, bytes(expand.context), expand.length, kdf)),
  ).toBe(expand.out);
  const derive = v.derive_secret;
  expect(hex(await deriveSecret(bytes(derive.secret), derive.label, kdf))).toBe(derive.out);
  const tree = v.derive_tree_secret;
  expect(hex(await deriveTreeSecret(bytes(tree.secret), tree.label, tree.generation, tree.length, kdf))).toBe(tree.out);
  const sign = v.sign_with_label;
  const verifies = (made: Uint8Array) =>
    verifyWithLabel(bytes(sign.pub), sign.label, bytes(sign.content), made, signature);
  expect(await verifies(bytes(sign.signature))).toBe(true);
  expect(await verifies(await signWithLabel(bytes(sign.priv), sign.label, bytes(sign.content), signature))).toBe(true);
  const seal = v.encrypt_with_label;
  const key = await hpke.importPrivateKey(bytes(seal.priv));
  const open = (enc: Uint8Array, ct: Uint8Array) =>
    decryptWithLabel(key, seal.label, bytes(seal.context), enc, ct, hpke);
  expect(hex(await open(bytes(seal.kem_output), bytes(seal.ciphertext)))).toBe(seal.plaintext);
  const pub = await hpke.importPublicKey(bytes(seal.pub));
  const made = await encryptWithLabel(pub, seal.label, bytes(seal.context), bytes(seal.plaintext), hpke);
  expect(hex(await open(made.enc, made.ct))).toBe(seal.plaintext);
});

each('psk-secret', async ({ psks, psk_secret }) => {
  const held = psks.map((psk: Vector) => [
    { psktype: 'external', pskId: bytes(psk.psk_id), pskNonce: bytes(psk.psk_nonce) },
    bytes(psk.psk),
  ]);
  expect(hex(await computePskSecret(held, suite))).toBe(psk_secret);
});

each('key-schedule', async (v) => {
  let initSecret = bytes(v.initial_init_secret);
  for (const [at, epoch] of v.epochs.entries()) {
    const context = contextOf(v.group_id, BigInt(at), epoch.tree_hash, epoch.confirmed_transcript_hash);
    expect(hex(encodeGroupContext(context))).toBe(epoch.group_context);
    const made = await initializeEpoch(initSecret, bytes(epoch.commit_secret), context, bytes(epoch.psk_secret), kdf);
    const { keySchedule: keys } = made;
    const named = {
      joiner_secret: made.joinerSecret,
      welcome_secret: made.welcomeSecret,
      init_secret: keys.initSecret,
      sender_data_secret: keys.senderDataSecret,
      encryption_secret: made.encryptionSecret,
      exporter_secret: keys.exporterSecret,
      epoch_authenticator: keys.epochAuthenticator,
      external_secret: keys.externalSecret,
      confirmation_key: keys.confirmationKey,
      membership_key: keys.membershipKey,
      resumption_psk: keys.resumptionPsk,
    };
    for (const [name, secret] of Object.entries(named)) expect(`${name} ${hex(secret)}`).toBe(`${name} ${epoch[name]}`);
    const external = await hpke.deriveKeyPair(keys.externalSecret);
    expect(hex(await hpke.exportPublicKey(external.publicKey))).toBe(epoch.external_pub);
    const { label, context: about, length, secret } = epoch.exporter;
    expect(hex(await mlsExporter(keys.exporterSecret, label, bytes(about), length, suite))).toBe(secret);
    initSecret = keys.initSecret;
  }
});
each('secret-tree', async (v) => {
  const { sender_data_secret, ciphertext, key, nonce } = v.sender_data;
  expect(hex(await expandSenderDataKey(suite, bytes(sender_data_secret), bytes(ciphertext)))).toBe(key);
  expect(hex(await expandSenderDataNonce(suite, bytes(sender_data_secret), bytes(ciphertext)))).toBe(nonce);
  const tree = await createSecretTree(v.leaves.length, bytes(v.encryption_secret), kdf);
  for (const [leaf, generations] of v.leaves.entries()) {
    for (const step of generations) {
      for (const kind of ['application', 'handshake'] as const) {
        const start = tree[leaf * 2]?.[kind];
        if (start === undefined) throw new Error('no such leaf');
        const [{ secret, generation }] = await ratchetUntil(start, step.generation, retention, kdf);
        expect(generation).toBe(step.generation);
        expect(hex(await deriveKey(secret, generation, suite))).toBe(step[`${kind}_key`]);
        expect(hex(await deriveNonce(secret, generation, suite))).toBe(step[`${kind}_nonce`]);
      }
    }
  }
});

/** The group of a `message-protection` vector: its leaf 1 speaks, and everybody reads. */
function framing(v: Vector) {
  const context = contextOf(v.group_id, BigInt(v.epoch), v.tree_hash, v.confirmed_transcript_hash);
  const [signKey, verifyKey, senderSecret] = [
    bytes(v.signature_priv),
    bytes(v.signature_pub),
    bytes(v.sender_data_secret),
  ];
  const membershipKey = bytes(v.membership_key);
  const secrets = () => createSecretTree(2, bytes(v.encryption_secret), kdf);
  const open = async (message: PrivateMessage) =>
    (await unprotectPrivateMessage(senderSecret, message, await secrets(), [], context, retention, suite, verifyKey))
      .content.content;
  const openSent = (text: string) => open(messageOf(text, 'mls_private_message').privateMessage);
  const openPublic = async (publicMessage: PublicMessage) =>
    (await unprotectPublicMessage(membershipKey, context, [], publicMessage, suite, verifyKey)).content;
  const openSentPublic = (text: string) => openPublic(messageOf(text, 'mls_public_message').publicMessage);
  return { context, signKey, senderSecret, membershipKey, secrets, open, openSent, openPublic, openSentPublic };
}

const speaker = 1;
const none = new Uint8Array();
const noPadding = { kind: 'alwaysPad', paddingLength: 0 } as const;

each('message-protection', async (v) => {
  const { context, signKey, senderSecret, secrets, open, openSent } = framing(v);
  const expected = { contentType: 'application', applicationData: bytes(v.application) };
  expect(await openSent(v.application_priv)).toMatchObject(expected);
  const tree = await secrets();
  const made = await protectApplicationData(
    signKey,
    senderSecret,
    expected.applicationData,
    none,
    context,
    tree,
    speaker,
    noPadding,
    suite,
  );
  expect(await open(made.privateMessage)).toMatchObject(expected);
});

each('message-protection', async (v) => {
  const { context, signKey, senderSecret, membershipKey, secrets, open, openSent, openPublic, openSentPublic } =
    framing(v);
  const proposal = decoded(decodeProposal, v.proposal);
  const expected = { contentType: 'proposal', proposal };
  expect(await openSent(v.proposal_priv)).toMatchObject(expected);
  expect(await openSentPublic(v.proposal_pub)).toMatchObject(expected);
  const sealed = await protectProposal(
    signKey,
    senderSecret,
    proposal,
    none,
    context,
    await secrets(),
    speaker,
    noPadding,
    suite,
  );
  expect(await open(sealed.privateMessage)).toMatchObject(expected);
  const shown = await protectProposalPublic(signKey, membershipKey, context, none, proposal, speaker, suite);
  expect(await openPublic(shown.publicMessage)).toMatchObject(expected);
});

each('message-protection', async (v) => {
  const { context, signKey, senderSecret, membershipKey, secrets, open, openSent, openPublic, openSentPublic } =
    framing(v);
  const commit = decoded(decodeCommit, v.commit);
  const expected = { contentType: 'commit', commit };
  expect(await openSent(v.commit_priv)).toMatchObject(expected);
  expect(await openSentPublic(v.commit_pub)).toMatchObject(expected);
  const confirmationTag = await createConfirmationTag(membershipKey, context.confirmedTranscriptHash, hash);
  const authenticated = async <F extends 'mls_private_message' | 'mls_public_message'>(wireformat: F) => {
    const sender = { senderType: 'member', leafIndex: speaker } as const;
    const made = await createContentCommitSignature(context, wireformat, commit, sender, none, signKey, signature);
    return {
      wireformat,
      content: made.framedContent,
      auth: { contentType: 'commit', signature: made.signature, confirmationTag } as const,
    };
  };
  const { content, auth } = await authenticated('mls_private_message');
  const sealed = await protect(
    senderSecret,
    none,
    context,
    await secrets(),
    { ...content, auth },
    speaker,
    noPadding,
    suite,
  );
  expect(await open(sealed.privateMessage)).toMatchObject(expected);
  const sent = await protectPublicMessage(membershipKey, context, await authenticated('mls_public_message'), suite);
  expect(await openPublic(sent)).toMatchObject(expected);
});

each('transcript-hashes', async (v) => {
  const { wireformat, content, auth } = decoded(decodeAuthenticatedContent, v.authenticated_content);
  if (content.contentType !== 'commit' || auth.contentType !== 'commit') throw new Error('not a commit');
  expect(hex(encodeAuthenticatedContent({ wireformat, content, auth }))).toBe(v.authenticated_content);
  const confirmed = await createConfirmedHash(
    bytes(v.interim_transcript_hash_before),
    { wireformat, content, signature: auth.signature },
    hash,
  );
  expect(hex(confirmed)).toBe(v.confirmed_transcript_hash_after);
  expect(await verifyConfirmationTag(bytes(v.confirmation_key), auth.confirmationTag, confirmed, hash)).toBe(true);
  expect(hex(await createInterimHash(confirmed, auth.confirmationTag, hash))).toBe(v.interim_transcript_hash_after);
});

each('welcome', async (v) => {
  const { keyPackage } = messageOf(v.key_package, 'mls_key_package');
  const { welcome } = messageOf(v.welcome, 'mls_welcome');
  const key = await hpke.importPrivateKey(bytes(v.init_priv));
  const secrets = await decryptGroupSecrets(key, await makeKeyPackageRef(keyPackage, hash), welcome, hpke);
  if (secrets === undefined) throw new Error('no secrets for this key package');
  const noPsk = new Uint8Array(kdf.size);
  const info = await decryptGroupInfo(welcome, secrets.joinerSecret, noPsk, suite);
  if (info === undefined) throw new Error('the group info does not open');
  expect(await verifyGroupInfoSignature(info, bytes(v.signer_pub), signature)).toBe(true);
  expect(await verifyGroupInfoConfirmationTag(info, secrets.joinerSecret, noPsk, suite)).toBe(true);
});
each('messages', (v) => {
  const again = <T>(text: string, decode: Decoder<T>, encode: Encoder<T>) =>
    expect(hex(encode(decoded(decode, text)))).toBe(text);
  for (const name of [
    'mls_welcome',
    'mls_group_info',
    'mls_key_package',
    'public_message_application',
    'public_message_proposal',
  ])
    again(v[name], decodeMlsMessage, encodeMlsMessage);
  again(v.public_message_commit, decodeMlsMessage, encodeMlsMessage);
  again(v.private_message, decodeMlsMessage, encodeMlsMessage);
  again(v.ratchet_tree, decodeRatchetTree, encodeRatchetTree);
  again(v.group_secrets, decodeGroupSecrets, encodeGroupSecrets);
  again(v.add_proposal, proposals.decodeAdd, proposals.encodeAdd);
  again(v.update_proposal, proposals.decodeUpdate, proposals.encodeUpdate);
  again(v.remove_proposal, proposals.decodeRemove, proposals.encodeRemove);
  again(v.pre_shared_key_proposal, proposals.decodePSK, proposals.encodePSK);
  again(v.re_init_proposal, proposals.decodeReinit, proposals.encodeReinit);
  again(v.external_init_proposal, proposals.decodeExternalInit, proposals.encodeExternalInit);
  again(
    v.group_context_extensions_proposal,
    proposals.decodeGroupContextExtensions,
    proposals.encodeGroupContextExtensions,
  );
  again(v.commit, decodeCommit, encodeCommit);
});

const passive: ClientConfig = {
  ...defaultClientConfig,
  keyRetentionConfig: retention,
  lifetimeConfig: { maximumTotalLifetime: 0n, validateLifetimeOnReceive: false },
};

for (const kind of ['passive-client-welcome', 'passive-client-handling-commit', 'passive-client-random'])
  each(kind, follow);

/** Joins by the Welcome and follows every epoch, as a member that never speaks. */
async function follow(v: Vector): Promise<void> {
  const { keyPackage } = messageOf(v.key_package, 'mls_key_package');
  const { welcome } = messageOf(v.welcome, 'mls_welcome');
  const external = Object.fromEntries(
    v.external_psks.map(({ psk_id, psk }: Vector) => [bytesToBase64(bytes(psk_id)), bytes(psk)]),
  );
  const keys = {
    initPrivateKey: bytes(v.init_priv),
    hpkePrivateKey: bytes(v.encryption_priv),
    signaturePrivateKey: bytes(v.signature_priv),
  };
  const tree = v.ratchet_tree === null ? undefined : decoded(decodeRatchetTree, v.ratchet_tree);
  let state = await joinGroup(
    welcome,
    keyPackage,
    keys,
    makePskIndex(undefined, external),
    suite,
    tree,
    undefined,
    passive,
  );
  expect(hex(state.keySchedule.epochAuthenticator)).toBe(v.initial_epoch_authenticator);
  for (const epoch of v.epochs) {
    for (const text of [...epoch.proposals, epoch.commit])
      state = await received(state, decoded(decodeMlsMessage, text), makePskIndex(state, external));
    expect(hex(state.keySchedule.epochAuthenticator)).toBe(epoch.epoch_authenticator);
  }
}

async function received(state: ClientState, message: MLSMessage, psks: PskIndex): Promise<ClientState> {
  if (message.wireformat === 'mls_public_message')
    return (await processPublicMessage(state, message.publicMessage, psks, suite)).newState;
  if (message.wireformat === 'mls_private_message')
    return (await processPrivateMessage(state, message.privateMessage, psks, suite)).newState;
  throw new Error(`no handshake message: ${message.wireformat}`);
}
