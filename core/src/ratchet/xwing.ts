/** X-Wing (draft-connolly-cfrg-xwing-kem) by the platform: faster than JavaScript, and in constant time. Interoperates with it. */
import { XWing } from '@hpke/hybridkem-x-wing';

const algorithm = { name: 'MLKEM768-X25519' } as const;

/** The part of the Web Crypto draft "Modern Algorithms" that is used here, and that the language's library does not know. */
interface Encapsulating {
  importKey(
    format: 'raw-public' | 'raw-seed',
    key: ArrayBuffer,
    algorithm: { name: string },
    extractable: boolean,
    usages: readonly string[],
  ): Promise<CryptoKey>;
  generateKey(
    algorithm: { name: string },
    extractable: boolean,
    usages: readonly string[],
  ): Promise<{ publicKey: CryptoKey; privateKey: CryptoKey }>;
  exportKey(format: 'raw-public' | 'raw-seed', key: CryptoKey): Promise<ArrayBuffer>;
  encapsulateBits(
    algorithm: { name: string },
    key: CryptoKey,
  ): Promise<{ sharedKey: ArrayBuffer; ciphertext: ArrayBuffer }>;
  decapsulateBits(algorithm: { name: string }, key: CryptoKey, ciphertext: ArrayBuffer): Promise<ArrayBuffer>;
}

function native(): Encapsulating {
  return crypto.subtle as unknown as Encapsulating;
}

/** Whether this platform can do it: asked by doing it once. */
export async function hasNativeXWing(): Promise<boolean> {
  try {
    await Promise.all([
      native().importKey('raw-seed', new ArrayBuffer(32), algorithm, false, ['decapsulateBits']),
      generatePair(),
    ]);
    return true;
  } catch {
    return false;
  }
}

/** A new key pair: 1,216 bytes, and a seed of 32. */
async function generatePair() {
  const pair = await native().generateKey(algorithm, true, ['encapsulateBits', 'decapsulateBits']);
  const [publicKey, seed] = await Promise.all([
    native().exportKey('raw-public', pair.publicKey),
    native().exportKey('raw-seed', pair.privateKey),
  ]);
  return { publicKey, seed };
}

/**
 * What needs speed and constant time is the platform's. The encoding of keys is the JavaScript class's, and so is `deriveKeyPair`: it
 * hashes with SHAKE256, which platforms do not have.
 */
export class NativeXWing extends XWing {
  override async generateKeyPair() {
    const { publicKey, seed } = await generatePair();
    return {
      publicKey: await this.deserializePublicKey(publicKey),
      privateKey: await this.deserializePrivateKey(seed),
    };
  }

  override async encap({ recipientPublicKey }: Parameters<XWing['encap']>[0]) {
    const key = await native().importKey(
      'raw-public',
      await this.serializePublicKey(recipientPublicKey),
      algorithm,
      false,
      ['encapsulateBits'],
    );
    const { sharedKey, ciphertext } = await native().encapsulateBits(algorithm, key);
    return { sharedSecret: sharedKey, enc: ciphertext };
  }

  override async decap({ recipientKey, enc }: Parameters<XWing['decap']>[0]): Promise<ArrayBuffer> {
    const privateKey = 'privateKey' in recipientKey ? recipientKey.privateKey : recipientKey;
    const key = await native().importKey('raw-seed', await this.serializePrivateKey(privateKey), algorithm, false, [
      'decapsulateBits',
    ]);
    return native().decapsulateBits(algorithm, key, new Uint8Array(enc as ArrayBuffer).buffer);
  }
}
