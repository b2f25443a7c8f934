/** For a page: X-Wing of the browser and X-Wing in JavaScript, each to the other. A story of e2e/ builds and loads it. */
import { XWing } from '@hpke/hybridkem-x-wing';
import { deriveKeys, isCredential, makeCredential, makeIdentity } from '../src/index.ts';
import { makeRatchet } from '../src/ratchet/ratchet.ts';
import { makeSuite } from '../src/ratchet/suite.ts';
import { hasNativeXWing, NativeXWing } from '../src/ratchet/xwing.ts';

export { hasNativeXWing };

/** Who does the KEM of a member. */
export type Kem = 'browser' | 'JavaScript';

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const room = await deriveKeys({ roomSecret: random(16), linkKey: random(32) });
const aad = new Uint8Array(4);
const always = () => true;

async function makeMember(kem: Kem, number: number) {
  const suite = await makeSuite(random, kem === 'browser');
  const ratchet = makeRatchet(suite, (credential, key) => isCredential(room, credential, key));
  const identity = await makeIdentity();
  const credential = await makeCredential(room, number, random(16), identity.publicKey);
  return { ratchet, candidate: await ratchet.makeCandidate(identity, credential) };
}

function present<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`${what} was not acceptable`);
  return value;
}

/**
 * What two members heard and hold, whose KEMs are these: one founds, lets the other in, hears of its new keys, and puts it out. A third
 * is there, because nobody is put out of a group of two.
 */
export async function meet(founding: Kem, joining: Kem) {
  const ada = await makeMember(founding, 1);
  const ben = await makeMember(joining, 2);
  const eve = await makeMember(founding, 3);
  const alone = await ada.ratchet.found(random(16), ada.candidate);
  const added = present(
    await ada.ratchet.commit(
      alone,
      [],
      [ben, eve].map(({ candidate }) => candidate.keyPackage),
    ),
    'a key package',
  );
  let adas = ada.ratchet.apply(alone, added);
  let bens = present(await ben.ratchet.join(present(added.welcome, 'no welcome'), ben.candidate), 'a welcome');
  // Ben's new path is encapsulated to Ada, Ada's (below) to Ben: with both orders of KEMs each direction is taken.
  const renewed = present(await ben.ratchet.commit(bens, [], []), 'an empty commit');
  const followed = await ada.ratchet.process(adas, renewed.bytes, always);
  if (typeof followed === 'string') throw new Error(`Ben's new keys: ${followed}`);
  [adas, bens] = [followed.group, ben.ratchet.apply(bens, renewed)];
  const again = present(await ada.ratchet.commit(adas, [], []), 'an empty commit');
  const refollowed = await ben.ratchet.process(bens, again.bytes, always);
  if (typeof refollowed === 'string') throw new Error(`Ada's new keys: ${refollowed}`);
  [adas, bens] = [ada.ratchet.apply(adas, again), refollowed.group];
  const authenticators = [ada.ratchet.authenticator(adas), ben.ratchet.authenticator(bens)].map(String);
  const question = await ada.ratchet.protect(adas, new TextEncoder().encode('a question'), aad);
  const asked = present(await ben.ratchet.unprotect(bens, question.bytes), 'the question');
  const answer = await ben.ratchet.protect(asked.group, new TextEncoder().encode('an answer'), aad);
  const answered = present(await ada.ratchet.unprotect(question.group, answer.bytes), 'the answer');
  const removal = present(await ada.ratchet.commit(answered.group, [1], []), 'a removal');
  const put = await ben.ratchet.process(answer.group, removal.bytes, always);
  const secret = await ada.ratchet.protect(ada.ratchet.apply(answered.group, removal), new Uint8Array(1), aad);
  return {
    heard: [asked, answered].map(({ message }) => new TextDecoder().decode(message)),
    agree: authenticators[0] === authenticators[1],
    removed: put === 'removed',
    readsOn: (await ben.ratchet.unprotect(answer.group, secret.bytes)) !== null,
  };
}

/** Whether one KEM opens what the other sealed, for a key pair derived from `seed`, and to the same secret. */
export async function opens(sealing: Kem, opening: Kem): Promise<boolean> {
  const [sealer, opener] = [sealing, opening].map((kem) => (kem === 'browser' ? new NativeXWing() : new XWing()));
  if (!sealer || !opener) throw new Error('two KEMs were asked for');
  const seed = random(32);
  const [sealersPair, openersPair] = [await sealer.deriveKeyPair(seed), await opener.deriveKeyPair(seed)];
  const { sharedSecret, enc } = await sealer.encap({ recipientPublicKey: sealersPair.publicKey });
  const opened = await opener.decap({ recipientKey: openersPair.privateKey, enc });
  return String(new Uint8Array(opened)) === String(new Uint8Array(sharedSecret));
}
