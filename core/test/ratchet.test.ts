import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import { type Candidate, type Group, type Identity, makeCredential, makeIdentity } from '../src/index.ts';
import { retainedEpochs } from '../src/ratchet/retention.ts';
import { room, withFlippedBit } from './fixtures.ts';
import { ratchet } from './peer.ts';

// Rooms with real keys take their time on a busy machine.
setDefaultTimeout(60_000);

const groupId = new Uint8Array(16).fill(0x66);
const aad = new Uint8Array(5).fill(1);
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const always = () => true;

async function candidateOf(member: number, identity?: Identity): Promise<Candidate> {
  const known = identity ?? (await makeIdentity());
  return ratchet.makeCandidate(known, await makeCredential(room, member, random(16), known.publicKey));
}

/** What must be there. */
function given<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('it is not there');
  return value;
}

/** Member 1's group with 2 … count let in by one commit. */
async function groupsOf(count: number): Promise<Group[]> {
  const founder = await ratchet.found(groupId, await candidateOf(1));
  const others = await Promise.all(Array.from({ length: count - 1 }, (_, at) => candidateOf(at + 2)));
  const commit = given(
    await ratchet.commit(
      founder,
      [],
      others.map(({ keyPackage }) => keyPackage),
    ),
  );
  const joined = await Promise.all(others.map((candidate) => ratchet.join(given(commit.welcome), candidate)));
  return [ratchet.apply(founder, commit), ...joined.map(given)];
}

const [first, second] = (await groupsOf(3)) as [Group, Group, Group];

const candidate = await candidateOf(9);
const message = (await ratchet.protect(first, new Uint8Array(256), aad)).bytes;
const commit = given(await ratchet.commit(first, [1], [candidate.keyPackage]));
const samples = [message, commit.bytes, given(commit.welcome), candidate.keyPackage];

describe('CR-11 the ratchet never throws on a peer’s bytes', () => {
  /** Whether any of the calls that take bytes accepts these. */
  async function isAccepted(bytes: Uint8Array): Promise<boolean> {
    const processed = await ratchet.process(second, bytes, always);
    return (
      (await ratchet.readKeyPackage(bytes)) !== null ||
      (await ratchet.join(bytes, candidate)) !== null ||
      (await ratchet.unprotect(second, bytes)) !== null ||
      typeof processed !== 'string'
    );
  }

  test('CR-11 any bytes at all', async () => {
    const headed = fc.tuple(fc.nat(5), fc.uint8Array({ maxLength: 300 }));
    const mls = headed.map(([form, rest]) => Uint8Array.of(0, 1, 0, form, ...rest));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), mls), async (bytes) => {
        expect(await isAccepted(bytes)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('CR-11 what was good, with a bit turned, cut off, lengthened, or mixed with other bytes', async () => {
    const mutated = fc
      .tuple(fc.constantFrom(...samples), fc.nat(2 ** 31), fc.nat(3), fc.uint8Array({ minLength: 1, maxLength: 40 }))
      .map(([good, roll, kind, bytes]) => {
        const at = roll % good.length;
        if (kind === 0) return withFlippedBit(good, roll % (good.length * 8));
        if (kind === 1) return good.slice(0, at);
        if (kind === 2) return Uint8Array.of(...good, ...bytes);
        const mixed = Uint8Array.of(...good.slice(0, at), ...bytes, ...good.slice(at + bytes.length));
        return Buffer.compare(mixed, good) === 0 ? good.slice(0, at) : mixed;
      });
    await fc.assert(
      fc.asyncProperty(mutated, async (bytes) => expect(await isAccepted(bytes)).toBe(false)),
      { numRuns: 400 },
    );
    expect(await isAccepted(message)).toBe(true);
  });

  test('CR-11 what was good, with any bit of its head turned: versions, forms and suites are looked at', async () => {
    const headBits = 8 * 6;
    for (const good of samples)
      for (let bit = 0; bit < headBits; bit++) expect(await isAccepted(withFlippedBit(good, bit))).toBe(false);
  });

  test('CR-11 a key package that fits no group gives no commit, and no error', async () => {
    expect(await ratchet.commit(first, [], [candidate.keyPackage, candidate.keyPackage])).toBeNull();
    expect(await ratchet.commit(first, [40], [])).toBeNull();
  });

  test('CR-9 CR-11 a key package without a credential of this room is nobody’s', async () => {
    const identity = await makeIdentity();
    for (const credential of [new Uint8Array(0), new Uint8Array(36), random(36)]) {
      const made = await ratchet.makeCandidate(identity, credential);
      expect(await ratchet.readKeyPackage(made.keyPackage)).toBeNull();
    }
    const credential = await makeCredential(room, 9, random(16), identity.publicKey);
    const { keyPackage } = await ratchet.makeCandidate(identity, credential);
    expect((await ratchet.readKeyPackage(keyPackage))?.credential).toEqual(credential);
  });
});

describe('CR-12 commits that cannot be followed', () => {
  test('CR-12 a commit that opens and cannot be followed is told apart from one that is nobody’s', async () => {
    const broken = { ...first.state.keySchedule, initSecret: new Uint8Array(64) };
    const { bytes } = given(await ratchet.commit({ state: { ...first.state, keySchedule: broken } }, [], []));
    expect(await ratchet.process(second, bytes, always)).toBe('failed');
    expect(
      await ratchet.process(second, given(await ratchet.commit((await groupsOf(2))[0] as Group, [], [])).bytes, always),
    ).toBe('refused');
  });
});

describe('CR-11 what is kept and what is forgotten', () => {
  /** `count` empty commits of the first, followed by the second. */
  async function advanced(count: number): Promise<{ readonly behind: Group; readonly early: Uint8Array }> {
    let [ahead, behind] = (await groupsOf(2)) as [Group, Group];
    const spoken = await ratchet.protect(ahead, new Uint8Array(256), aad);
    ahead = spoken.group;
    for (let epoch = 0; epoch < count; epoch++) {
      const commit = given(await ratchet.commit(ahead, [], []));
      const processed = await ratchet.process(behind, commit.bytes, always);
      if (typeof processed === 'string') throw new Error(processed);
      behind = processed.group;
      ahead = ratchet.apply(ahead, commit);
    }
    expect(ratchet.authenticator(ahead)).toEqual(ratchet.authenticator(behind));
    return { behind, early: spoken.bytes };
  }

  test('CR-11 CR-17 a message is readable for two epochs more, and not for three', async () => {
    for (const count of [0, 1, retainedEpochs]) {
      const { behind, early } = await advanced(count);
      expect((await ratchet.unprotect(behind, early))?.message).toEqual(new Uint8Array(256));
    }
    const { behind, early } = await advanced(retainedEpochs + 1);
    expect(await ratchet.unprotect(behind, early)).toBeNull();
  });

  test('CR-11 what was received while a commit was on its way stays read after it', async () => {
    const [committer, speaker] = (await groupsOf(2)) as [Group, Group];
    const commit = given(await ratchet.commit(committer, [], []));
    const spoken = await ratchet.protect(speaker, Uint8Array.of(7), aad);
    const heard = given(await ratchet.unprotect(committer, spoken.bytes));
    const next = ratchet.apply(heard.group, commit);
    expect(await ratchet.unprotect(next, spoken.bytes)).toBeNull();
    const late = await ratchet.protect(spoken.group, Uint8Array.of(8), aad);
    expect((await ratchet.unprotect(next, late.bytes))?.message).toEqual(Uint8Array.of(8));
  });

  test('CR-11 CR-17 nor is what was received of an epoch before lost to it', async () => {
    let [committer, speaker] = (await groupsOf(2)) as [Group, Group];
    const sent: Uint8Array[] = [];
    for (const byte of [7, 8]) {
      const { group, bytes } = await ratchet.protect(speaker, Uint8Array.of(byte), aad);
      speaker = group;
      sent.push(bytes);
    }
    committer = ratchet.apply(committer, given(await ratchet.commit(committer, [], [])));
    const commit = given(await ratchet.commit(committer, [], []));
    const heard = given(await ratchet.unprotect(committer, given(sent[0])));
    const next = ratchet.apply(heard.group, commit);
    expect(await ratchet.unprotect(next, given(sent[0]))).toBeNull();
    expect((await ratchet.unprotect(next, given(sent[1])))?.message).toEqual(Uint8Array.of(8));
  });

  test('CR-11 a message tells its signer and the data it was bound to', async () => {
    const [speaker, listener] = (await groupsOf(2)) as [Group, Group];
    const heard = given(await ratchet.unprotect(listener, (await ratchet.protect(speaker, aad, aad)).bytes));
    expect(heard.aad).toEqual(aad);
    expect(heard.sender.signatureKey).toEqual(given(ratchet.leaves(speaker)[0]).signatureKey);
  });

  test('CR-11 a key package opens one Welcome, once: the key that opened it is overwritten', async () => {
    const founder = await ratchet.found(groupId, await candidateOf(1));
    const candidate = await candidateOf(2);
    const { welcome } = given(await ratchet.commit(founder, [], [candidate.keyPackage]));
    expect(await ratchet.join(given(welcome), candidate)).not.toBeNull();
    expect(candidate.secret.private.initPrivateKey.every((byte) => byte === 0)).toBe(true);
    expect(await ratchet.join(given(welcome), candidate)).toBeNull();
  });
});
