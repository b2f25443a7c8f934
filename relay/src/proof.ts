/** Judges join proofs (JN-1 … JN-3). Ed25519 itself is the runtime's, which compares R byte for byte and rejects S ≥ L. */
import { createPublicKey, hash, verify } from 'node:crypto';
import {
  type ClientMessage,
  fromBase64url,
  isAcceptableKey,
  isCanonicalSignature,
  joinProofInput,
  ownerProofInput,
  roomIdBytes,
  roomIdInput,
  toBase64url,
} from '@pug/wire';

export type JoinMessage = Extract<ClientMessage, { type: 'join' }>;

/** SubjectPublicKeyInfo of an Ed25519 key without the key itself (RFC 8410 section 4). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** Whether `signature` (64 bytes) is `key`'s (32 bytes) over `message`, as JN-3 has it. */
export function isSignedBy(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isAcceptableKey(key) || !isCanonicalSignature(signature)) return false;
  const publicKey = createPublicKey({ key: Buffer.concat([spkiPrefix, key]), format: 'der', type: 'spki' });
  return verify(null, message, publicKey, signature);
}

/** The id that a join key certifies (LK-5), 22 characters. */
export function roomIdOf(joinKey: Uint8Array): string {
  return toBase64url(hash('sha256', roomIdInput(joinKey), 'buffer').subarray(0, roomIdBytes));
}

/**
 * Whether everything that `join` claims is proven to this socket: the key is the room's, the proof is the key's, and the owner
 * proof, where there is one, is `ownerKey`'s (JN-4).
 * @param nonce the 32 bytes of this socket's hello
 */
export function isProven(join: JoinMessage, ownerKey: Uint8Array, nonce: Uint8Array): boolean {
  const roomId = fromBase64url(join.room, roomIdBytes);
  if (roomId === null || roomIdOf(join.joinKey) !== join.room) return false;
  if (!isSignedBy(join.joinKey, joinProofInput(roomId, nonce), join.proof)) return false;
  return join.ownerProof === undefined || isSignedBy(ownerKey, ownerProofInput(roomId, nonce), join.ownerProof);
}
