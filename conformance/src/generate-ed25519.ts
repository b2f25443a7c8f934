/**
 * Vectors of JN-3: signatures on which implementations of Ed25519 disagree, after the cases that Chalkias, Garillot and Nikolaenko
 * published in "Taming the many EdDSAs" (2020). All of them are made here, from fixed seeds, and judged by `verify`.
 */
import {
  add,
  base,
  challengeOf,
  decodePoint,
  encodePoint,
  fromLittleEndian,
  groupOrder,
  identity,
  littleEndian,
  multiply,
  negate,
  type Point,
  p,
  scalarOf,
  verify,
} from './ed25519.ts';
import { pointOfOrder8 } from './edge-keys.ts';
import { ascii, concat, fixed, hex, unhex, type Vector } from './vector.ts';

const secret = scalarOf(fixed('ed25519 seed', 32));
const publicPoint = multiply(base, secret);
const publicKey = encodePoint(publicPoint);
const torsion = pointOfOrder8();
const signBit = 2n ** 255n;

const isIdentity = ({ x, y }: Point) => x === 0n && y === 1n;
const mod = (value: bigint) => ((value % groupOrder) + groupOrder) % groupOrder;
const messageOf = (name: string, count: number) => concat(ascii('pug/1 join'), fixed(`${name} ${count}`, 48));

interface Signed {
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** What a forger chooses: a key and its secret scalar, the spelling and the scalar of R, and what `h` must satisfy for the case to be the wanted one. */
interface Forgery {
  readonly key: Uint8Array;
  readonly scalar: bigint;
  readonly r: bigint;
  readonly spelling: Uint8Array;
  readonly isWanted: (h: bigint) => boolean;
}

/** Tries messages until `h` is as wanted, and signs: S = r + h·a. */
function forge(name: string, { key, scalar, r, spelling, isWanted }: Forgery): Signed {
  for (let count = 0; ; count++) {
    const message = messageOf(name, count);
    const h = challengeOf(spelling, key, message);
    if (isWanted(h)) return { key, message, signature: concat(spelling, littleEndian(mod(r + h * scalar))) };
  }
}

function edge(name: string, expect: Vector['expect'], comment: string, { key, message, signature }: Signed): Vector {
  if (verify(key, message, signature) !== (expect === 'accept')) throw new Error(`${name} is not what it says`);
  const error = expect === 'refuse' ? { error: 'proof_rejected' } : {};
  const data = { key: hex(key), message: hex(message), signature: hex(signature) };
  return { path: `join/ed25519-${name}`, rule: 'JN-3', expect, ...error, comment, data };
}

const r = BigInt(`0x${hex(fixed('ed25519 r', 31))}`);
const plainR = encodePoint(multiply(base, r));
const always = () => true;

function plain(name: string): Signed {
  return forge(name, { key: publicKey, scalar: secret, r, spelling: plainR, isWanted: always });
}

/** A key with a part of small order: nobody can tell it from its look. */
const mixedPoint = add(publicPoint, torsion);
const mixedKey = encodePoint(mixedPoint);

function mixed(name: string, torsionOfR: Point, scalarOfR: bigint, holds: boolean): Signed {
  const spelling = encodePoint(add(multiply(base, scalarOfR), torsionOfR));
  // The equation holds without the cofactor when the small parts cancel: R's and h times A's.
  const cancels = (h: bigint) => isIdentity(add(torsionOfR, multiply(torsion, h % 8n)));
  return forge(name, { key: mixedKey, scalar: secret, r: scalarOfR, spelling, isWanted: (h) => cancels(h) === holds });
}

/** Every spelling of a point of small order, with what it is. A key like this verifies a signature that anybody makes. */
function smallOrderKeys(): readonly Vector[] {
  const order8 = [torsion.y, p - torsion.y];
  const spellings: readonly (readonly [string, bigint])[] = [
    ['order-1', 1n],
    ['order-1-sign-bit', 1n | signBit],
    ['order-2', p - 1n],
    ['order-2-sign-bit', (p - 1n) | signBit],
    ['order-4', 0n],
    ['order-4-sign-bit', signBit],
    ...order8.flatMap((y, at): [string, bigint][] => [
      [`order-8-${'ab'[at]}`, y],
      [`order-8-${'ab'[at]}-sign-bit`, y | signBit],
    ]),
    ['order-4-y-p', p],
    ['order-4-y-p-sign-bit', p | signBit],
    ['order-1-y-p-plus-1', p + 1n],
    ['order-1-y-p-plus-1-sign-bit', (p + 1n) | signBit],
  ];
  return spellings.map(([name, value]) => {
    const forgery = {
      key: littleEndian(value),
      scalar: 0n,
      r,
      spelling: plainR,
      isWanted: (h: bigint) => h % 8n === 0n,
    };
    const comment = 'a key of small order: without the check of the key this signature of nobody verifies';
    return edge(`key-${name}`, 'refuse', comment, forge(name, forgery));
  });
}

/** Signatures whose R is of small order in some spelling: S = h·a, so that [S]B − [h]A is the identity. */
function identityR(name: string, spelling: Uint8Array): Signed {
  return forge(name, { key: publicKey, scalar: secret, r: 0n, spelling, isWanted: always });
}

function withS(name: string, change: (s: bigint) => bigint): Signed {
  const signed = plain(name);
  const s = fromLittleEndian(signed.signature.subarray(32));
  return { ...signed, signature: concat(signed.signature.subarray(0, 32), littleEndian(change(s))) };
}

function notOnCurve(): Uint8Array {
  for (let y = 2n; ; y++) if (decodePoint(littleEndian(y)) === null) return littleEndian(y);
}

/** RFC 8032 section 7.1, test 2. */
const published: Signed = {
  key: unhex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'),
  message: unhex('72'),
  signature: unhex(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ),
};

const canonical: readonly Vector[] = [
  edge('published', 'accept', 'RFC 8032 section 7.1, test 2', published),
  edge('plain', 'accept', 'an ordinary signature', plain('plain')),
  edge('other-message', 'refuse', 'of another message', { ...plain('plain'), message: messageOf('plain', -1) }),
  edge('zeros', 'refuse', '64 zero bytes', { ...plain('plain'), signature: new Uint8Array(64) }),
  edge('key-not-on-curve', 'refuse', 'no point has this y', { ...plain('plain'), key: notOnCurve() }),
  edge('key-negated', 'refuse', 'the key with the other sign bit', {
    ...plain('plain'),
    key: encodePoint(negate(publicPoint)),
  }),
];

const mixedOrder: readonly Vector[] = [
  edge(
    'mixed-key',
    'accept',
    'a key of mixed order where the small parts cancel',
    mixed('mixed key', identity, r, true),
  ),
  edge(
    'mixed-key-cofactored',
    'refuse',
    'holds only when multiplied by the cofactor',
    mixed('mixed key 8', identity, r, false),
  ),
  edge(
    'mixed-both',
    'accept',
    'key and R of mixed order, the small parts cancel',
    mixed('mixed both', torsion, r, true),
  ),
  edge(
    'mixed-both-cofactored',
    'refuse',
    'key and R of mixed order, holds only with the cofactor',
    mixed('mixed both 8', torsion, r, false),
  ),
  edge(
    'mixed-key-small-r',
    'accept',
    'R of small order is no fault: only keys are judged by it',
    mixed('small r', torsion, 0n, true),
  ),
  edge(
    'mixed-r-cofactored',
    'refuse',
    'R of mixed order under an ordinary key holds only with the cofactor',
    forge('mixed r', {
      key: publicKey,
      scalar: secret,
      r,
      spelling: encodePoint(add(multiply(base, r), torsion)),
      isWanted: always,
    }),
  ),
];

const spellings: readonly Vector[] = [
  edge(
    'r-identity',
    'accept',
    'R is the identity in its canonical spelling',
    identityR('r identity', encodePoint(identity)),
  ),
  edge(
    'r-identity-sign-bit',
    'refuse',
    'R is the identity with a sign bit that no x has',
    identityR('r sign', littleEndian(1n | signBit)),
  ),
  edge('r-identity-y-p-plus-1', 'refuse', 'R is the identity with y = p + 1', identityR('r p+1', littleEndian(p + 1n))),
  edge(
    's-plus-order',
    'refuse',
    'S + L is the same number modulo L',
    withS('s + l', (s) => s + groupOrder),
  ),
  edge(
    's-plus-8-orders',
    'refuse',
    'S + 8·L sets a high bit',
    withS('s + 8l', (s) => s + 8n * groupOrder),
  ),
  edge(
    's-is-order',
    'refuse',
    'S = L',
    withS('s = l', () => groupOrder),
  ),
  edge(
    's-all-ones',
    'refuse',
    'S of 32 bytes of 255',
    withS('s = max', () => 2n ** 256n - 1n),
  ),
  edge(
    's-negated',
    'refuse',
    'L − S',
    withS('l - s', (s) => groupOrder - s),
  ),
];

export const edgeVectors: readonly Vector[] = [...canonical, ...mixedOrder, ...spellings, ...smallOrderKeys()];
