import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { toBase64url } from '@pug/wire';
import { type Candidate, frameTypes, type Group, personaOf, type Ratchet } from '../src/index.ts';
import { beatMs, healMs, turnMs, welcomeTimeoutMs } from '../src/roster/log.ts';
import { Dice } from './dice.ts';
import { Hall } from './hall.ts';
import { type Peer, ratchet } from './peer.ts';

// Rooms with real keys take their time on a busy machine.
setDefaultTimeout(60_000);

/** A room of so many people who all agree. */
async function roomOf(count: number, seed = count): Promise<{ readonly hall: Hall; readonly peers: readonly Peer[] }> {
  const hall = new Hall(new Dice(seed));
  for (let left = count; left > 0; left--) await hall.join();
  expect(await hall.settle()).not.toBeNull();
  return { hall, peers: [...hall.peers] };
}

/** The one at this place, who must be there. */
function at(peers: readonly Peer[], place: number): Peer {
  const peer = peers[place];
  if (peer === undefined) throw new Error('nobody is there');
  return peer;
}

const epochOf = (peer: Peer) => peer.roster.agreement?.epoch ?? -1;

describe('CR-12 people come and go', () => {
  test('CR-12 whoever is alone founds, whoever is not asks, and one commit lets all in who ask at once', async () => {
    const hall = new Hall(new Dice(1));
    await hall.join();
    await hall.drain();
    expect(hall.agreed).toBe(true);
    for (let count = 0; count < 4; count++) await hall.join();
    expect(await hall.settle()).toBe(0);
    expect(hall.committers.length).toBeLessThanOrEqual(2);
  });

  test('CR-12 who comes before the founder is heard is let in once', async () => {
    const hall = new Hall(new Dice(1));
    await hall.join();
    await hall.join();
    expect(await hall.settle()).toBe(0);
    expect(hall.committers.length).toBe(1);
    const asked = hall.recorded.filter(({ payload }) => payload[1] === frameTypes.keyPackage);
    expect(asked).toHaveLength(1);
  });

  test('CR-12 every text reaches all others, and the one who says it only by its own echo', async () => {
    const { hall, peers } = await roomOf(4);
    for (const [place, peer] of peers.entries()) expect(await peer.say(`hello from ${place}`)).toBe(true);
    await hall.drain();
    for (const [place, { told }] of peers.entries()) {
      const others = [0, 1, 2, 3].filter((other) => other !== place).map((other) => `hello from ${other}`);
      expect(told).toEqual({ texts: others, unreadable: 0, forked: 0 });
    }
  });

  test('CR-12 CR-14 a newcomer reads nothing said before it was let in, says that there was something, and goes on in the transcript', async () => {
    const { hall, peers } = await roomOf(2);
    await at(peers, 0).say('before');
    await hall.drain();
    const newcomer = await hall.join();
    await at(peers, 1).say('too early');
    await hall.drain();
    await at(peers, 1).say('after');
    await hall.drain();
    expect(newcomer.told).toEqual({ texts: ['after'], unreadable: 1, forked: 0 });
    expect(newcomer.roster.position).toEqual(at(peers, 0).roster.position);
  });

  test.each([
    ['asks again', async (hall: Hall) => hall.pass(welcomeTimeoutMs)],
    [
      'comes back over another connection',
      async (hall: Hall, newcomer: Peer) => {
        hall.leave(newcomer);
        await hall.enter(newcomer);
      },
    ],
  ])('CL-5 CR-12 a newcomer who was not let in and %s says that there was something, too', async (_, begin) => {
    const { hall, peers } = await roomOf(2);
    at(peers, 0).suspended = true;
    const newcomer = await hall.join();
    await at(peers, 1).say('never to be read');
    await hall.drain();
    expect(newcomer.told).toEqual({ texts: [], unreadable: 0, forked: 0 });
    at(peers, 1).suspended = true;
    await begin(hall, newcomer);
    for (const peer of peers) peer.suspended = false;
    expect(await hall.settle()).not.toBeNull();
    expect(newcomer.told).toEqual({ texts: [], unreadable: 1, forked: 0 });
  });

  test('CR-12 when the earliest sleeps, the next one commits after 1.5 seconds, and what the sleeper had prepared is dropped', async () => {
    const { hall, peers } = await roomOf(3);
    at(peers, 0).suspended = true;
    const newcomer = await hall.join();
    await hall.pass(turnMs - 500);
    expect(newcomer.view).toBe('out');
    await hall.pass(500);
    expect(newcomer.view).toBe(at(peers, 1).view);
    at(peers, 0).suspended = false;
    await hall.drain();
    expect(hall.agreed).toBe(true);
  });

  test('CR-12 when all that are earlier sleep, the last one commits after its own turn', async () => {
    const { hall, peers } = await roomOf(3);
    for (const place of [0, 1]) at(peers, place).suspended = true;
    const newcomer = await hall.join();
    await hall.pass(2 * turnMs);
    expect(newcomer.view).toBe(at(peers, 2).view);
  });

  test('CR-12 without an answer a newcomer asks again, then founds; the others come over', async () => {
    const { hall, peers } = await roomOf(2);
    for (const peer of peers) peer.suspended = true;
    const newcomer = await hall.join();
    await hall.pass(welcomeTimeoutMs);
    expect(newcomer.view).toBe('out');
    await hall.pass(welcomeTimeoutMs * 4);
    expect(newcomer.view).not.toBe('out');
    for (const peer of peers) peer.suspended = false;
    expect(await hall.settle()).not.toBeNull();
    expect(at(peers, 0).view).toBe(newcomer.view);
  });

  test('CR-12 a tab that slept through several epochs follows them one by one', async () => {
    const { hall, peers } = await roomOf(3);
    at(peers, 2).suspended = true;
    for (let count = 0; count < 3; count++) {
      hall.leave(await hall.join());
      await hall.drain();
      await at(peers, 0).say(`text ${count}`);
      await hall.drain();
    }
    at(peers, 2).suspended = false;
    await hall.drain();
    expect(hall.agreed).toBe(true);
    expect(at(peers, 2).told.texts).toEqual(['text 0', 'text 1', 'text 2']);
  });

  test('CR-12 CR-16 the same key under a new number takes the place of the old one, even while that is still counted', async () => {
    const { hall, peers } = await roomOf(3);
    const back = at(peers, 1);
    const { name, tag } = await personaOf(back.identity.publicKey);
    const before = back.number;
    hall.linger(back);
    await hall.enter(back);
    await hall.drain();
    const leaves = at(peers, 0).roster.leaves.filter(
      ({ signatureKey }) => toBase64url(signatureKey) === toBase64url(back.identity.publicKey),
    );
    expect(leaves.map(({ member }) => member)).toEqual([back.number]);
    expect(back.number).not.toBe(before);
    expect(await personaOf(leaves[0]?.signatureKey ?? new Uint8Array())).toEqual({ name, tag });
    hall.bury(before);
    await hall.drain();
    expect(hall.agreed).toBe(true);
  });

  test('CR-12 who wrote something renews its keys after ten minutes, who did not does not', async () => {
    const { hall, peers } = await roomOf(2);
    const before = epochOf(at(peers, 0));
    await hall.pass(healMs + 1000, 60_000);
    expect(epochOf(at(peers, 0))).toBe(before);
    await at(peers, 1).say('one text');
    await hall.pass(healMs + 1000, 60_000);
    expect(epochOf(at(peers, 0))).toBe(before + 1);
    await hall.pass(2 * healMs, 60_000);
    expect(epochOf(at(peers, 0))).toBe(before + 1);
    expect(hall.agreed).toBe(true);
  });

  test('CR-12 whose renewal came second renews its keys at the next turn, without having to write again', async () => {
    const { hall, peers } = await roomOf(2);
    for (const peer of peers) await peer.say('hello');
    await hall.drain();
    const before = epochOf(at(peers, 0));
    for (const peer of peers) await peer.handle({ type: 'timer', timer: 'heal' }, hall.nowMs);
    await hall.drain();
    expect(epochOf(at(peers, 0))).toBe(before + 1);
    await hall.pass(healMs + 1000, 60_000);
    expect(epochOf(at(peers, 0))).toBe(before + 2);
    await hall.pass(2 * healMs, 60_000);
    expect(epochOf(at(peers, 0))).toBe(before + 2);
    expect(hall.agreed).toBe(true);
  });

  test('CR-11 CR-12 what opens a Welcome is overwritten when its request is given up', async () => {
    const candidates: Candidate[] = [];
    const watched = {
      ...ratchet,
      makeCandidate: async (...given: Parameters<Ratchet['makeCandidate']>) => {
        const candidate = await ratchet.makeCandidate(...given);
        candidates.push(candidate);
        return candidate;
      },
    };
    const hall = new Hall(new Dice(9));
    await hall.join();
    await hall.drain();
    const peer = await hall.join(watched);
    // Nobody answers in time: it asks once more.
    await peer.handle({ type: 'timer', timer: 'welcome' }, hall.nowMs);
    const keys = candidates.map(({ secret }) => secret.private.initPrivateKey);
    expect(keys.map((key) => key.some((byte) => byte > 0))).toEqual([false, true]);
    await hall.drain();
    expect(hall.agreed).toBe(true);
    expect(keys.map((key) => key.some((byte) => byte > 0))).toEqual([false, false]);
  });

  test('CR-11 CR-12 the keys of a group that was not founded and of a commit that did not come first are overwritten', async () => {
    const groups: Group[] = [];
    const watched: Ratchet = {
      ...ratchet,
      found: async (...given) => {
        groups.push(await ratchet.found(...given));
        return groups.at(-1) as Group; // Just put there.
      },
      commit: async (...given) => {
        const commit = await ratchet.commit(...given);
        if (commit) groups.push(commit.next);
        return commit;
      },
    };
    const isKept = ({ state }: Group) =>
      Object.values(state.privatePath.privateKeys)
        .flatMap((key) => [...key])
        .some(Boolean);
    const left = () => groups.filter(isKept).length;
    const hall = new Hall(new Dice(10));
    const peer = await hall.join(watched);
    expect(left()).toBe(1);
    hall.leave(peer);
    const other = await hall.join();
    await hall.drain();
    await hall.enter(peer);
    await hall.drain();
    expect(left()).toBe(0);
    // The other's comes first.
    for (const one of [other, peer]) {
      await one.say('something');
      await one.handle({ type: 'timer', timer: 'heal' }, hall.nowMs);
    }
    expect(left()).toBe(1);
    while (other.outbox.length > 0) hall.relay(other);
    await hall.drain();
    expect(left()).toBe(0);
    // And one that is on its way when the room ends.
    await peer.handle({ type: 'timer', timer: 'heal' }, hall.nowMs);
    expect(left()).toBe(1);
    peer.roster.forget();
    expect(left()).toBe(0);
  });

  test('CR-12 above sixteen members whoever is let in fills its part of the tree at once', async () => {
    const { hall, peers } = await roomOf(16);
    const before = epochOf(at(peers, 0));
    await hall.join();
    await hall.drain();
    expect(epochOf(at(peers, 0))).toBe(before + 2);
    expect(hall.agreed).toBe(true);
  });

  test('CR-12 an inactive machine drops all keys', async () => {
    const { peers } = await roomOf(2);
    at(peers, 0).roster.forget();
    expect(at(peers, 0).view).toBe('out');
    expect(await at(peers, 0).say('nothing')).toBe(false);
  });
});

describe('CR-17 what can still be read', () => {
  test('CR-17 what was protected is open to the others for two epochs, in its group, and read exactly then', async () => {
    for (const epochs of [0, 1, 2, 3]) {
      const { hall, peers } = await roomOf(3);
      const [committer, speaker] = [at(peers, 0), at(peers, 1)];
      const made = await speaker.roster.protect(new Uint8Array(256), 'text');
      for (let count = 0; count < epochs; count++) {
        await committer.say('something to renew keys for');
        await committer.handle({ type: 'timer', timer: 'heal' }, hall.nowMs);
        await hall.drain();
      }
      const unreadable = at(peers, 2).told.unreadable;
      const seen: string[] = [];
      if (made === null) throw new Error('it is in no group');
      const actions = await at(peers, 2).roster.handle({
        type: 'frame',
        seq: 1_000,
        member: speaker.number,
        frame: new Uint8Array(),
        opened: { type: frameTypes.message, body: made.body },
      });
      for (const { type } of actions) seen.push(type);
      expect(unreadable).toBe(0);
      expect(speaker.roster.isOpenTo(made.mark)).toBe(epochs <= 2);
      expect(seen).toEqual([epochs <= 2 ? 'message' : 'unreadable']);
    }
  });

  test('CR-17 nothing of a group that was given up is open', async () => {
    const { hall, peers } = await roomOf(2);
    const made = await at(peers, 1).roster.protect(new Uint8Array(256), 'text');
    hall.leave(at(peers, 1));
    await hall.enter(at(peers, 1));
    if (made === null) throw new Error('it is in no group');
    expect(at(peers, 1).roster.isOpenTo(made.mark)).toBe(false);
    for (const peer of peers) {
      hall.leave(peer);
      await hall.enter(peer);
      await hall.settle();
    }
    expect(hall.agreed).toBe(true);
    expect(at(peers, 1).roster.isOpenTo({ ...made.mark, groupId: new Uint8Array(16) })).toBe(false);
  });
});

describe('CR-14 forks', () => {
  test('CR-14 an honest room is never suspected, however long it talks', async () => {
    const { hall, peers } = await roomOf(3);
    for (let round = 0; round < 5; round++) {
      await at(peers, round % 3).say(`round ${round}`);
      await hall.pass(beatMs);
    }
    for (const { told } of peers) expect(told.forked).toBe(0);
  });

  test('CR-14 who was shown another frame is found at the next message, by both sides', async () => {
    const { hall, peers } = await roomOf(3);
    await at(peers, 0).say('hello');
    hall.relay(at(peers, 0));
    const { inbox } = at(peers, 2);
    const frame = inbox[0];
    if (frame?.kind !== 'frame') throw new Error('nothing arrived');
    inbox[0] = { ...frame, payload: frame.payload.map((byte, place) => (place === 30 ? byte ^ 1 : byte)) };
    await hall.drain();
    expect(peers.map(({ told }) => told.forked)).toEqual([0, 0, 0]);
    await at(peers, 2).say('did you say something?');
    await at(peers, 1).say('no');
    await hall.drain();
    expect(peers.map(({ told }) => told.forked)).toEqual([1, 1, 1]);
  });

  test('CR-12 CR-14 who was shown another order is found at the next beat, and begins anew from what the earlier one was shown', async () => {
    const { hall, peers } = await roomOf(3);
    for (const place of [0, 1]) {
      await at(peers, place).say(`text ${place}`);
      hall.relay(at(peers, place));
    }
    const { inbox } = at(peers, 2);
    const [first, second] = inbox;
    if (first?.kind !== 'frame' || second?.kind !== 'frame') throw new Error('nothing arrived');
    inbox.splice(0, 2, { ...second, seq: first.seq }, { ...first, seq: second.seq });
    await hall.pass(beatMs);
    for (const { told } of peers) expect(told.forked).toBeGreaterThan(0);
    expect(await hall.settle()).not.toBeNull();
    for (const peer of peers) peer.forgetTold();
    await hall.pass(2 * beatMs);
    expect(peers.map(({ told }) => told.forked)).toEqual([0, 0, 0]);
    expect(new Set(peers.map(({ roster }) => toBase64url(roster.position?.tag ?? new Uint8Array()))).size).toBe(1);
  });
});

describe('CR-12 two founders', () => {
  test('CR-12 whoever founds at the same time, in whatever order it arrives: one group comes of it', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const hall = new Hall(new Dice(seed));
      const founder = await hall.join();
      founder.outbox.length = 0;
      for (let count = 1 + hall.dice.below(3); count >= 0; count--) await hall.join();
      hall.leave(founder);
      // Nobody is in a group and no answer comes: all run out of patience before anything of it is relayed.
      for (let round = 0; round < 3; round++) {
        hall.nowMs += 30_000;
        await hall.fire();
      }
      for (let step = 0; step < 100; step++) {
        const peer = hall.dice.pick(hall.peers);
        if (peer === undefined) continue;
        if (hall.dice.below(2) === 0) hall.relay(peer);
        else await hall.deliver(peer);
      }
      expect(await hall.settle()).not.toBeNull();
      for (const peer of hall.peers) await peer.say(`from ${peer.number}`);
      await hall.drain();
      for (const { told } of hall.peers) expect(new Set(told.texts).size).toBe(hall.peers.length - 1);
    }
  });
});
