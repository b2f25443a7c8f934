/** The few calls of Web Crypto that core makes, in plain words. Keys made here cannot be exported. */
import { ascii, concat, fromBase64url } from '@pug/wire';

/** RFC 8410 section 7: the PKCS#8 wrapping of a 32-byte Ed25519 private key, up to the key itself. */
const ed25519Pkcs8Prefix = Uint8Array.of(
  ...[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20],
);

/** An Ed25519 key that signs, with its public half. */
export interface SigningKey {
  /** The public key (RFC 8032 section 5.1.5), 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Resolves to the signature of `message`, 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Web Crypto takes no shared memory; none is ever made here, so the cast only tells the compiler. */
export function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}

/** SHA-256 (FIPS 180-4), 32 bytes. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', unshared(bytes)));
}

/** HKDF-SHA-256 (RFC 5869) with an empty salt and an ASCII label as `info`: 32 bytes (LK-4). */
export async function hkdf(secret: Uint8Array, label: string): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey('raw', unshared(secret), 'HKDF', false, ['deriveBits']);
  const info = unshared(ascii(label));
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info } as const;
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 256));
}

/** An AES-256-GCM key from 32 bytes, which are zeroed. */
export async function importFrameKey(bytes: Uint8Array): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey('raw', unshared(bytes), 'AES-GCM', false, ['encrypt', 'decrypt']);
  } finally {
    bytes.fill(0);
  }
}

/** An HMAC-SHA-256 key (RFC 2104) from 32 bytes, which are zeroed. */
export async function importMacKey(bytes: Uint8Array): Promise<CryptoKey> {
  try {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' } as const;
    return await crypto.subtle.importKey('raw', unshared(bytes), algorithm, false, ['sign']);
  } finally {
    bytes.fill(0);
  }
}

/** An Ed25519 key from its 32-byte seed (RFC 8032 section 5.1.5). The seed is left as it is; every copy made of it is zeroed. */
export async function importSigningKey(seed: Uint8Array): Promise<SigningKey> {
  if (seed.length !== 32) throw new RangeError('an Ed25519 seed has 32 bytes');
  const wrapped = concat(ed25519Pkcs8Prefix, seed);
  try {
    const [privateKey, publicKey] = await Promise.all([
      crypto.subtle.importKey('pkcs8', wrapped, 'Ed25519', false, ['sign']),
      publicKeyOf(wrapped),
    ]);
    const sign = async (message: Uint8Array) =>
      new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, unshared(message)));
    return { publicKey, sign };
  } finally {
    wrapped.fill(0);
  }
}

/** Web Crypto computes a public key only on the way into a JSON Web Key (RFC 8037), which needs an exportable twin of the key. */
async function publicKeyOf(pkcs8: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const twin = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
  const { x } = await crypto.subtle.exportKey('jwk', twin);
  const publicKey = fromBase64url(x ?? '', 32);
  if (publicKey === null) throw new Error('the platform exported no Ed25519 public key');
  return publicKey;
}
