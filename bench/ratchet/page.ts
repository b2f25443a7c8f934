/** Runs in the page: a room that grows as rooms do, and what each step takes. The first member founds, lets in and puts out. */
import type { Candidate, Commit, Group, Identity, Ours, Ratchet } from './ours.ts';

/** Milliseconds and bytes of one newcomer's stay, by the names of `steps` in `rooms.ts`. Bytes are those of the whole payload. */
export interface Stay {
  readonly ms: Readonly<Record<string, number>>;
  readonly bytes: Readonly<Record<string, number>>;
}

/** Messages a second, alone and with text, padding and envelope. */
export interface Rates {
  readonly protect: number;
  readonly unprotect: number;
  readonly send: number;
  readonly receive: number;
}

interface Member {
  readonly number: number;
  readonly candidate: Candidate;
  group: Group;
}

/** Above this many members, one that comes in renews its keys at once (CR-12). */
const healAtOnceAbove = 16;
const textBytes = 200;
const founderNumber = 1;
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const anything = () => true;

export class Room {
  readonly #ours: Ours;
  readonly #ratchet: Ratchet;
  readonly #keys: Awaited<ReturnType<Ours['deriveKeys']>>;
  readonly #founder: Member;
  /** The last that came to stay; null while the founder is alone. */
  #witness: Member | null = null;
  #size = 1;
  #next = founderNumber;
  #counter = 0;

  private constructor(ours: Ours, ratchet: Ratchet, keys: Awaited<ReturnType<Ours['deriveKeys']>>, founder: Member) {
    this.#ours = ours;
    this.#ratchet = ratchet;
    this.#keys = keys;
    this.#founder = founder;
  }

  static async found(ours: Ours, kem: 'browser' | 'JavaScript'): Promise<Room> {
    const keys = await ours.deriveKeys({ roomSecret: random(16), linkKey: random(32) });
    const suite = await ours.makeSuite(random, kem === 'browser');
    const ratchet = ours.makeRatchet(suite, (credential, key) => ours.isCredential(keys, credential, key));
    const candidate = await candidateOf(ours, ratchet, keys, await ours.makeIdentity(), founderNumber);
    const group = await ratchet.found(random(16), candidate);
    return new Room(ours, ratchet, keys, { number: founderNumber, candidate, group });
  }

  /** Lets people in to stay until there are `size`. */
  async grow(size: number): Promise<void> {
    while (this.#size < size) {
      const { newcomer } = await this.#letIn();
      if (this.#size > healAtOnceAbove) {
        const healed = present(await this.#ratchet.commit(newcomer.group, [], []));
        this.#founder.group = await this.#follow(this.#founder, healed);
        newcomer.group = this.#ratchet.apply(newcomer.group, healed);
      }
      this.#witness = newcomer;
    }
  }

  /** Somebody more comes, renews its keys, says something and is put out. */
  async stay(): Promise<Stay> {
    const { newcomer, ms, bytes } = await this.#letIn();
    const founder = this.#founder;
    const witness = this.#witness ?? founder;
    const [renewed, updateMs] = await timed(() => this.#ratchet.commit(newcomer.group, [], []));
    const update = present(renewed);
    const [followed, processUpdateMs] = await timed(() => this.#follow(witness, update));
    if (witness !== founder) founder.group = await this.#follow(founder, update);
    witness.group = followed;
    newcomer.group = this.#ratchet.apply(newcomer.group, update);
    const message = await this.#send(newcomer);
    const { ms: removeMs, bytes: removeBytes } = await this.#putOut(newcomer);
    this.#size--;
    return {
      ms: { ...ms, update: updateMs, 'process update': processUpdateMs, ...removeMs },
      bytes: { ...bytes, update: await this.#commitBytes(update), message: message.length, ...removeBytes },
    };
  }

  /** Nobody is put out of a group of two: the one who is left founds anew (CR-11). */
  async #putOut({ group }: Member) {
    const founder = this.#founder;
    if (this.#witness === null) {
      founder.group = await this.#ratchet.found(random(16), founder.candidate);
      return { ms: {}, bytes: {} };
    }
    const leaf = this.#ratchet.ownLeaf(group);
    const [made, removeMs] = await timed(() => this.#ratchet.commit(founder.group, [leaf], []));
    const removal = present(made);
    const processRemoveMs = await this.#witnessed(removal);
    founder.group = this.#ratchet.apply(founder.group, removal);
    return {
      ms: { remove: removeMs, 'process remove': processRemoveMs },
      bytes: { remove: await this.#commitBytes(removal) },
    };
  }

  /** Rates of `count` messages by the founder to the last that came. */
  async rates(count: number): Promise<Rates> {
    const witness = this.#witness;
    if (witness === null) throw new Error('nobody to talk to');
    const padded = this.#padded();
    const sent: Uint8Array[] = [];
    const aad = random(20);
    const [, protectMs] = await timed(async () => {
      for (let at = 0; at < count; at++) {
        const { group, bytes } = await this.#ratchet.protect(this.#founder.group, padded, aad);
        this.#founder.group = group;
        sent.push(bytes);
      }
    });
    const [, unprotectMs] = await timed(async () => {
      for (const bytes of sent) witness.group = present(await this.#ratchet.unprotect(witness.group, bytes)).group;
    });
    const payloads: Uint8Array[] = [];
    const [, sendMs] = await timed(async () => {
      for (let at = 0; at < count; at++) payloads.push(await this.#send(this.#founder));
    });
    const [, receiveMs] = await timed(async () => {
      for (const payload of payloads) await this.#receive(witness, payload);
    });
    const perSecond = (ms: number) => (count * 1000) / ms;
    return {
      protect: perSecond(protectMs),
      unprotect: perSecond(unprotectMs),
      send: perSecond(sendMs),
      receive: perSecond(receiveMs),
    };
  }

  async #letIn() {
    const number = ++this.#next;
    const identity = await this.#ours.makeIdentity();
    const [candidate, keyPackageMs] = await timed(() =>
      candidateOf(this.#ours, this.#ratchet, this.#keys, identity, number),
    );
    const { group } = this.#founder;
    const [made, addMs] = await timed(() => this.#ratchet.commit(group, [], [candidate.keyPackage]));
    const commit = present(made);
    const processAddMs = await this.#witnessed(commit);
    this.#founder.group = this.#ratchet.apply(group, commit);
    const welcome = present(commit.welcome);
    const [joined, welcomeMs] = await timed(() => this.#ratchet.join(welcome, candidate));
    this.#size++;
    const { encodeWelcome, frameTypes } = this.#ours;
    const welcomeBody = encodeWelcome({ seq: 1, transcript: random(32), welcome });
    return {
      newcomer: { number, candidate, group: present(joined) },
      ms: { 'key package': keyPackageMs, add: addMs, 'process add': processAddMs, welcome: welcomeMs },
      bytes: {
        'key package': (await this.#seal(frameTypes.keyPackage, candidate.keyPackage, number)).length,
        add: await this.#commitBytes(commit),
        welcome: (await this.#seal(frameTypes.welcome, welcomeBody, founderNumber)).length,
      },
    };
  }

  /** Milliseconds that the witness needs for a commit of the founder's; NaN when there is no witness. */
  async #witnessed(commit: Commit): Promise<number> {
    const witness = this.#witness;
    if (witness === null) return Number.NaN;
    const [group, ms] = await timed(() => this.#follow(witness, commit));
    witness.group = group;
    return ms;
  }

  async #follow({ group }: Member, { bytes }: Commit): Promise<Group> {
    const processed = await this.#ratchet.process(group, bytes, anything);
    if (typeof processed === 'string') throw new Error(`a commit was ${processed}`);
    return processed.group;
  }

  async #commitBytes({ bytes }: Commit): Promise<number> {
    const body = this.#ours.encodeCommit({ groupId: random(16), epoch: 1, commit: bytes });
    return (await this.#seal(this.#ours.frameTypes.commit, body, founderNumber)).length;
  }

  #padded(): Uint8Array {
    const content = { kind: 'text', id: random(16), text: 'x'.repeat(textBytes) } as const;
    return this.#ours.pad(this.#ours.encodeSaid({ content, position: { seq: 1, tag: random(16) } }));
  }

  async #send(member: Member): Promise<Uint8Array> {
    const { group, bytes } = await this.#ratchet.protect(member.group, this.#padded(), random(20));
    member.group = group;
    return this.#seal(this.#ours.frameTypes.message, bytes, member.number);
  }

  #seal(type: number, body: Uint8Array, member: number): Promise<Uint8Array> {
    const { frameKey, roomIdBytes } = this.#keys;
    return this.#ours.sealNumbered({
      frameKey,
      roomIdBytes,
      member,
      nonce: random(12),
      type,
      body,
      counter: ++this.#counter,
    });
  }

  async #receive(member: Member, payload: Uint8Array): Promise<void> {
    const { frameKey, roomIdBytes } = this.#keys;
    const frame = present(await this.#ours.openNumbered({ frameKey, roomIdBytes, member: founderNumber, payload }));
    const { group, message } = present(await this.#ratchet.unprotect(member.group, frame.body));
    member.group = group;
    const said = present(this.#ours.decodeSaid(present(this.#ours.unpad(message))));
    if (said.content.text.length !== textBytes) throw new Error('another text came out');
  }
}

async function candidateOf(
  ours: Ours,
  ratchet: Ratchet,
  keys: Awaited<ReturnType<Ours['deriveKeys']>>,
  identity: Identity,
  number: number,
): Promise<Candidate> {
  return ratchet.makeCandidate(identity, await ours.makeCredential(keys, number, random(16), identity.publicKey));
}

function present<T>(value: T | null): T {
  if (value === null) throw new Error('something was not acceptable');
  return value;
}

async function timed<T>(run: () => Promise<T>): Promise<readonly [T, number]> {
  const startedAtMs = performance.now();
  const result = await run();
  return [result, performance.now() - startedAtMs];
}
