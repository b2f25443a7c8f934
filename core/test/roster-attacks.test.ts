import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { CredentialTypeName, PublicKey } from 'ts-mls';
import { generateKeyPackageWithKey } from 'ts-mls/keyPackage.js';
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js';
import {
  deriveKeys,
  encodeBeat,
  encodeCommit,
  encodeFound,
  encodeWelcome,
  frameTypes,
  makeCredential,
  makeIdentity,
  openNumbered,
  type Ratchet,
  sealNumbered,
} from '../src/index.ts';
import { makeSuite } from '../src/ratchet/suite.ts';
import { Dice } from './dice.ts';
import { link, room } from './fixtures.ts';
import { Hall } from './hall.ts';
import { carelessRatchet, type Peer, ratchet } from './peer.ts';

// Rooms with real keys take their time on a busy machine.
setDefaultTimeout(60_000);

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

/** A room of these people, the first of them with a ratchet of its own. */
async function roomOf(count: number, own?: Ratchet): Promise<{ readonly hall: Hall; readonly peers: readonly Peer[] }> {
  const hall = new Hall(new Dice(count));
  await hall.join(own);
  for (let left = count - 1; left > 0; left--) await hall.join();
  expect(await hall.settle()).not.toBeNull();
  return { hall, peers: [...hall.peers] };
}

function at(peers: readonly Peer[], place: number): Peer {
  const peer = peers[place];
  if (peer === undefined) throw new Error('nobody is there');
  return peer;
}

const seatsOf = (peer: Peer) => peer.roster.leaves.map(({ member }) => member).toSorted((a, b) => a - b);

/** Seals a frame as `member`, as whoever holds this frame key could. */
function sealAs(member: number, type: number, body: Uint8Array, frameKey = room.frameKey): Promise<Uint8Array> {
  const sender = { frameKey, roomIdBytes: room.roomIdBytes, member };
  return sealNumbered({ ...sender, nonce: random(12), type, body, counter: 1_000_000 });
}

/** Everybody says something, and everybody else reads it. */
async function expectTalk(hall: Hall, peers: readonly Peer[]): Promise<void> {
  for (const peer of peers) peer.forgetTold();
  for (const peer of peers) await peer.say(`from ${peer.number}`);
  await hall.drain();
  for (const peer of peers) {
    const others = peers.filter((other) => other !== peer).map(({ number }) => `from ${number}`);
    expect(peer.told.texts.toSorted()).toEqual(others.toSorted());
    expect(peer.told.unreadable).toBe(0);
  }
}

describe('CR-9 a ghost', () => {
  const ghost = 99;

  /** A relay that knows all but the link: the room id, every number, every frame, the code. */
  test('CR-9 CR-12 a relay that tells of a member, and sends all it has ever seen in its name, adds nobody', async () => {
    const { hall, peers } = await roomOf(3);
    const before = at(peers, 0).view;
    hall.invent(ghost);
    const relay = await deriveKeys({ ...link, linkKey: random(32) });
    const identity = await makeIdentity();
    const credential = await makeCredential(
      { ...room, memberKey: relay.memberKey },
      ghost,
      random(16),
      identity.publicKey,
    );
    const { keyPackage } = await ratchet.makeCandidate(identity, credential);
    for (const { payload } of [...hall.recorded]) hall.broadcast(ghost, payload);
    hall.broadcast(ghost, await sealAs(ghost, frameTypes.keyPackage, keyPackage, relay.frameKey));
    await hall.pass(10_000);
    for (const peer of peers) {
      expect(peer.members.has(ghost)).toBe(true);
      expect(peer.view).toBe(before);
    }
  });

  test('CR-9 not even with the key of the envelope: what counts is the credential', async () => {
    const { hall, peers } = await roomOf(3);
    const before = at(peers, 0).view;
    hall.invent(ghost);
    const identity = await makeIdentity();
    const relay = await deriveKeys({ ...link, linkKey: random(32) });
    const forged = { ...room, memberKey: relay.memberKey };
    const credential = await makeCredential(forged, ghost, random(16), identity.publicKey);
    const { keyPackage } = await ratchet.makeCandidate(identity, credential);
    hall.broadcast(ghost, await sealAs(ghost, frameTypes.keyPackage, keyPackage));
    hall.broadcast(ghost, await sealAs(ghost, frameTypes.found, encodeFound({ groupId: random(16), keyPackage })));
    // Somebody else's good key package names somebody else.
    const other = hall.recorded.find(({ member }) => member === 2);
    const opened = other && (await openNumbered({ ...room, member: 2, payload: other.payload }));
    hall.broadcast(ghost, await sealAs(ghost, frameTypes.keyPackage, opened?.body ?? new Uint8Array()));
    await hall.pass(5_000);
    expect(at(peers, 0).view).toBe(before);
    await expectTalk(hall, peers);
  });

  test('CR-9 CR-11 an insider who adds a leaf without a credential is followed by nobody', async () => {
    const identity = await makeIdentity();
    const { keyPackage } = await carelessRatchet.makeCandidate(identity, random(36));
    let armed = false;
    const evil: Ratchet = {
      ...carelessRatchet,
      commit: (group, remove, add) => {
        const ghosts = armed ? [keyPackage] : [];
        armed = false;
        return carelessRatchet.commit(group, remove, [...add, ...ghosts]);
      },
    };
    const { hall, peers } = await roomOf(3, evil);
    armed = true;
    const newcomer = await hall.join();
    const honest = [at(peers, 1), at(peers, 2), newcomer];
    for (let second = 0; second < 60; second++) {
      await hall.pass(1000);
      for (const peer of honest)
        for (const leaf of peer.roster.leaves) expect(leaf.signatureKey).not.toEqual(identity.publicKey);
    }
    await expectTalkAmong(hall, honest);
  });
});

/** The honest ones read each other, whatever else they are sent. */
async function expectTalkAmong(hall: Hall, honest: readonly Peer[]): Promise<void> {
  expect(new Set(honest.map(({ view }) => view)).size).toBe(1);
  for (const peer of honest) peer.forgetTold();
  for (const peer of honest) expect(await peer.say(`from ${peer.number}`)).toBe(true);
  await hall.drain();
  for (const peer of honest) expect(peer.told.texts.length).toBe(honest.length - 1);
}

describe('CR-12 a removed member', () => {
  /** What `peer` makes of later frames, of which it gets those of these types. */
  async function overhears(
    peer: Peer,
    hall: Hall,
    after: number,
    types: readonly number[],
  ): Promise<readonly string[]> {
    peer.forgetTold();
    for (const { seq, member, payload } of hall.recorded.slice(after)) {
      const opened = await openNumbered({ ...room, member, payload });
      if (opened !== null && types.includes(opened.type))
        await peer.handle({ type: 'frame', seq, member, frame: payload, opened }, hall.nowMs);
    }
    return peer.told.texts;
  }

  const { message, commit, welcome, beat } = frameTypes;
  for (const types of [[message], [commit, message], [commit, welcome, beat, message]]) {
    for (const refill of [false, true]) {
      test(`CR-11 CR-12 reads nothing more from types ${types.join()}${refill ? ', its leaf filled anew by the same commit' : ''}`, async () => {
        const { hall, peers } = await roomOf(3);
        const removed = at(peers, 1);
        const seat = removed.roster.leaves.find((leaf) => leaf.member === removed.number)?.index;
        await at(peers, 0).say('while it was here');
        await hall.drain();
        const after = hall.recorded.length;
        hall.leave(removed);
        if (refill) await hall.join();
        await hall.settle();
        await at(peers, 0).say('secret');
        await at(peers, 2).say('secret as well');
        await hall.drain();
        expect(at(peers, 0).roster.leaves.some(({ index }) => index === seat)).toBe(refill);
        expect(removed.told.texts).toEqual(['while it was here']);
        expect(await overhears(removed, hall, after, types)).toEqual([]);
      });
    }
  }
});

describe('CR-12 CR-13 commits that nobody follows', () => {
  test('CR-12 a commit of somebody who is present and not in the group', async () => {
    const { hall, peers } = await roomOf(3);
    const outsider = await hall.join();
    outsider.outbox.length = 0;
    await hall.drain();
    const { agreement } = at(peers, 0).roster;
    if (agreement === null) throw new Error('there is no group');
    const before = at(peers, 0).view;
    const own = await ratchet.makeCandidate(
      outsider.identity,
      await makeCredential(room, outsider.number, random(16), outsider.identity.publicKey),
    );
    const commit = await ratchet.commit(await ratchet.found(agreement.groupId, own), [], []);
    const bytes = commit?.bytes ?? new Uint8Array();
    for (const epoch of [agreement.epoch, agreement.epoch + 1, 0, 2 ** 32 - 1])
      await outsider.send(0, frameTypes.commit, encodeCommit({ ...agreement, epoch, commit: bytes }));
    await hall.drain();
    for (const peer of peers) expect(peer.view).toBe(before);
  });

  interface Unfair {
    readonly name: string;
    /** What the insider makes of its commit: leaves to remove, key packages to add, given the others. */
    readonly remove?: (others: readonly Peer[]) => readonly number[];
    readonly add?: (others: readonly Peer[]) => Promise<readonly Uint8Array[]>;
  }
  /** A key package in the name of `member`, which everybody with the link can make. */
  async function inTheNameOf(member: number): Promise<Uint8Array> {
    const identity = await makeIdentity();
    const credential = await makeCredential(room, member, random(16), identity.publicKey);
    return (await ratchet.makeCandidate(identity, credential)).keyPackage;
  }
  const seatOf = (peer: Peer) => peer.roster.leaves.find(({ member }) => member === peer.number)?.index ?? -1;
  const unfair: readonly Unfair[] = [
    { name: 'removes a present member', remove: ([victim]) => (victim ? [seatOf(victim)] : []) },
    { name: 'removes all others', remove: (others) => others.map(seatOf) },
    { name: 'adds a present member once more', add: async ([victim]) => [await inTheNameOf(victim?.number ?? 0)] },
    { name: 'adds somebody twice', add: async () => [await inTheNameOf(77), await inTheNameOf(77)] },
  ];
  for (const { name, remove = () => [], add = async () => [] } of unfair) {
    test(`CR-13 a commit of an insider that ${name} is ignored by all alike`, async () => {
      let others: readonly Peer[] | null = null;
      const evil: Ratchet = {
        ...ratchet,
        commit: async (group, gone, asking) => {
          const victims = others ?? [];
          others = null;
          if (victims.length === 0) return ratchet.commit(group, gone, asking);
          return ratchet.commit(group, [...gone, ...remove(victims)], [...asking, ...(await add(victims))]);
        },
      };
      const { hall, peers } = await roomOf(4, evil);
      const honest = peers.slice(1);
      others = honest;
      const putOut: number[] = [];
      for (const peer of honest)
        peer.onRemoved = (removed, left) => {
          const gone = removed.filter((leaf) => !left.some(({ member }) => member === leaf.member));
          putOut.push(...gone.map(({ member }) => member));
        };
      const newcomer = await hall.join();
      await hall.pass(10_000);
      expect(putOut).toEqual([]);
      for (const peer of honest) expect(seatsOf(peer)).toEqual(hall.members as number[]);
      await expectTalkAmong(hall, honest);
      // The Welcome to the unfair epoch may have come first: the newcomer finds out by the beats of the others.
      hall.leave(at(peers, 0));
      await hall.pass(40_000);
      expect(hall.agreed).toBe(true);
      await expectTalkAmong(hall, [...honest, newcomer]);
    });
  }
});

describe('CR-12 what an insider sends to disturb', () => {
  /** What makes a key package misfit: capabilities of its own, or the encryption key of another leaf. */
  const misfits: readonly [string, readonly CredentialTypeName[], boolean][] = [
    ['that supports no credentials like ours', ['x509'], false],
    ['with a copy of another’s key', ['basic'], true],
  ];
  test.each(misfits)(
    'CR-11 CR-12 a key package %s does not keep the others out',
    async (_name, credentials, copies) => {
      const { hall, peers } = await roomOf(2);
      const evil = await hall.join();
      evil.outbox.length = 0;
      const suite = await makeSuite(random);
      const copied = (await copiedKeys(hall)).at(-1);
      // The leaf's key is written first, then the one that opens the Welcome.
      const written = copies && copied ? [copied] : [];
      const exportPublicKey = async (key: PublicKey) => written.pop() ?? suite.hpke.exportPublicKey(key);
      const { publicKey, signKey } = evil.identity;
      const { publicPackage } = await generateKeyPackageWithKey(
        {
          credentialType: 'basic',
          identity: await makeCredential(room, evil.number, random(16), publicKey),
        },
        {
          versions: ['mls10'],
          ciphersuites: [suite.name],
          extensions: [],
          proposals: [],
          credentials: [...credentials],
        },
        { notBefore: 0n, notAfter: 2n ** 63n },
        [],
        { publicKey, signKey },
        { ...suite, hpke: { ...suite.hpke, exportPublicKey } },
      );
      const bad = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage: publicPackage });
      await evil.send(0, frameTypes.keyPackage, bad);
      const good = [await hall.join(), await hall.join()];
      evil.timers.clear();
      await hall.drain();
      for (const peer of [...peers, ...good]) expect(seatsOf(peer)).toEqual([1, 2, 4, 5]);
      await expectTalk(hall, [...peers, ...good]);
    },
  );

  /** The encryption keys of those who asked to be let in: everybody in the room has seen them. */
  async function copiedKeys(hall: Hall): Promise<readonly Uint8Array[]> {
    const keys: Uint8Array[] = [];
    for (const { member, payload } of hall.recorded) {
      const opened = await openNumbered({ ...room, member, payload });
      if (opened?.type !== frameTypes.keyPackage) continue;
      const message = decodeMlsMessage(opened.body, 0)?.[0];
      if (message?.wireformat === 'mls_key_package') keys.push(message.keyPackage.leafNode.hpkePublicKey);
    }
    return keys;
  }

  const { found, commit, welcome, beat, keyPackage, message } = frameTypes;
  for (const [name, type] of Object.entries({ found, commit, welcome, beat, keyPackage, message })) {
    test(`CR-12 garbage in frames of type ${name}: nobody fails, all come to agree again`, async () => {
      const { hall, peers } = await roomOf(3);
      const dice = new Dice(type);
      const insider = at(peers, 2);
      for (let round = 0; round < 40; round++) {
        const { agreement, position } = insider.roster;
        const junk = dice.bytes(dice.below(120));
        const groupId = agreement?.groupId ?? dice.bytes(16);
        const epoch = (agreement?.epoch ?? 0) + dice.below(3);
        const seq = (position?.seq ?? 0) + dice.below(3) - 1;
        const bodies = [
          junk,
          encodeFound({ groupId: dice.bytes(16), keyPackage: junk }),
          encodeCommit({ groupId, epoch, commit: junk }),
          encodeWelcome({ seq: Math.max(0, seq), transcript: dice.bytes(32), welcome: junk }),
          encodeBeat({
            groupId,
            epoch,
            authenticator: dice.bytes(16),
            seq: Math.max(0, seq),
            transcript: dice.bytes(16),
          }),
        ];
        await insider.send(0, type, dice.pick(bodies) ?? junk);
        if (round % 10 === 0) await hall.join();
        await hall.drain();
      }
      for (const peer of hall.peers.slice(3)) hall.leave(peer);
      expect(await hall.settle()).not.toBeNull();
      await expectTalk(hall, peers);
    });
  }

  test('CR-12 a commit that opens and cannot be followed: the others begin anew, and the room is whole again', async () => {
    let armed = false;
    const evil: Ratchet = {
      ...ratchet,
      commit: (group, remove, add) => {
        if (!armed) return ratchet.commit(group, remove, add);
        armed = false;
        const keySchedule = { ...group.state.keySchedule, initSecret: new Uint8Array(64) };
        return ratchet.commit({ state: { ...group.state, keySchedule } }, remove, add);
      },
    };
    const { hall, peers } = await roomOf(3, evil);
    armed = true;
    await hall.join();
    expect(await hall.settle()).not.toBeNull();
    await expectTalk(hall, [...hall.peers]);
    expect(hall.peers).toContain(at(peers, 1));
  });

  test('CR-12 a FOUND of a group that nobody keeps does not hold the room up', async () => {
    const { hall, peers } = await roomOf(3);
    const insider = at(peers, 2);
    const credential = await makeCredential(room, insider.number, random(16), insider.identity.publicKey);
    const candidate = await ratchet.makeCandidate(insider.identity, credential);
    await insider.send(0, frameTypes.found, encodeFound({ groupId: random(16), keyPackage: candidate.keyPackage }));
    expect(await hall.settle()).not.toBeNull();
    await expectTalk(hall, peers);
  });

  test('CR-11 a message signed by one member and sent under the number of another is unreadable', async () => {
    const { hall, peers } = await roomOf(3);
    const [insider, victim, reader] = [at(peers, 0), at(peers, 1), at(peers, 2)];
    const made = await insider.roster.protect(new Uint8Array(256), 'text');
    hall.broadcast(victim.number, await sealAs(victim.number, frameTypes.message, made?.body ?? new Uint8Array()));
    await hall.drain();
    expect(reader.told).toEqual({ texts: [], unreadable: 1, forked: 0 });
  });
});
