/** What is derived from a link (LK-4, LK-5), and the two proofs of joining (JN-1, JN-2). */
import { joinProofInput, ownerProofInput, roomIdInput, toBase64url } from '@pug/wire';
import type { Link } from './link.ts';
import { hkdf, importFrameKey, importMacKey, importSigningKey, type SigningKey, sha256 } from './webcrypto.ts';

/** Bytes of a room id: the start of a SHA-256 (LK-5). */
const roomIdBytesLength = 16;

/** Everything a member needs of a link. No key in here can be exported. */
export interface RoomKeys {
  /** 22 b64u characters. */
  readonly roomId: string;
  /** 16 bytes. */
  readonly roomIdBytes: Uint8Array;
  /** The public key that the relay knows the room by, 32 bytes. */
  readonly joinKey: Uint8Array;
  /** AES-256-GCM, for `sealFrame` and `openFrame`. */
  readonly frameKey: CryptoKey;
  /** HMAC-SHA-256, for credentials (CR-8). */
  readonly memberKey: CryptoKey;
  /** JN-1: the proof for a socket whose `hello` carried `nonce` (32 bytes): 64 bytes. */
  signJoin(nonce: Uint8Array): Promise<Uint8Array>;
}

/** What makes its holder an owner of rooms created with `ownerKey`. */
export interface OwnerKeys {
  /** The public key that is registered at creation, 32 bytes. */
  readonly ownerKey: Uint8Array;
  /** JN-2: the proof for this room (16 bytes) and the `nonce` of this socket (32 bytes): 64 bytes. */
  signOwner(roomIdBytes: Uint8Array, nonce: Uint8Array): Promise<Uint8Array>;
}

/** LK-4, LK-5. The link's own bytes are left as they are; every seed derived from them is zeroed. */
export async function deriveKeys(link: Link): Promise<RoomKeys> {
  // Side by side: each step is a journey to another thread, and somebody waits for all of them.
  const [joining, frameKey, memberKey] = await Promise.all([
    joiningKey(link),
    hkdf(link.linkKey, 'pug/1 frame').then(importFrameKey),
    hkdf(link.linkKey, 'pug/1 member').then(importMacKey),
  ]);
  const roomIdBytes = await roomIdOf(joining.publicKey);
  return {
    roomId: toBase64url(roomIdBytes),
    roomIdBytes,
    joinKey: joining.publicKey,
    frameKey,
    memberKey,
    signJoin: (nonce) => joining.sign(joinProofInput(roomIdBytes, nonce)),
  };
}

async function joiningKey(link: Link): Promise<SigningKey> {
  const joinSeed = await hkdf(link.roomSecret, 'pug/1 join');
  return importSigningKey(joinSeed).finally(() => joinSeed.fill(0));
}

/** JN-2: the key pair of a random 32-byte seed, which is left as it is: it must survive reconnecting. */
export async function ownerKeys(ownerSeed: Uint8Array): Promise<OwnerKeys> {
  const owning = await importSigningKey(ownerSeed);
  return {
    ownerKey: owning.publicKey,
    signOwner: (roomIdBytes, nonce) => owning.sign(ownerProofInput(roomIdBytes, nonce)),
  };
}

/** LK-5: the room id (16 bytes) of a join key (32 bytes). */
export async function roomIdOf(joinKey: Uint8Array): Promise<Uint8Array> {
  return (await sha256(roomIdInput(joinKey))).slice(0, roomIdBytesLength);
}
