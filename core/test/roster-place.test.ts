import { expect, setDefaultTimeout, test } from 'bun:test';
import { encodeBeat, frameTypes, makeCredential, makeIdentity, type Ratchet } from '../src/index.ts';
import { Dice } from './dice.ts';
import { room } from './fixtures.ts';
import { Hall } from './hall.ts';
import { type Peer, ratchet } from './peer.ts';

setDefaultTimeout(60_000);

/** Who stands in the tree under this number, as `peer` sees it. */
const leafOf = (peer: Peer, number: number) => peer.roster.leaves.find(({ member }) => member === number);

/** A key package in the name of `member`, which everybody with the link can make. */
async function inTheNameOf(member: number): Promise<Uint8Array> {
  const identity = await makeIdentity();
  const random = crypto.getRandomValues(new Uint8Array(16));
  const credential = await makeCredential(room, member, random, identity.publicKey);
  return (await ratchet.makeCandidate(identity, credential)).keyPackage;
}

test('CR-13 CR-12 an insider who puts another in the place of a present member keeps it out no longer than it takes to ask', async () => {
  let victim: Peer | null = null;
  const evil: Ratchet = {
    ...ratchet,
    commit: async (group, gone, asking) => {
      const [number, leaf] = [victim?.number ?? 0, victim && leafOf(victim, victim.number)];
      victim = null;
      if (!leaf) return ratchet.commit(group, gone, asking);
      return ratchet.commit(group, [...gone, leaf.index], [...asking, await inTheNameOf(number)]);
    },
  };
  const hall = new Hall(new Dice(4));
  await hall.join(evil);
  const target = await hall.join();
  const witness = await hall.join();
  expect(await hall.settle()).not.toBeNull();
  let replaced = 0;
  witness.onRemoved = (removed) => {
    replaced += removed.filter(({ member }) => member === target.number).length;
  };
  victim = target;
  const newcomer = await hall.join();
  await hall.pass(10_000);
  expect(replaced).toBeGreaterThan(0);
  expect(hall.agreed).toBe(true);
  for (const peer of [witness, newcomer])
    expect(leafOf(peer, target.number)?.signatureKey).toEqual(target.identity.publicKey);
  await target.say('I am here');
  await hall.drain();
  for (const peer of [witness, newcomer]) expect(peer.told.texts).toEqual(['I am here']);
});

test('CR-14 who is in the epoch of a newcomer, and where nobody can be who followed its commit, was shown another order', async () => {
  const hall = new Hall(new Dice(2));
  const elder = await hall.join();
  await elder.say('so that there is an order before the newcomer');
  await hall.drain();
  const newcomer = await hall.join();
  await hall.drain();
  // The commit that let it in is the last event.
  const seq = (newcomer.roster.position?.seq ?? 0) - 1;
  const { agreement } = elder.roster;
  if (agreement === null) throw new Error('there is no group');
  const authenticator = agreement.authenticator.slice(0, 16);
  const told: number[] = [];
  for (const epoch of [agreement.epoch - 1, agreement.epoch]) {
    newcomer.forgetTold();
    const body = encodeBeat({ ...agreement, epoch, authenticator, seq, transcript: new Uint8Array(16) });
    await elder.send(0, frameTypes.beat, body);
    await hall.drain();
    told.push(newcomer.told.forked);
  }
  // The first may have been on its way when the commit came.
  expect(told).toEqual([0, 1]);
});
