import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { makeIdentity, nameFrom, personaOf } from '../src/index.ts';
import { bytesOf } from './fixtures.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

describe('CR-16 identities and personas', () => {
  test('CR-16 an identity is a new Ed25519 key pair that signs', async () => {
    const [one, other] = [await makeIdentity(), await makeIdentity()];
    expect(one.publicKey).not.toEqual(other.publicKey);
    const signing = await crypto.subtle.importKey('pkcs8', new Uint8Array(one.signKey), 'Ed25519', false, ['sign']);
    const verifying = await crypto.subtle.importKey('raw', new Uint8Array(one.publicKey), 'Ed25519', false, ['verify']);
    const message = new Uint8Array(5);
    const signature = await crypto.subtle.sign('Ed25519', signing, message);
    expect(await crypto.subtle.verify('Ed25519', verifying, signature, message)).toBe(true);
  });

  test('CR-16 name and tag follow from the labelled hash of the key alone', async () => {
    await fc.assert(
      fc.asyncProperty(bytesOf(32), async (key) => {
        const hash = createHash('sha256').update('pug/1 name').update(key).digest();
        const tag = [2, 3, 4, 5].map((at) => alphabet[(hash[at] ?? 0) % 32]).join('');
        expect(await personaOf(key)).toEqual({ name: nameFrom(hash.subarray(0, 2)), tag });
      }),
    );
  });

  test('CR-16 a tag has no letter that is taken for another', async () => {
    for (let count = 0; count < 200; count++) {
      const { tag } = await personaOf(Uint8Array.from({ length: 32 }, () => count));
      expect(tag).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}$/);
    }
  });
});
