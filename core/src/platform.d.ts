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
    usages: ('deriveBits' | 'deriveKey' | 'sign' | 'encrypt' | 'decrypt')[],
  ): Promise<CryptoKey>;
  exportKey(format: 'jwk', key: CryptoKey): Promise<{ x?: string }>;
  deriveBits(
    algorithm: { name: 'HKDF'; hash: 'SHA-256'; salt: Uint8Array<ArrayBuffer>; info: Uint8Array<ArrayBuffer> },
    key: CryptoKey,
    lengthBits: number,
  ): Promise<ArrayBuffer>;
  sign(algorithm: 'Ed25519', key: CryptoKey, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
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
