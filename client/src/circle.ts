/** The circle of those who can read: the roster machine, one call at a time, and whom its leaves stand for. */
import {
  type Content,
  type EpochMark,
  encodeSaid,
  type Identity,
  isCredential,
  makeCredential,
  type Persona,
  type Position,
  pad,
  personaOf,
  type Ratchet,
  type RatchetMaker,
  type RoomKeys,
  type Roster,
  type RosterAction,
  type RosterInput,
  type SafetyCode,
  type Sealed,
} from '@pug/core';
import { toBase64url } from '@pug/wire';

const credentialRandomBytes = 16;

/** A member of the circle. `key` is its signature key as text: the same person under another number has the same. */
export interface Person extends Persona {
  readonly key: string;
  /** Another whenever it is let in, also under the same number. */
  readonly admission: string;
}

export interface CircleOptions {
  readonly maker: RatchetMaker;
  readonly identity: Identity;
  readonly keys: RoomKeys;
  readonly random: (length: number) => Uint8Array;
}

const nobody: ReadonlyMap<number, Person> = new Map();

export class Circle {
  readonly #keys: RoomKeys;
  readonly #ratchet: Ratchet;
  readonly #roster: Roster;
  #last: Promise<unknown> = Promise.resolve();
  #people: ReadonlyMap<number, Person> = new Map();
  readonly #codes = new WeakMap<SafetyCode, string>();

  constructor({ maker, identity, keys, random }: CircleOptions) {
    this.#keys = keys;
    this.#ratchet = maker.ratchet((credential, signatureKey) => isCredential(keys, credential, signatureKey));
    this.#roster = maker.roster({
      ratchet: this.#ratchet,
      identity,
      roomId: keys.roomIdBytes,
      random,
      credential: (member) => makeCredential(keys, member, random(credentialRandomBytes), identity.publicKey),
    });
  }

  /** Who can read, by number; empty while we cannot: of us, the machine is asked, which may be giving its group up right now. */
  get people(): ReadonlyMap<number, Person> {
    return this.#roster.position === null ? nobody : this.#people;
  }

  /** Changes when, and only when, the group or the keys in it do; null while we are not in. */
  get composition(): string | null {
    const { agreement, leaves } = this.#roster;
    const keys = leaves.map((leaf) => toBase64url(leaf.signatureKey)).toSorted();
    return agreement && [toBase64url(agreement.groupId), ...keys].join();
  }

  /** A new membership: until we are let in again nobody is known to read, and we cannot, whatever our number is. */
  begin(): void {
    this.#people = new Map();
  }

  /** Runs one input through the machine. */
  handle(input: RosterInput): Promise<readonly RosterAction[]> {
    return this.#inTurn(async () => {
      const actions = await this.#roster.handle(input);
      if (actions.some((action) => action.type === 'roster')) this.#people = await peopleOf(this.#roster);
      return actions;
    });
  }

  /**
   * The body that says `content` to the circle and the epoch that can open it; null while we are not in, and when it may
   * not be said any more once all that came before has been done.
   */
  say(content: Content, may: () => boolean): Promise<Sealed | null> {
    return this.#inTurn(async () => {
      const position = may() ? this.#roster.position : null;
      return position && this.#roster.protect(pad(encodeSaid({ content, position })), content.kind);
    });
  }

  /** Whether what was said in that epoch reaches the others at this place in the order. */
  isOpenTo(mark: EpochMark): boolean {
    return this.#roster.isOpenTo(mark);
  }

  /** Whether somebody who was at `position` was shown another room than we were. */
  isForked(position: Position): boolean {
    return this.#roster.compare(position) === false;
  }

  /** What everybody in the circle can compare; null while we are not in. */
  async safetyCode(): Promise<SafetyCode | null> {
    const { composition } = this;
    const { agreement, leaves } = this.#roster;
    if (!agreement || composition === null) return null;
    const signatureKeys = leaves.map((leaf) => leaf.signatureKey);
    const code = await this.#ratchet.safetyCode(this.#keys.roomIdBytes, agreement.groupId, signatureKeys);
    this.#codes.set(code, composition);
    return code;
  }

  /** The composition that `code` was made of: somebody may come while it is being compared. */
  compositionOf(code: SafetyCode): string | null {
    return this.#codes.get(code) ?? null;
  }

  /** Drops all keys, when nothing is being done with them. */
  forget(): void {
    void this.#inTurn(async () => this.#roster.forget());
    this.#people = new Map();
  }

  /** Two calls on one group at once would use one key twice. */
  #inTurn<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#last.then(job);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

async function peopleOf({ leaves }: Roster): Promise<ReadonlyMap<number, Person>> {
  const people = leaves.map(async ({ member, signatureKey, credential }): Promise<[number, Person]> => {
    const persona = await personaOf(signatureKey);
    return [member, { ...persona, key: toBase64url(signatureKey), admission: toBase64url(credential) }];
  });
  return new Map(await Promise.all(people));
}
