/** Who somebody is for the length of a session (CR-16): a signature key, and the name and the tag that follow from it. */
import { ascii, concat } from '@pug/wire';
import { nameFrom } from './names.ts';
import { sha256 } from './webcrypto.ts';

/**
 * An Ed25519 key pair: `publicKey` is 32 bytes, `signKey` PKCS#8 (RFC 8410). Made anew for each session, and kept over its reconnects. Bytes
 * and no `CryptoKey`, because the ratchet's library takes bytes: whoever made it overwrites `signKey` when the session is over.
 */
export interface Identity {
  readonly publicKey: Uint8Array;
  readonly signKey: Uint8Array;
}

/** What others see of a signature key: a name to begin with, and a tag that tells two people of one name apart. */
export interface Persona {
  readonly name: string;
  /** 4 characters of Crockford's base 32: 20 bits. It tells apart; it proves nothing (that is what the safety code is for). */
  readonly tag: string;
}

const tagAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const tagLength = 4;

export async function makeIdentity(): Promise<Identity> {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  // Some declarations of the platform do not tell a pair from a single key.
  if (!('privateKey' in pair)) throw new Error('the platform made no key pair');
  const [publicKey, signKey] = await Promise.all([
    crypto.subtle.exportKey('raw', pair.publicKey),
    crypto.subtle.exportKey('pkcs8', pair.privateKey),
  ]);
  return { publicKey: new Uint8Array(publicKey), signKey: new Uint8Array(signKey) };
}

/** The persona of a signature key (32 bytes): the same for everybody who sees it. */
export async function personaOf(signatureKey: Uint8Array): Promise<Persona> {
  const hash = await sha256(concat(ascii('pug/1 name'), signatureKey));
  const tag = Array.from(hash.subarray(2, 2 + tagLength), (byte) => tagAlphabet[byte % tagAlphabet.length]).join('');
  return { name: nameFrom(hash.subarray(0, 2)), tag };
}
