import { describe, expect, spyOn, test } from 'bun:test';
import { createHash, createHmac, createPrivateKey, createPublicKey, hkdfSync, sign, verify } from 'node:crypto';
import { fromBase64url } from '@pug/wire';
import fc from 'fast-check';
import { deriveKeys, ownerKeys, roomIdOf } from '../src/index.ts';
import { hkdf } from '../src/webcrypto.ts';
import { bytesOf, hex, link, room, unhex } from './fixtures.ts';

const pkcs8Prefix = '302e020100300506032b657004220420';
const spkiPrefix = '302a300506032b6570032100';
const nonce = new Uint8Array(32).fill(0x5a);

function derived(secret: Uint8Array, label: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, new Uint8Array(0), label, 32));
}

/** The same key by another road: Node's own Ed25519 from the seed. */
function privateKeyOf(seed: Uint8Array) {
  return createPrivateKey({ key: Buffer.from(pkcs8Prefix + hex(seed), 'hex'), format: 'der', type: 'pkcs8' });
}

function publicBytesOf(seed: Uint8Array): Uint8Array {
  const der = createPublicKey(privateKeyOf(seed)).export({ format: 'der', type: 'spki' });
  return new Uint8Array(der.subarray(-32));
}

function verifies(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const key = createPublicKey({ key: Buffer.from(spkiPrefix + hex(publicKey), 'hex'), format: 'der', type: 'spki' });
  return verify(null, message, key, signature);
}

describe('LK-4 LK-5 derivation', () => {
  test('LK-4 HKDF matches RFC 5869 appendix A.3 (empty salt and info)', async () => {
    const okm = await hkdf(unhex('0b'.repeat(22)), '');
    expect(hex(okm)).toBe('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d');
  });

  test('LK-4 the join key is the public key of HKDF(roomSecret, "pug/1 join")', () => {
    expect(hex(room.joinKey)).toBe(hex(publicBytesOf(derived(link.roomSecret, 'pug/1 join'))));
  });

  test('LK-5 the room id is the start of the labelled hash of the join key', async () => {
    const hash = createHash('sha256').update('pug/1 room').update(room.joinKey).digest();
    expect(hex(room.roomIdBytes)).toBe(hash.subarray(0, 16).toString('hex'));
    expect(hex(await roomIdOf(room.joinKey))).toBe(hex(room.roomIdBytes));
    expect(fromBase64url(room.roomId, 16)).toEqual(room.roomIdBytes);
  });

  test('LK-3 LK-4 nothing the relay sees depends on the link key', async () => {
    const other = await deriveKeys({ ...link, linkKey: new Uint8Array(32) });
    expect(other.roomId).toBe(room.roomId);
    expect(other.joinKey).toEqual(room.joinKey);
    expect(await other.signJoin(nonce)).toEqual(await room.signJoin(nonce));
  });

  test('LK-4 the room secret does not open frames: the frame key comes from the link key alone', async () => {
    const other = await deriveKeys({ roomSecret: new Uint8Array(16), linkKey: link.linkKey });
    const iv = new Uint8Array(12);
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, other.frameKey, nonce);
    expect(new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, room.frameKey, sealed))).toEqual(nonce);
  });

  test('CR-8 the member key is HMAC-SHA-256 under HKDF(linkKey, "pug/1 member"), and the room secret has no part in it', async () => {
    const { memberKey } = await deriveKeys({ roomSecret: new Uint8Array(16), linkKey: link.linkKey });
    const mac = await crypto.subtle.sign('HMAC', memberKey, new Uint8Array(nonce));
    const expected = createHmac('sha256', derived(link.linkKey, 'pug/1 member')).update(nonce).digest('hex');
    expect(hex(new Uint8Array(mac))).toBe(expected);
  });

  test('LK-3 CR-8 no key can be exported, and the link itself is left whole', async () => {
    const before = hex(link.roomSecret) + hex(link.linkKey);
    const { frameKey, memberKey } = await deriveKeys(link);
    for (const key of [frameKey, memberKey]) {
      expect(key.extractable).toBe(false);
      await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
    }
    expect(hex(link.roomSecret) + hex(link.linkKey)).toBe(before);
  });
});

describe('LK-4 what stays in memory', () => {
  test('LK-4 every seed that was derived or wrapped is zeroed', async () => {
    const [derives, imports] = [spyOn(crypto.subtle, 'deriveBits'), spyOn(crypto.subtle, 'importKey')];
    await deriveKeys(link);
    await ownerKeys(new Uint8Array(32).fill(7));
    const derivedBits = await Promise.all(derives.mock.results.map(({ value }) => value));
    const imported = imports.mock.calls.filter(([format, , algorithm]) => format === 'pkcs8' || algorithm !== 'HKDF');
    derives.mockRestore();
    imports.mockRestore();
    const buffers = [...derivedBits, ...imported.map(([, keyData]) => keyData)];
    // Three derivations; two Ed25519 keys with a twin each, the frame key and the member key.
    expect(buffers.length).toBe(3 + 6);
    // Web Crypto takes and gives raw bytes here, never a JSON Web Key.
    for (const buffer of buffers) expect(Buffer.from(buffer as ArrayBuffer).every((byte) => byte === 0)).toBe(true);
  });
});

describe('JN-1 JN-2 proofs', () => {
  test('JN-1 signs label, room id and nonce with the join key', async () => {
    const message = Buffer.concat([Buffer.from('pug/1 join'), room.roomIdBytes, nonce]);
    const proof = await room.signJoin(nonce);
    expect(hex(proof)).toBe(sign(null, message, privateKeyOf(derived(link.roomSecret, 'pug/1 join'))).toString('hex'));
    expect(verifies(room.joinKey, message, proof)).toBe(true);
  });

  test('JN-1 a proof for one nonce proves nothing for another', async () => {
    const proof = await room.signJoin(nonce);
    await fc.assert(
      fc.asyncProperty(bytesOf(32), async (other) => {
        const message = Buffer.concat([Buffer.from('pug/1 join'), room.roomIdBytes, other]);
        expect(verifies(room.joinKey, message, proof)).toBe(hex(other) === hex(nonce));
      }),
    );
  });

  test('JN-2 the owner key of RFC 8032 section 7.1 test 1', async () => {
    const { ownerKey } = await ownerKeys(unhex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'));
    expect(hex(ownerKey)).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
  });

  test('JN-2 signs label, room id and nonce; a join proof is no owner proof', async () => {
    const seed = new Uint8Array(32).fill(9);
    const owner = await ownerKeys(seed);
    const proof = await owner.signOwner(room.roomIdBytes, nonce);
    const message = (label: string) => Buffer.concat([Buffer.from(label), room.roomIdBytes, nonce]);
    expect(verifies(owner.ownerKey, message('pug/1 owner'), proof)).toBe(true);
    expect(verifies(owner.ownerKey, message('pug/1 join'), proof)).toBe(false);
    expect(verifies(room.joinKey, message('pug/1 owner'), proof)).toBe(false);
    expect(hex(seed)).toBe('09'.repeat(32));
  });

  test('JN-2 any seed gives the key that RFC 8032 gives; another length is refused', async () => {
    await fc.assert(
      fc.asyncProperty(bytesOf(32), async (seed) => {
        expect(hex((await ownerKeys(seed)).ownerKey)).toBe(hex(publicBytesOf(seed)));
      }),
      { numRuns: 30 },
    );
    await expect(ownerKeys(new Uint8Array(31))).rejects.toThrow(RangeError);
  });
});
