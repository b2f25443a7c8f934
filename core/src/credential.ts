/** Who may be in the group: credentials that only a holder of the link can make (CR-9). */
import { ascii, concat, equalBytes, readU32, u32 } from '@pug/wire';
import { unshared } from './webcrypto.ts';

const randomBytes = 16;
const macBytes = 16;
const credentialBytes = 4 + randomBytes + macBytes;

/** The room and the key that its credentials are made with. */
export interface CredentialRoom {
  /** HMAC-SHA-256 (CR-8), never exportable. */
  readonly memberKey: CryptoKey;
  /** 16 bytes. */
  readonly roomIdBytes: Uint8Array;
}

/** `member(4) ‖ random(16) ‖ mac(16)`: what a leaf of this member, signing with this key (32 bytes), carries. */
export async function makeCredential(
  room: CredentialRoom,
  member: number,
  random: Uint8Array,
  signatureKey: Uint8Array,
): Promise<Uint8Array> {
  if (random.length !== randomBytes) throw new RangeError('a credential takes 16 random bytes');
  const claim = concat(u32(member), random);
  return concat(claim, await macOf(room, claim, signatureKey));
}

/** Whether `credential` was made for this room, this key, and a member number, by somebody with the link. */
export async function isCredential(
  room: CredentialRoom,
  credential: Uint8Array,
  signatureKey: Uint8Array,
): Promise<boolean> {
  if (credential.length !== credentialBytes || readU32(credential, 0) === 0) return false;
  const claim = credential.subarray(0, credentialBytes - macBytes);
  // Not constant time: whoever could use the difference is a member, and has the key.
  return equalBytes(await macOf(room, claim, signatureKey), credential.subarray(claim.length));
}

async function macOf(room: CredentialRoom, claim: Uint8Array, signatureKey: Uint8Array): Promise<Uint8Array> {
  const input = concat(ascii('pug/1 member'), room.roomIdBytes, claim, signatureKey);
  return new Uint8Array(await crypto.subtle.sign('HMAC', room.memberKey, unshared(input))).slice(0, macBytes);
}
