/**
 * The part of the platform that core may use, and nothing more: Web Crypto and UTF-8. No clock, no console, no randomness
 * (random bytes are arguments). The real declarations of browsers and Bun are wider and fit these.
 */

interface CryptoKey {
  readonly extractable: boolean;
  readonly type: 'private' | 'public' | 'secret';
}

interface PlatformSubtleCrypto {
  digest(algorithm: 'SHA-256', data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  importKey(
    format: 'raw' | 'pkcs8',
    keyData: Uint8Array<ArrayBuffer>,
    algorithm: 'HKDF' | 'AES-GCM' | 'Ed25519',
    extractable: boolean,
    usages: ('deriveBits' | 'deriveKey' | 'sign' | 'verify' | 'encrypt' | 'decrypt')[],
  ): Promise<CryptoKey>;
  importKey(
    format: 'raw',
    keyData: Uint8Array<ArrayBuffer>,
    algorithm: { name: 'HMAC'; hash: 'SHA-256' } | 'PBKDF2',
    extractable: boolean,
    usages: ('sign' | 'deriveBits')[],
  ): Promise<CryptoKey>;
  generateKey(
    algorithm: 'Ed25519',
    extractable: boolean,
    usages: ('sign' | 'verify')[],
  ): Promise<{ publicKey: CryptoKey; privateKey: CryptoKey }>;
  exportKey(format: 'jwk', key: CryptoKey): Promise<{ x?: string }>;
  exportKey(format: 'raw' | 'pkcs8', key: CryptoKey): Promise<ArrayBuffer>;
  deriveBits(
    algorithm: { name: 'HKDF'; hash: 'SHA-256'; salt: Uint8Array<ArrayBuffer>; info: Uint8Array<ArrayBuffer> },
    key: CryptoKey,
    lengthBits: number,
  ): Promise<ArrayBuffer>;
  deriveBits(
    algorithm: { name: 'PBKDF2'; hash: 'SHA-256'; salt: Uint8Array<ArrayBuffer>; iterations: number },
    key: CryptoKey,
    lengthBits: number,
  ): Promise<ArrayBuffer>;
  sign(algorithm: 'Ed25519' | 'HMAC', key: CryptoKey, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  verify(
    algorithm: 'Ed25519',
    key: CryptoKey,
    signature: Uint8Array<ArrayBuffer>,
    data: Uint8Array<ArrayBuffer>,
  ): Promise<boolean>;
  encrypt(algorithm: PlatformAesGcm, key: CryptoKey, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  decrypt(algorithm: PlatformAesGcm, key: CryptoKey, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
}

interface PlatformAesGcm {
  name: 'AES-GCM';
  iv: Uint8Array<ArrayBuffer>;
  additionalData: Uint8Array<ArrayBuffer>;
  tagLength: 128;
}

declare var crypto: { readonly subtle: PlatformSubtleCrypto };

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(encoding: 'utf-8', options: { fatal: true; ignoreBOM: true });
  decode(bytes: Uint8Array): string;
}
