/**
 * What client uses of Web Crypto beyond core's declarations: PBKDF2, the work of a proof of work (PW-5). Clock, timers, randomness,
 * sockets and requests are not ambient: they are handed in as a `Platform`.
 */

interface PlatformSubtleCrypto {
  importKey(
    format: 'raw',
    keyData: Uint8Array<ArrayBuffer>,
    algorithm: 'PBKDF2',
    extractable: false,
    usages: 'deriveBits'[],
  ): Promise<CryptoKey>;
  deriveBits(
    algorithm: { name: 'PBKDF2'; hash: 'SHA-256'; salt: Uint8Array<ArrayBuffer>; iterations: number },
    key: CryptoKey,
    lengthBits: number,
  ): Promise<ArrayBuffer>;
}
