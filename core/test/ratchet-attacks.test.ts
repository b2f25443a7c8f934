/** What members and outsiders try against a group, with the library's own tools in their hands. */
import { describe, expect, test } from 'bun:test';
import type { Proposal } from 'ts-mls';
import { makeIdentity } from '../src/identity.ts';
import type { Candidate, Group } from '../src/ratchet/ratchet.ts';
import {
  addOf,
  anyCommit,
  commitIn,
  externalCommit,
  externalProposal,
  propose,
  readOn,
  renamed,
  stolen,
  suiteName,
} from './hostile.ts';
import { candidate, followed, given, healed, joined, none, ratchet, reads, room, text, yes } from './rooms.ts';

describe('CR-12 the removed', () => {
  test('CR-12 read nothing sent after, whether they follow the rules or not', async () => {
    const [ana, ben, cai] = await room(3);
    const kept = stolen(given(cai ?? null));
    const made = given(await ratchet.commit(ana, [2], []));
    expect(await ratchet.process(given(cai ?? null), made.bytes, yes)).toBe('removed');
    const { bytes } = await ratchet.protect(ratchet.apply(ana, made), text, none);
    expect(await reads(await followed(given(ben ?? null), made.bytes), bytes)).toBe(true);
    expect(await reads(kept, bytes)).toBe(false);
    expect(await reads(await readOn(kept, made.bytes), bytes)).toBe(false);
  });

  test('CR-12 read nothing sent after when the same commit gives their leaf to another', async () => {
    const [ana, ben, cai] = await room(3);
    const kept = stolen(given(cai ?? null));
    const dee = await candidate(4);
    const made = given(await ratchet.commit(ana, [2], [dee.keyPackage]));
    expect(await ratchet.process(given(cai ?? null), made.bytes, yes)).toBeOneOf(['removed', 'failed']);
    const after = ratchet.apply(ana, made);
    const newcomer = await joined(made.welcome, dee);
    expect(ratchet.ownLeaf(newcomer)).toBe(2);
    const { bytes } = await ratchet.protect(after, text, none);
    expect(await reads(newcomer, bytes)).toBe(true);
    expect(await reads(await followed(given(ben ?? null), made.bytes), bytes)).toBe(true);
    expect(await reads(await readOn(kept, made.bytes), bytes)).toBe(false);
  });

  test('CR-12 read nothing sent after when one member was left alone and another joined', async () => {
    const [ana, ben] = await room(2);
    let kept = stolen(given(ben ?? null));
    const alone = await ratchet.commit(ana, [1], []);
    // Going on in a group of one may be refused; founding anew is then the way, and nothing of the old group is in that.
    if (alone === null) return;
    kept = await readOn(kept, alone.bytes);
    const left = ratchet.apply(ana, alone);
    expect(ratchet.authenticator(kept)).not.toEqual(ratchet.authenticator(left));
    const cai = await candidate(3);
    const made = given(await ratchet.commit(left, [], [cai.keyPackage]));
    const { bytes } = await ratchet.protect(ratchet.apply(left, made), text, none);
    expect(await reads(await joined(made.welcome, cai), bytes)).toBe(true);
    expect(
      await readOn(kept, made.bytes).then(
        (group) => reads(group, bytes),
        () => false,
      ),
    ).toBe(false);
  });

  test('CR-12 read nothing sent after when all but the committer are replaced by one commit', async () => {
    const [ana, ben] = await room(2);
    const kept = stolen(given(ben ?? null));
    const cai = await candidate(3);
    const made = given(await ratchet.commit(ana, [1], [cai.keyPackage]));
    const { bytes } = await ratchet.protect(ratchet.apply(ana, made), text, none);
    expect(await reads(await joined(made.welcome, cai), bytes)).toBe(true);
    expect(await reads(await readOn(kept, made.bytes), bytes)).toBe(false);
  });

  test('CR-12 a commit with one Remove, with several, and an empty one carry a path; one of Adds alone does not', async () => {
    const [ana, ben] = await room(4);
    const dee = await candidate(5);
    const cases: [number[], Uint8Array[], boolean][] = [
      [[2], [], true],
      [[2, 3], [], true],
      [[3], [dee.keyPackage], true],
      [[], [], true],
      [[], [dee.keyPackage], false],
    ];
    for (const [remove, add, expected] of cases) {
      const made = given(await ratchet.commit(ana, remove, add));
      expect((await commitIn(given(ben ?? null), made.bytes)).path !== undefined).toBe(expected);
    }
  });

  test('CR-12 a path shuts out a thief of the state who cannot open its secrets', async () => {
    const [ana, ben] = await room(2);
    const kept = stolen(given(ben ?? null));
    const made = await healed(ana);
    const { bytes } = await ratchet.protect(ratchet.apply(ana, made), text, none);
    expect(await reads(await readOn(kept, made.bytes), bytes)).toBe(false);
  });

  test('CR-12 the attack is a real one: where there is no path it reads on', async () => {
    const [ana, ben] = await room(2);
    const kept = stolen(given(ben ?? null));
    const made = given(await ratchet.commit(ana, [], [(await candidate(3)).keyPackage]));
    const { bytes } = await ratchet.protect(ratchet.apply(ana, made), text, none);
    expect(await reads(await readOn(kept, made.bytes), bytes)).toBe(true);
  });
});

describe('CR-11 the profile', () => {
  const pskId = Uint8Array.of(1, 2, 3);
  const psk = { psktype: 'external', pskId, pskNonce: new Uint8Array(32) } as const;
  const reinit = { groupId: new Uint8Array(16), version: 'mls10', cipherSuite: suiteName, extensions: [] } as const;

  const psks = { [Buffer.from(pskId).toString('base64')]: new Uint8Array(32) };
  const remove: Proposal = { proposalType: 'remove', remove: { removed: 2 } };
  const custom: Proposal = { proposalType: 0x0f0f, proposalData: text };
  const refused: [string, Proposal[]][] = [
    ['a pre-shared key', [{ proposalType: 'psk', psk: { preSharedKeyId: psk } }]],
    ['a re-init', [{ proposalType: 'reinit', reinit: { ...reinit, extensions: [] } }]],
    [
      'extensions of the context',
      [{ proposalType: 'group_context_extensions', groupContextExtensions: { extensions: [] } }],
    ],
    ['a custom proposal', [custom]],
    ['a custom proposal beside a Remove', [remove, custom]],
    ['a pre-shared key beside a Remove', [remove, { proposalType: 'psk', psk: { preSharedKeyId: psk } }]],
  ];

  for (const [name, proposals] of refused) {
    test(`CR-11 refuses ${name}: the commit is as if it had not come`, async () => {
      const [ana, ben] = await room(3);
      const { bytes } = await anyCommit(ana, proposals, { psks });
      expect(await ratchet.process(given(ben ?? null), bytes, yes)).toBe('refused');
      expect(typeof (await ratchet.process(given(ben ?? null), (await healed(ana)).bytes, yes))).toBe('object');
    });
  }

  test('CR-11 refuses proposals that stand alone, and commits that refer to them', async () => {
    const [ana, ben] = await room(3);
    const proposed = await propose(ana, { proposalType: 'remove', remove: { removed: 2 } });
    expect(await ratchet.process(given(ben ?? null), proposed.bytes, yes)).toBe('refused');
    const { bytes } = await anyCommit(proposed.group, []);
    expect(typeof (await ratchet.process(given(ben ?? null), bytes, yes))).toBe('string');
  });

  test('CR-11 refuses commits and proposals from outside, and whatever is not a PrivateMessage', async () => {
    const [ana, ben] = await room(2);
    const eva = await candidate(5);
    expect(await ratchet.process(given(ben ?? null), await externalCommit(ana, eva), yes)).toBe('refused');
    expect(await ratchet.process(given(ben ?? null), await externalProposal(ana, eva), yes)).toBe('refused');
    expect(await ratchet.process(given(ben ?? null), (await anyCommit(ana, [], { public: true })).bytes, yes)).toBe(
      'refused',
    );
  });

  test('CR-11 asks the judge, who sees every leaf that goes and every claim that comes', async () => {
    const [ana, ben] = await room(3);
    const eva = await candidate(5);
    const { bytes } = given(await ratchet.commit(ana, [2], [eva.keyPackage]));
    const seen: unknown[] = [];
    expect(await ratchet.process(given(ben ?? null), bytes, (change) => seen.push(change) === 0)).toBe('refused');
    expect(seen).toEqual([{ removed: [2], added: [await ratchet.readKeyPackage(eva.keyPackage)] }]);
    expect(typeof (await ratchet.process(given(ben ?? null), bytes, yes))).toBe('object');
  });
});

describe('CR-9 who may enter', () => {
  test('CR-9 a ghost is refused as a key package, by a committer, by receivers and by who joins with it', async () => {
    const [ana, ben] = await room(2);
    const [ghost, cai] = [await candidate(0), await candidate(3)];
    expect(await ratchet.readKeyPackage(ghost.keyPackage)).toBeNull();
    expect(await ratchet.commit(ana, [], [ghost.keyPackage])).toBeNull();
    const made = await anyCommit(ana, [addOf(cai), addOf(ghost)]);
    expect(typeof (await ratchet.process(given(ben ?? null), made.bytes, yes))).toBe('string');
    expect(await ratchet.join(given(made.welcome), cai)).toBeNull();
  });

  test('CR-9 a ghost before an honest newcomer is refused without a rejection that nobody handles', async () => {
    const [ana, ben] = await room(2);
    // The runner fails a test during which a rejection goes unhandled; in a program outside a browser it is the end of it.
    const made = await anyCommit(ana, [addOf(await candidate(0)), addOf(await candidate(3))]);
    expect(typeof (await ratchet.process(given(ben ?? null), made.bytes, yes))).toBe('string');
    await new Promise((done) => setTimeout(done, 10));
  });

  test('CR-9 a member cannot take a credential that is not of this room by a path', async () => {
    const [ana, ben] = await room(2);
    expect(typeof (await ratchet.process(given(ben ?? null), await renamed(ana, Uint8Array.of(0)), yes))).toBe(
      'string',
    );
  });

  test('CR-9 a member cannot take the credential of another by a path', async () => {
    const [ana, ben] = await room(3);
    expect(typeof (await ratchet.process(given(ben ?? null), await renamed(ana, Uint8Array.of(3)), yes))).toBe(
      'string',
    );
  });

  test('CR-9 one signature key has one leaf', async () => {
    const [ana, ben] = await room(2);
    const identity = await makeIdentity();
    const [first, second] = [
      await ratchet.makeCandidate(identity, Uint8Array.of(3)),
      await ratchet.makeCandidate(identity, Uint8Array.of(4)),
    ];
    const made = await anyCommit(ana, [addOf(first), addOf(second)]);
    expect(typeof (await ratchet.process(given(ben ?? null), made.bytes, yes))).toBe('string');
    expect(await ratchet.commit(ana, [], [first.keyPackage, second.keyPackage])).toBeNull();
  });

  test('CR-9 a newcomer gets in whatever paths and Adds were before: a parent may know of a newcomer that the root has merged', async () => {
    const members = await room(6);
    let groups: Group[] = members;
    const step = async (by: number, remove: number[], add: Candidate[]): Promise<void> => {
      const author = given(groups[by] ?? null);
      const made = given(
        await ratchet.commit(
          author,
          remove,
          add.map(({ keyPackage }) => keyPackage),
        ),
      );
      const stay = groups.filter((group) => !remove.includes(ratchet.ownLeaf(group)));
      const next = stay.map((group) => (group === author ? ratchet.apply(group, made) : followed(group, made.bytes)));
      groups = await Promise.all([...next, ...add.map((one) => joined(made.welcome, one))]);
    };
    await step(0, [1], []);
    await step(0, [], [await candidate(7)]);
    // Leaf 4, in the other half of the tree, renews the root and nothing below it on the newcomer's side.
    await step(
      groups.findIndex((group) => ratchet.ownLeaf(group) === 4),
      [],
      [],
    );
    await step(0, [], [await candidate(8)]);
    expect(new Set(groups.map((group) => Buffer.from(ratchet.authenticator(group)).toString('hex'))).size).toBe(1);
    expect(groups).toHaveLength(7);
  });
});

describe('CR-11 a message opens once', () => {
  test('CR-11 a replay does not open, nor one that was skipped over', async () => {
    const [ana, ben] = await room(2);
    const first = await ratchet.protect(ana, text, none);
    const second = await ratchet.protect(first.group, text, none);
    const opened = given(await ratchet.unprotect(given(ben ?? null), second.bytes));
    expect(await reads(opened.group, second.bytes)).toBe(false);
    expect(await reads(opened.group, first.bytes)).toBe(false);
    expect(await reads(opened.group, (await ratchet.protect(second.group, text, none)).bytes)).toBe(true);
  });

  test('CR-11 up to 16 generations are skipped over, 17 are not', async () => {
    const [ana, ben] = await room(2);
    let author = ana;
    const sent: Uint8Array[] = [];
    for (let at = 0; at <= 17; at++) {
      const made = await ratchet.protect(author, text, none);
      author = made.group;
      sent.push(made.bytes);
    }
    expect(await reads(given(ben ?? null), given(sent[17] ?? null))).toBe(false);
    expect(await reads(given(ben ?? null), given(sent[16] ?? null))).toBe(true);
  });

  test('CR-11 not with another text, another aad, or by another member', async () => {
    const [ana, ben] = await room(2);
    const { bytes } = await ratchet.protect(ana, text, Uint8Array.of(7));
    for (let at = 0; at < bytes.length; at += 3) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await reads(given(ben ?? null), changed)).toBe(false);
    }
    expect(await reads(given(ben ?? null), bytes)).toBe(true);
  });
});

describe('CR-11 epochs', () => {
  test('CR-11 a message of the two epochs before is read, one of the third is not', async () => {
    const [ana, ben] = await room(2);
    const late = (await ratchet.protect(ana, text, none)).bytes;
    let [author, reader] = [ana, given(ben ?? null)];
    for (const expected of [true, true, false]) {
      const made = await healed(author);
      author = ratchet.apply(author, made);
      reader = await followed(reader, made.bytes);
      expect(await reads(stolen(reader), late)).toBe(expected);
    }
  });

  test('CR-11 a late message opens once there too', async () => {
    const [ana, ben] = await room(2);
    const late = (await ratchet.protect(ana, text, none)).bytes;
    const reader = await followed(given(ben ?? null), (await healed(ana)).bytes);
    const opened = given(await ratchet.unprotect(reader, late));
    expect(await reads(opened.group, late)).toBe(false);
  });
});

describe('CR-11 one call after the other', () => {
  test('CR-11 two messages protected at once from one value share a generation: readers take one of them', async () => {
    const [ana, ben] = await room(2);
    const at = await Promise.allSettled([
      ratchet.protect(stolen(ana), text, none),
      ratchet.protect(stolen(ana), text, none),
    ]);
    const sent = at.flatMap((made) => (made.status === 'fulfilled' ? [made.value.bytes] : []));
    let reader = given(ben ?? null);
    let taken = 0;
    for (const bytes of sent) {
      const opened = await ratchet.unprotect(reader, bytes);
      if (opened === null) continue;
      reader = opened.group;
      taken++;
    }
    expect(taken).toBe(1);
  });

  test('CR-11 a value whose keys were used up seals nothing more', async () => {
    const [ana] = await room(2);
    await ratchet.protect(ana, text, none);
    expect(ratchet.protect(ana, text, none)).rejects.toThrow();
  });
});

describe('CR-11 forgetting', () => {
  test('CR-11 overwrites every secret of the epoch, of the epochs kept for late messages, and of the path', async () => {
    const [ana] = await room(4);
    let group = ana;
    for (let epoch = 0; epoch < 3; epoch++) group = ratchet.apply(group, await healed(group));
    const { keySchedule, privatePath, secretTree, historicalReceiverData } = group.state;
    const past = [...historicalReceiverData.values()];
    const nodes = [secretTree, ...past.map((kept) => kept.secretTree)].flat();
    const secrets: Record<string, Uint8Array[]> = {
      keySchedule: Object.values(keySchedule),
      path: Object.values(privatePath.privateKeys),
      ratchets: nodes.flatMap(({ application, handshake }) => [application.secret, handshake.secret]),
      pastSenderData: past.map(({ senderDataSecret }) => senderDataSecret),
      pastResumption: past.map(({ resumptionPsk }) => resumptionPsk),
    };
    expect(past).toHaveLength(2);
    ratchet.forget(group);
    for (const [name, values] of Object.entries(secrets)) {
      const left = values.filter((value) => value.some((byte) => byte !== 0)).length;
      expect(`${name}: ${left} left of ${values.length}`).toBe(`${name}: 0 left of ${values.length}`);
    }
  });

  /** The private keys of the path, and what would open texts and commits of the present epoch. */
  function inUse({ state }: Group): readonly Uint8Array[] {
    const chains = state.secretTree.flatMap(({ application, handshake }) => [application.secret, handshake.secret]);
    return [...Object.values(state.privatePath.privateKeys), ...chains, ...Object.values(state.keySchedule)];
  }

  const isOverwritten = (bytes: Uint8Array) => bytes.every((byte) => byte === 0);

  test.each(['made', 'followed'])('CR-11 overwrites what a commit that was %s leaves behind', async (how) => {
    const [ana, ben] = (await room(2)) as [Group, Group];
    const old = inUse(how === 'made' ? ana : ben);
    let [author, reader] = [ana, ben];
    for (let epoch = 0; epoch < 3; epoch++) {
      for (const turn of [0, 1]) {
        const made = await healed(turn === 0 ? author : reader);
        if (turn === 0) [author, reader] = [ratchet.apply(author, made), await followed(reader, made.bytes)];
        else [author, reader] = [await followed(author, made.bytes), ratchet.apply(reader, made)];
      }
    }
    expect(old.every(isOverwritten)).toBe(true);
    expect(inUse(author).some(isOverwritten)).toBe(false);
    const { group, bytes } = await ratchet.protect(author, text, none);
    expect(await reads(reader, bytes)).toBe(true);
    expect(inUse(group).some(isOverwritten)).toBe(false);
  });

  test('CR-11 overwrites what a commit that came second would have led to, and nothing that is in use', async () => {
    const [ana, ben] = (await room(2)) as [Group, Group];
    const late = await healed(ben);
    const first = await healed(ana);
    const reader = await followed(ben, first.bytes);
    ratchet.drop(reader, late);
    expect(inUse(late.next).every(isOverwritten)).toBe(true);
    expect(inUse(reader).some(isOverwritten)).toBe(false);
    const { bytes } = await ratchet.protect(ratchet.apply(ana, first), text, none);
    expect(await reads(reader, bytes)).toBe(true);
  });

  test('CR-11 the key of a message is overwritten when it was used', async () => {
    const [ana, ben] = await room(2);
    const reader = given(ben ?? null);
    const chain = given(reader.state.secretTree[0] ?? null).application.secret;
    const opened = await ratchet.unprotect(reader, (await ratchet.protect(ana, text, none)).bytes);
    expect(opened).not.toBeNull();
    expect(chain.every((byte) => byte === 0)).toBe(true);
  });
});
