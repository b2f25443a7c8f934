/**
 * Ed25519 keys for rooms (JN-1, JN-2), from Node's own implementation and from random seeds: what a relay sees of a link is
 * its join key, so no link is needed here.
 */
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import { joinProofInput, ownerProofInput, roomIdBytes, roomIdInput, toBase64url } from '@pug/wire';

/** RFC 8410: what stands before the 32 bytes of a seed in PKCS #8. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Private to one room: who may join it and who owns it. */
export interface RoomKeys {
  readonly roomId: string;
  readonly joinKey: Uint8Array;
  readonly ownerKey: Uint8Array;
  readonly signJoin: (nonce: Uint8Array) => Uint8Array;
  readonly signOwner: (nonce: Uint8Array) => Uint8Array;
}

/** A signing key from 32 random bytes. */
export function newSigner(): { readonly publicKey: Uint8Array; readonly sign: (message: Uint8Array) => Uint8Array } {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, randomBytes(32)]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  return { publicKey, sign: (message) => sign(null, message, key) };
}

export function roomIdOf(joinKey: Uint8Array): Uint8Array {
  return createHash('sha256').update(roomIdInput(joinKey)).digest().subarray(0, roomIdBytes);
}

/** Fresh keys, so a fresh room. */
export function newRoomKeys(): RoomKeys {
  const join = newSigner();
  const owner = newSigner();
  const id = roomIdOf(join.publicKey);
  return {
    roomId: toBase64url(id),
    joinKey: join.publicKey,
    ownerKey: owner.publicKey,
    signJoin: (nonce) => join.sign(joinProofInput(id, nonce)),
    signOwner: (nonce) => owner.sign(ownerProofInput(id, nonce)),
  };
}
