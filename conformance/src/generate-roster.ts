/** Vectors of what members agree by: credentials (CR-8, CR-9), bodies of frames (CR-10), the transcript (CR-14). */
import { createHmac } from 'node:crypto';
import { hkdf } from './generate-keys.ts';
import { linkKey } from './generate-link.ts';
import { ascii, big, concat, fixed, hex, type Json, sha256, type Vector } from './vector.ts';

type Data = { readonly [name: string]: Json };

const memberKey = hkdf(linkKey, 'pug/1 member');
const roomId = fixed('credential room', 16);
const random = fixed('credential random', 16);
const signatureKey = fixed('credential key', 32);

function credentialOf(member: number): Uint8Array {
  const claim = concat(big(member, 4), random);
  const mac = createHmac('sha256', memberKey)
    .update(concat(ascii('pug/1 member'), roomId, claim, signatureKey))
    .digest();
  return concat(claim, mac.subarray(0, 16));
}

const whole = { linkKey: hex(linkKey), roomId: hex(roomId), signatureKey: hex(signatureKey) };

function good(name: string, comment: string, member: number): Vector {
  const data = { ...whole, member, random: hex(random), credential: hex(credentialOf(member)) };
  return { path: `credential/${name}`, rule: ['CR-8', 'CR-9'], expect: 'accept', comment, data };
}

function bad(name: string, comment: string, credential: Uint8Array, changed: Data = {}): Vector {
  const data = { ...whole, ...changed, credential: hex(credential) };
  return { path: `credential/${name}`, rule: 'CR-9', expect: 'refuse', comment, data };
}

const three = credentialOf(3);

/** The credential with the last bit of the byte at `at` turned. */
function flipped(at: number): Uint8Array {
  return three.map((byte, index) => (index === at ? byte ^ 1 : byte));
}

const credentials: readonly Vector[] = [
  good('good', 'the credential of member 3', 3),
  good('largest-member', 'the largest member number', 2 ** 32 - 1),
  bad('other-member', 'relabelled to member 2', flipped(3)),
  bad('other-random', 'other random bytes', flipped(4)),
  bad('other-check', 'the last bit of the check', flipped(35)),
  bad('other-room', 'carried to another room', three, { roomId: hex(fixed('other room', 16)) }),
  bad('other-key', 'with another signature key', three, { signatureKey: hex(fixed('other key', 32)) }),
  bad('other-link', 'made with another link', three, { linkKey: hex(fixed('other', 32)) }),
  bad('member-0', 'member 0 is nobody', credentialOf(0)),
  bad('cut-off', 'the last byte is missing', three.subarray(0, -1)),
  bad('lengthened', 'one byte more', concat(three, new Uint8Array(1))),
  bad('empty', 'no bytes at all', new Uint8Array(0)),
];

const groupId = fixed('group', 16);
const some = fixed('an MLSMessage', 40);
const tag = (label: string) => fixed(label, 16);

function body(name: string, comment: string, bytes: Uint8Array, fields: Data): Vector {
  const data = { body: name, bytes: hex(bytes), fields };
  return { path: `bodies/${name}`, rule: 'CR-10', expect: 'accept', comment, data };
}

function noBody(kind: string, name: string, comment: string, bytes: Uint8Array): Vector {
  const data = { body: kind, bytes: hex(bytes) };
  return { path: `bodies/${kind}-${name}`, rule: 'CR-10', expect: 'refuse', comment, data };
}

const beat = concat(groupId, big(4, 4), tag('authenticator'), big(9, 4), tag('tag'));

const bodies: readonly Vector[] = [
  body('found', 'a new group', concat(groupId, some), { groupId: hex(groupId), keyPackage: hex(some) }),
  body('commit', 'from epoch 4 to the next', concat(groupId, big(4, 4), some), {
    groupId: hex(groupId),
    epoch: 4,
    commit: hex(some),
  }),
  body('welcome', 'for whom the commit at 9 added', concat(big(9, 4), fixed('transcript', 32), some), {
    seq: 9,
    transcript: hex(fixed('transcript', 32)),
    welcome: hex(some),
  }),
  body('beat', 'where its sender is', beat, {
    groupId: hex(groupId),
    epoch: 4,
    authenticator: hex(tag('authenticator')),
    seq: 9,
    transcript: hex(tag('tag')),
  }),
  noBody('found', 'empty', 'a group and no key package', groupId),
  noBody('commit', 'empty', 'an epoch and no commit', concat(groupId, big(4, 4))),
  noBody('welcome', 'empty', 'a transcript and no Welcome', concat(big(9, 4), fixed('transcript', 32))),
  noBody('beat', 'cut-off', 'the last byte is missing', beat.subarray(0, -1)),
  noBody('beat', 'lengthened', 'one byte more', concat(beat, new Uint8Array(1))),
];

interface Step {
  readonly kind: 'frame' | 'join' | 'leave' | 'lock';
  /** For a lock: 1 or 0. */
  readonly member: number;
  readonly frame?: Uint8Array;
}

const kinds = { frame: 1, join: 2, leave: 3, lock: 4 } as const;

/** The events after the one at `seq`, with the hash after each. */
function chain(
  name: string,
  comment: string,
  seq: number,
  start: Uint8Array,
  given: Data,
  steps: readonly Step[],
): Vector {
  let hash = start;
  const events = steps.map(({ kind, member, frame }, at): Data => {
    const place = concat(big(seq + 1 + at, 4), big(kinds[kind], 1), big(member, 4));
    hash = sha256(ascii('pug/1 transcript'), hash, place, frame ?? new Uint8Array(0));
    const what = frame === undefined ? { member } : { member, frame: hex(frame) };
    return { kind, seq: seq + 1 + at, ...what, hash: hex(hash) };
  });
  const data = { ...given, seq, start: hex(start), events };
  return { path: `transcript/${name}`, rule: 'CR-14', expect: 'accept', comment, data };
}

const carried = fixed('carried transcript', 32);

const transcripts: readonly Vector[] = [
  chain(
    'founded',
    'from the FOUND on: every kind of event',
    2,
    sha256(ascii('pug/1 transcript'), groupId),
    { groupId: hex(groupId) },
    [
      { kind: 'join', member: 2 },
      { kind: 'frame', member: 2, frame: fixed('frame', 300) },
      { kind: 'frame', member: 1, frame: fixed('another frame', 20) },
      { kind: 'lock', member: 1 },
      { kind: 'leave', member: 2 },
      { kind: 'lock', member: 0 },
    ],
  ),
  chain('welcomed', 'from what a WELCOME carried on', 4_000_000_000, carried, {}, [
    { kind: 'frame', member: 2 ** 32 - 1, frame: fixed('frame', 1) },
    { kind: 'frame', member: 1, frame: new Uint8Array(0) },
  ]),
];

export const rosterVectors: readonly Vector[] = [...credentials, ...bodies, ...transcripts];
