import { describe, expect, test } from 'bun:test';
import { concat, u32 } from '@pug/wire';
import type { Change, Claim, Seated } from '../src/index.ts';
import { isFair, memberOf, planFor } from '../src/index.ts';

/** A claim of `member`, signing with key number `key`. */
function claim(member: number, key = member): Claim {
  return { credential: concat(u32(member), new Uint8Array(32)), signatureKey: new Uint8Array(32).fill(key) };
}

/** A leaf at index `member`. */
function leaf(member: number, key = member): Seated {
  return { ...claim(member, key), index: member, member };
}

const three = [leaf(2), leaf(5), leaf(7)];

describe('CR-12 the plan', () => {
  interface Case {
    readonly name: string;
    readonly members: readonly number[];
    readonly leaves?: readonly Seated[];
    readonly waiting?: readonly Claim[];
    /** Numbers of the leaves to remove, or null for no plan. */
    readonly gone: readonly number[] | null;
    /** Ranks of 2, 5 and 7. */
    readonly ranks?: readonly [number, number, number];
  }
  const cases: readonly Case[] = [
    { name: 'nothing to do when the tree is the members', members: [2, 5, 7], gone: null },
    { name: 'nothing to do for a member who has not asked', members: [2, 5, 7, 9], gone: null },
    { name: 'lets in who asks', members: [2, 5, 7, 9], waiting: [claim(9)], gone: [], ranks: [0, 1, 2] },
    { name: 'removes who left', members: [2, 5], gone: [7], ranks: [0, 1, -1] },
    { name: 'the next one commits when the earliest left', members: [5, 7], gone: [2], ranks: [-1, 0, 1] },
    {
      name: 'who asks anew is removed and added',
      members: [2, 5, 7],
      waiting: [claim(2)],
      gone: [2],
      ranks: [-1, 0, 1],
    },
    {
      name: 'the same key under a new number replaces the old',
      members: [2, 5, 7, 9],
      waiting: [claim(9, 5)],
      gone: [5],
      ranks: [0, -1, 1],
    },
    {
      name: 'nobody can commit when all ask anew',
      members: [2, 5, 7],
      waiting: [claim(2), claim(5), claim(7)],
      gone: [2, 5, 7],
      ranks: [-1, -1, -1],
    },
    { name: 'everybody else left', members: [7], gone: [2, 5], ranks: [-1, -1, 0] },
    {
      name: 'the order in the tree does not matter',
      leaves: three.toReversed(),
      members: [2, 5, 7, 9],
      waiting: [claim(9)],
      gone: [],
      ranks: [0, 1, 2],
    },
  ];
  test.each(cases)('CR-12 $name', ({ members, leaves = three, waiting = [], gone, ranks = [-1, -1, -1] }) => {
    for (const [at, self] of [2, 5, 7].entries()) {
      const plan = planFor(self, leaves, members, waiting);
      const numbers = plan?.gone.map(({ member }) => member).toSorted((a, b) => a - b) ?? null;
      expect(numbers).toEqual(gone === null ? null : [...gone]);
      if (plan !== null) expect(plan.rank).toBe(ranks[at] ?? -1);
    }
  });

  test('CR-12 exactly one member is first, unless nobody can commit', () => {
    for (let absent = 0; absent < 8; absent++) {
      const members = [2, 5, 7].filter((_, bit) => (absent & (1 << bit)) === 0);
      const ranks = members.map((self) => planFor(self, three, members, [claim(9)])?.rank);
      expect(ranks.filter((rank) => rank === 0).length).toBe(members.length > 0 ? 1 : 0);
    }
  });
});

describe('CR-13 fair commits', () => {
  interface Case {
    readonly name: string;
    readonly removed?: readonly number[];
    readonly added?: readonly Claim[];
    readonly fair: boolean;
  }
  /** 7 has left. */
  const members = [2, 5, 9];
  const cases: readonly Case[] = [
    { name: 'nothing but a path', fair: true },
    { name: 'adding who asks', added: [claim(9)], fair: true },
    { name: 'removing who left', removed: [7], fair: true },
    { name: 'both at once', removed: [7], added: [claim(9)], fair: true },
    { name: 'leaving who left for later', added: [claim(9)], fair: true },
    { name: 'renewing a present member', removed: [5], added: [claim(5)], fair: true },
    { name: 'the same key under its new number', removed: [5], added: [claim(9, 5)], fair: true },
    { name: 'removing a present member', removed: [5], fair: false },
    { name: 'removing a present member beside one who left', removed: [5, 7], fair: false },
    { name: 'removing a present member and adding another', removed: [5], added: [claim(9)], fair: false },
    { name: 'adding a member who is in', added: [claim(5)], fair: false },
    { name: 'adding a member who is in under another key', added: [claim(5, 1)], fair: false },
    { name: 'adding somebody twice', added: [claim(9), claim(9, 1)], fair: false },
    { name: 'renewing twice', removed: [5], added: [claim(5), claim(5, 1)], fair: false },
  ];
  test.each(cases)('CR-13 $name: $fair', ({ removed = [], added = [], fair }) => {
    const change: Change = { removed, added };
    expect(isFair(three, members, change)).toBe(fair);
    expect(isFair(three.toReversed(), members.toReversed(), change)).toBe(fair);
  });
});

test('CR-9 the member a credential names is its first four bytes, and 0 when there are not as many', () => {
  expect(memberOf(claim(2 ** 32 - 1).credential)).toBe(2 ** 32 - 1);
  for (let length = 0; length < 4; length++) expect(memberOf(new Uint8Array(length).fill(1))).toBe(0);
});
