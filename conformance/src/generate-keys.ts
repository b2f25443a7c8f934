/** Vectors of what is derived from a link (LK-4, LK-5), and the signing that other generators use. */
import { createPrivateKey, createPublicKey, hkdfSync, sign } from 'node:crypto';
import { linkKey, roomSecret } from './generate-link.ts';
import { ascii, b64u, concat, fixed, hex, sha256, unhex, type Vector } from './vector.ts';

/** HKDF-SHA-256 with an empty salt: 32 bytes. */
export function hkdf(secret: Uint8Array, label: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), label, 32));
}

function privateKeyOf(seed: Uint8Array) {
  const wrapped = concat(unhex('302e020100300506032b657004220420'), seed);
  return createPrivateKey({ key: Buffer.from(wrapped), format: 'der', type: 'pkcs8' });
}

export function publicKeyOf(seed: Uint8Array): Uint8Array {
  const wrapped = createPublicKey(privateKeyOf(seed)).export({ format: 'der', type: 'spki' });
  return new Uint8Array(wrapped.subarray(-32));
}

export function signWith(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, message, privateKeyOf(seed)));
}

/** LK-5: 16 bytes. */
export function roomIdOf(joinKey: Uint8Array): Uint8Array {
  return sha256(ascii('pug/1 room'), joinKey).subarray(0, 16);
}

function derived(name: string, comment: string, secret: Uint8Array, key: Uint8Array): Vector {
  const joinSeed = hkdf(secret, 'pug/1 join');
  const joinKey = publicKeyOf(joinSeed);
  const data = {
    roomSecret: hex(secret),
    linkKey: hex(key),
    joinSeed: hex(joinSeed),
    joinKey: hex(joinKey),
    frameKey: hex(hkdf(key, 'pug/1 frame')),
    memberKey: hex(hkdf(key, 'pug/1 member')),
    roomIdBytes: hex(roomIdOf(joinKey)),
    roomId: b64u(roomIdOf(joinKey)),
  };
  return { path: `keys/${name}`, rule: ['LK-4', 'LK-5', 'CR-8'], expect: 'accept', comment, data };
}

const ownerSeed = fixed('owner seed', 32);

export const keyVectors: readonly Vector[] = [
  derived('derived', 'everything that is derived from one link', roomSecret, linkKey),
  derived('derived-zeros', 'the same from secrets of zero bytes', new Uint8Array(16), new Uint8Array(32)),
  derived(
    'other-link-key',
    'another link key changes the frame key and the member key, and nothing that a relay sees',
    roomSecret,
    fixed('other', 32),
  ),
  {
    path: 'keys/owner',
    rule: 'JN-2',
    expect: 'accept',
    comment: 'the owner key of a random seed',
    data: { ownerSeed: hex(ownerSeed), ownerKey: hex(publicKeyOf(ownerSeed)) },
  },
];
