/** Vectors of joining: what is signed (JN-1, JN-2, LK-5), and which signatures count (JN-3). */
import { edgeVectors } from './generate-ed25519.ts';
import { hkdf, publicKeyOf, roomIdOf, signWith } from './generate-keys.ts';
import { roomSecret } from './generate-link.ts';
import { ascii, b64u, concat, fixed, hex, type Vector } from './vector.ts';

const joinSeed = hkdf(roomSecret, 'pug/1 join');
const joinKey = publicKeyOf(joinSeed);
const roomId = roomIdOf(joinKey);
const ownerSeed = fixed('owner seed', 32);
const nonce = fixed('hello nonce', 32);
const joinMessage = concat(ascii('pug/1 join'), roomId, nonce);
const ownerMessage = concat(ascii('pug/1 owner'), roomId, nonce);

/** `label` says which of the two proofs it is: join or owner. */
function proof(
  name: string,
  rule: string,
  label: string,
  key: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Vector {
  const good = name === label;
  const data = {
    proof: label,
    roomId: hex(roomId),
    nonce: hex(nonce),
    key: hex(key),
    message: hex(message),
    signature: hex(signature),
  };
  const comment = good ? `a good ${label} proof` : `not a ${label} proof: ${name.replaceAll('-', ' ')}`;
  const verdict = good ? ({ expect: 'accept' } as const) : ({ expect: 'refuse', error: 'proof_rejected' } as const);
  return { path: `join/proof-${name}`, rule, ...verdict, comment, data };
}

const ownerKey = publicKeyOf(ownerSeed);
const joinProof = signWith(joinSeed, joinMessage);
const ownerProof = signWith(ownerSeed, ownerMessage);
const otherNonce = concat(ascii('pug/1 join'), roomId, fixed('another nonce', 32));

export const joinVectors: readonly Vector[] = [
  {
    path: 'join/room-id',
    rule: 'LK-5',
    expect: 'accept',
    comment: 'the room id that a join key certifies',
    data: {
      joinKey: hex(joinKey),
      hashed: hex(concat(ascii('pug/1 room'), joinKey)),
      roomIdBytes: hex(roomId),
      roomId: b64u(roomId),
    },
  },
  proof('join', 'JN-1', 'join', joinKey, joinMessage, joinProof),
  proof('owner', 'JN-2', 'owner', ownerKey, ownerMessage, ownerProof),
  proof('of-another-nonce', 'JN-1', 'join', joinKey, joinMessage, signWith(joinSeed, otherNonce)),
  proof('of-the-owner-key', 'JN-1', 'join', joinKey, joinMessage, signWith(ownerSeed, joinMessage)),
  proof('of-an-owner-message', 'JN-1', 'join', joinKey, joinMessage, signWith(joinSeed, ownerMessage)),
  proof('of-a-join-message', 'JN-2', 'owner', ownerKey, ownerMessage, signWith(ownerSeed, joinMessage)),
  ...edgeVectors,
];
