/** Our ratchet with an independent implementation of RFC 9420 (../mls-peer), in the suite that every implementation has. */
import { afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { getCiphersuiteFromName, getCiphersuiteImpl } from 'ts-mls';
import { makeRatchet } from '../src/ratchet/ratchet.ts';
import { buildPeer, hasCargo, type Member, ours, theirs } from './mls-peer.ts';

const buildTimeoutMs = 600_000;
const suite = getCiphersuiteFromName('MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519');
const ratchet = makeRatchet(await getCiphersuiteImpl(suite), async () => true);
const groupId = Uint8Array.from({ length: 16 }, (_, at) => 0x40 + at);
const aad = new TextEncoder().encode('what both sign');

let program = '';
let started: Member[] = [];
let seats = 0;

type Side = 'ours' | 'theirs';

/** A new member with a credential of its own. */
function seat(side: Side): Member {
  const credential = new TextEncoder().encode(`${side} ${++seats}`);
  const member = side === 'ours' ? ours(ratchet, credential) : theirs(program, credential);
  started.push(member);
  return member;
}

/** One commit by `by`: everybody else follows it, those in `add` join by its Welcome. Gives who is in the room then. */
async function change(
  members: readonly Member[],
  by: Member,
  remove: readonly Member[],
  add: readonly Member[],
): Promise<Member[]> {
  const leaves = await Promise.all(remove.map((member) => leafOf(by, member)));
  const packages = await Promise.all(add.map((member) => member.keyPackage()));
  const { bytes, welcome } = await by.commit(leaves, packages);
  for (const member of members) {
    if (member !== by) expect(await member.process(bytes)).toBe(remove.includes(member) ? 'out' : 'followed');
  }
  expect(welcome === null).toBe(add.length === 0);
  if (welcome !== null) for (const member of add) await member.join(welcome);
  const stayed = members.filter((member) => !remove.includes(member));
  await agree([...stayed, ...add]);
  return [...stayed, ...add];
}

async function leafOf(by: Member, member: Member): Promise<number> {
  const wanted = `:${Buffer.from(member.credential).toString('hex')}`;
  const entry = (await by.roster()).find((line) => line.endsWith(wanted));
  return Number(entry?.split(':')[0]);
}

/** One epoch, one authenticator, one roster: the room's members and nobody else. */
async function agree(members: readonly Member[]): Promise<void> {
  const [authenticators, rosters] = [new Set<string>(), new Set<string>()];
  for (const member of members) {
    authenticators.add(await member.authenticator());
    rosters.add((await member.roster()).join(' '));
  }
  expect([...authenticators]).toHaveLength(1);
  expect([...rosters]).toHaveLength(1);
  const listed = [...rosters][0]?.split(' ').map((line) => line.split(':')[1]);
  expect(listed?.sort()).toEqual(members.map(({ credential }) => Buffer.from(credential).toString('hex')).sort());
}

/** Everyone says something, and every other reads it as said by that one. */
async function talk(members: readonly Member[]): Promise<void> {
  for (const [at, speaker] of members.entries()) {
    const text = new TextEncoder().encode(`line ${at}`);
    const sealed = await speaker.protect(text, aad);
    for (const reader of members) {
      if (reader !== speaker)
        expect(await reader.unprotect(sealed)).toEqual({ credential: speaker.credential, text, aad });
    }
  }
}

async function founded(side: Side): Promise<Member> {
  const founder = seat(side);
  await founder.create(groupId);
  return founder;
}

/** The numbers of mulberry32: the same steps for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

if (!hasCargo) console.warn('mls-interop: not run: cargo is missing');

const it = test.skipIf(!hasCargo);

describe('CR-11 CR-12 with an independent implementation', () => {
  beforeAll(() => {
    if (hasCargo) program = buildPeer();
  }, buildTimeoutMs);

  afterEach(async () => {
    for (const member of started) await member.stop();
    started = [];
  });

  for (const [founder, other] of [
    ['ours', 'theirs'],
    ['theirs', 'ours'],
  ] as const) {
    it(`CR-11 CR-12 ${founder} founds: add, messages both ways, paths, remove`, async () => {
      const [first, second, third] = [await founded(founder), seat(other), seat(other)];
      let room = await change([first], first, [], [second]);
      await talk(room);
      room = await change(room, second, [], [third]);
      for (const by of room) {
        room = await change(room, by, [], []);
        await talk(room);
      }
      room = await change(room, first, [second], []);
      await talk(room);
      await expect(second.unprotect(await first.protect(aad, aad))).rejects.toThrow();
    });

    it(`CR-11 CR-12 ${founder} founds, an added one removes the founder`, async () => {
      const [first, second, third] = [await founded(founder), seat(other), seat(founder)];
      let room = await change([first], first, [], [second, third]);
      room = await change(room, second, [first], []);
      await talk(room);
      await expect(first.unprotect(await second.protect(aad, aad))).rejects.toThrow();
    });

    it(`CR-11 ${founder}: lost messages are skipped over, late ones of the epoch before are read`, async () => {
      const first = await founded(founder);
      const second = seat(other);
      let room = await change([first], first, [], [second]);
      for (const [speaker, reader] of [
        [first, second],
        [second, first],
      ] as const) {
        for (let lost = 0; lost < 16; lost++) await speaker.protect(aad, aad);
        expect((await reader.unprotect(await speaker.protect(aad, aad))).text).toEqual(aad);
        const late = await speaker.protect(aad, new Uint8Array());
        room = await change(room, speaker, [], []);
        expect(await reader.unprotect(late)).toEqual({
          credential: speaker.credential,
          text: aad,
          aad: new Uint8Array(),
        });
        await expect(reader.unprotect(late)).rejects.toThrow();
      }
    });
  }

  it('CR-11 CR-12 two of ours and two of theirs: batched adds, paths, removes, leaves refilled', async () => {
    const [ana, ben, cai, dee, eva, flo] = [
      await founded('ours'),
      seat('theirs'),
      seat('ours'),
      seat('theirs'),
      seat('ours'),
      seat('theirs'),
    ];
    let room = await change([ana], ana, [], [ben, cai, dee]);
    await talk(room);
    for (const by of [dee, cai, ben, ana]) room = await change(room, by, [], []);
    await talk(room);
    room = await change(room, ben, [cai], [eva]);
    await talk(room);
    room = await change(room, ana, [dee], [flo]);
    await talk(room);
    const sealed = await flo.protect(aad, aad);
    for (const gone of [cai, dee]) await expect(gone.unprotect(sealed)).rejects.toThrow();
    room = await change(room, eva, [ana, flo], []);
    await talk(room);
  });

  // RFC 9420 section 7.4 ends the path at the last parent that is not blank; ts-mls 1.6.4 always takes one step more to the root.
  // Ours agree with each other all the same. When this fails, the library was put right: take the test away.
  it('CR-11 one known difference: nobody in one half of the tree, and the path ends below the root', async () => {
    const [ana, ben, cai, dee] = [await founded('ours'), seat('ours'), seat('ours'), seat('ours')];
    await change(await change([ana], ana, [], [ben, cai, dee]), cai, [ana, ben], []);
    const [eva, flo, gil, hal] = [await founded('ours'), seat('theirs'), seat('ours'), seat('theirs')];
    await change([eva], eva, [], [flo, gil, hal]);
    const { bytes } = await gil.commit([0, 1], []);
    await expect(hal.process(bytes)).rejects.toThrow('invalid confirmation tag');
  });

  for (const seed of [1, 2, 3]) {
    it(`CR-11 a random walk of thirty commits, up to nine members, seed ${seed}`, async () => {
      const below = numbers(seed);
      const side = (): Side => (below(2) === 0 ? 'ours' : 'theirs');
      let room = [await founded(side())];
      for (let step = 0; step < 30; step++) {
        const by = room[below(room.length)] ?? seat('ours');
        const others = room.filter((member) => member !== by);
        // Two stay at least: ours refuses to go on in a group of one.
        const remove = others.slice(1).filter(() => below(5) === 0);
        const free = 9 - room.length + remove.length;
        const add = Array.from({ length: Math.min(free, below(3)) }, () => seat(side()));
        room = await change(room, by, remove, add);
        if (step % 6 === 5) await talk(room);
      }
    }, 60_000);
  }
});
