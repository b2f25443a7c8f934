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
    await native().importKey('raw-seed', new ArrayBuffer(32), algorithm, false, ['decapsulateBits']);
    return true;
  } catch {
    return false;
  }
}

/** Key pairs and their encoding are the JavaScript class's; the two operations that need speed and constant time are the platform's. */
export class NativeXWing extends XWing {
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
