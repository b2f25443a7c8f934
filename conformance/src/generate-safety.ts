/** Vectors of the safety code (CR-15): the list of symbols, and codes in numbers of words and in symbols. */
import { pbkdf2Sync } from 'node:crypto';
import { ascii, concat, fixed, hex, type Vector } from './vector.ts';

const symbols: readonly string[] = [
  ...['🐶', '🐱', '🦁', '🐴', '🦄', '🐷', '🐘', '🐰'],
  ...['🐼', '🐓', '🐧', '🐢', '🐟', '🐙', '🦋', '🐞'],
  ...['🌷', '🌳', '🌵', '🍄', '🌍', '🌙', '⭐', '🔥'],
  ...['🌈', '⚡', '🌂', '⛄', '🍎', '🍌', '🍓', '🌽'],
  ...['🍕', '🎂', '☕', '🥕', '🚂', '🚲', '🚀', '⛵'],
  ...['🚁', '🏠', '⛺', '🗽', '⚓', '🔑', '🔔', '🔨'],
  ...['💡', '📖', '✂️', '📌', '🎁', '🎈', '🎸', '🎺'],
  ...['⚽', '🏆', '👓', '🎩', '👑', '💍', '⏰', '🧲'],
];

/** The first `count` numbers of `width` bits. */
function numbers(bytes: Uint8Array, count: number, width: number): readonly number[] {
  const all = BigInt(`0x${hex(bytes)}`);
  const total = 8 * bytes.length;
  return Array.from({ length: count }, (_, at) =>
    Number((all >> BigInt(total - width * (at + 1))) & ((1n << BigInt(width)) - 1n)),
  );
}

const roomId = fixed('safety room', 16);
const groupId = fixed('safety group', 16);

function code(name: string, comment: string, keys: readonly Uint8Array[], group = groupId, room = roomId): Vector {
  const password = concat(...keys.toSorted(Buffer.compare), ascii('pug/1 safety'));
  const bytes = new Uint8Array(pbkdf2Sync(password, concat(room, group), 100_000, 11, 'sha256'));
  const data = {
    roomId: hex(room),
    groupId: hex(group),
    signatureKeys: keys.map(hex),
    bytes: hex(bytes),
    words: numbers(bytes, 8, 11),
    symbols: numbers(bytes, 14, 6).map((at) => symbols[at] ?? ''),
  };
  return { path: `safety/${name}`, rule: 'CR-15', expect: 'accept', comment, data };
}

const keys = [1, 2, 3].map((nth) => fixed(`safety key ${nth}`, 32));

export const safetyVectors: readonly Vector[] = [
  {
    path: 'safety/symbols',
    rule: 'CR-15',
    expect: 'accept',
    comment: 'the 64 symbols, in order',
    data: { list: symbols },
  },
  code('three', 'the code of three members', keys),
  code('three-other-order', 'the same keys in another order give the same code', keys.toReversed()),
  code('two', 'one member fewer gives another code', keys.slice(1)),
  code('one', 'somebody alone', keys.slice(0, 1)),
  code('other-group', 'the same members in another group', keys, fixed('other group', 16)),
  code('other-room', 'the same members in another room', keys, groupId, fixed('other room', 16)),
];
