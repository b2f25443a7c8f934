/**
 * The cipher suite: X-Wing (ML-KEM-768 with X25519), AES-256-GCM, SHA-512, Ed25519. Put together here from the library's parts, so
 * that only these algorithms are loaded, and with the platform's own X-Wing where it has one.
 */
import { Aes256Gcm, CipherSuite, HkdfSha512 } from '@hpke/core';
import { XWing } from '@hpke/hybridkem-x-wing';
import type { CiphersuiteImpl } from 'ts-mls';
import { getCiphersuiteFromName } from 'ts-mls/crypto/ciphersuite.js';
import { makeHashImpl } from 'ts-mls/crypto/implementation/default/makeHashImpl.js';
import { makeKdfImpl } from 'ts-mls/crypto/implementation/default/makeKdfImpl.js';
import { makeGenericHpke } from 'ts-mls/crypto/implementation/hpke.js';
import { makeIdentity } from '../identity.ts';
import { unshared } from '../webcrypto.ts';
import { hasNativeXWing, NativeXWing } from './xwing.ts';

/** Number 83 of the library: no hybrid suite has a registered number yet, and both ends are ours. */
const suite = getCiphersuiteFromName('MLS_256_XWING_AES256GCM_SHA512_Ed25519');

/** The suite. `random(n)` gives n random bytes; X-Wing is the platform's where it has one, or as `native` says. */
export async function makeSuite(random: (length: number) => Uint8Array, native?: boolean): Promise<CiphersuiteImpl> {
  const kdf = new HkdfSha512();
  const kem = (native ?? (await hasNativeXWing())) ? new NativeXWing() : new XWing();
  return {
    name: suite.name,
    hash: makeHashImpl(crypto.subtle as Parameters<typeof makeHashImpl>[0], suite.hash),
    kdf: makeKdfImpl(kdf),
    hpke: await makeGenericHpke(suite.hpke, aes256Gcm, new CipherSuite({ kem, kdf, aead: new Aes256Gcm() })),
    rng: { randomBytes: random },
    signature: ed25519,
  };
}

const aes256Gcm = {
  async encrypt(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array> {
    const imported = await crypto.subtle.importKey('raw', unshared(key), 'AES-GCM', false, ['encrypt']);
    return new Uint8Array(await crypto.subtle.encrypt(parameters(nonce, aad), imported, unshared(plaintext)));
  },
  async decrypt(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Promise<Uint8Array> {
    const imported = await crypto.subtle.importKey('raw', unshared(key), 'AES-GCM', false, ['decrypt']);
    return new Uint8Array(await crypto.subtle.decrypt(parameters(nonce, aad), imported, unshared(ciphertext)));
  },
};

function parameters(nonce: Uint8Array, aad: Uint8Array) {
  return { name: 'AES-GCM', iv: unshared(nonce), additionalData: unshared(aad), tagLength: 128 } as const;
}

/** Private keys are PKCS#8 (RFC 8410), as Web Crypto exports them. */
const ed25519: CiphersuiteImpl['signature'] = {
  async sign(signKey, message) {
    const key = await crypto.subtle.importKey('pkcs8', unshared(signKey), 'Ed25519', false, ['sign']);
    return new Uint8Array(await crypto.subtle.sign('Ed25519', key, unshared(message)));
  },
  async verify(publicKey, message, signature) {
    const key = await crypto.subtle.importKey('raw', unshared(publicKey), 'Ed25519', false, ['verify']);
    return crypto.subtle.verify('Ed25519', key, unshared(signature), unshared(message));
  },
  keygen: makeIdentity,
};
