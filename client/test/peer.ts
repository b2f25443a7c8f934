// Another member, played by the test with the real roster machine and the real ratchet.
import {
  type Content,
  decodeSaid,
  encodeSaid,
  frameTypes,
  type Identity,
  isCredential,
  makeCredential,
  openNumbered,
  type Persona,
  pad,
  personaOf,
  type RatchetMaker,
  type RoomKeys,
  type Roster,
  type RosterInput,
  sealNumbered,
  unpad,
} from '@pug/core';
import { makeIdentity, random } from './parts.ts';

/** A frame that somebody wants relayed; `to` 0 is everybody. */
export interface Outgoing {
  readonly from: number;
  readonly to: number;
  readonly payload: Uint8Array;
}

export class Peer {
  readonly number: number;
  readonly persona: Promise<Persona>;
  readonly #keys: RoomKeys;
  readonly #roster: Roster;
  #counter = 0;

  constructor(number: number, keys: RoomKeys, maker: RatchetMaker, identity: Identity = makeIdentity()) {
    this.number = number;
    this.#keys = keys;
    this.persona = personaOf(identity.publicKey);
    this.#roster = maker.roster({
      ratchet: maker.ratchet((credential, signatureKey) => isCredential(keys, credential, signatureKey)),
      identity,
      roomId: keys.roomIdBytes,
      random,
      credential: (member) => makeCredential(keys, member, random(16), identity.publicKey),
    });
  }

  /** Whether `member` is in the group that this one is in. */
  admits(member: number): boolean {
    return this.#roster.leaves.some((leaf) => leaf.member === member);
  }

  /** What it wants to send on this input. */
  async hear(input: RosterInput): Promise<readonly Outgoing[]> {
    const outgoing: Outgoing[] = [];
    for (const action of await this.#roster.handle(input)) {
      if (action.type !== 'send') continue;
      outgoing.push({ from: this.number, to: action.to, payload: await this.seal(action.frame, action.body) });
    }
    return outgoing;
  }

  /** A payload that arrives under `seq` from `member`. */
  async receive(seq: number, member: number, payload: Uint8Array): Promise<readonly Outgoing[]> {
    return this.hear({ type: 'frame', seq, member, frame: payload, opened: await this.#open(member, payload) });
  }

  /** What `member` says in this payload, without taking it for an event; null when it cannot be read. */
  async read(member: number, payload: Uint8Array): Promise<Content | null> {
    const opened = await this.#open(member, payload);
    const actions = await this.#roster.handle({ type: 'frame', seq: 0, member, frame: payload, opened });
    const [said] = actions.flatMap((action) => (action.type === 'message' ? [unpad(action.content)] : []));
    return (said && decodeSaid(said)?.content) ?? null;
  }

  /** The payload that says `content`, and calls itself of this kind. */
  async say(content: Content, counter?: number, kind = content.kind): Promise<Uint8Array> {
    const { position } = this.#roster;
    const said = position && (await this.#roster.protect(pad(encodeSaid({ content, position })), kind));
    if (!said) throw new Error(`member ${this.number} is not let in`);
    return this.seal(frameTypes.message, said.body, counter);
  }

  seal(type: number, body: Uint8Array, counter = this.#counter + 1): Promise<Uint8Array> {
    this.#counter = counter;
    const { frameKey, roomIdBytes } = this.#keys;
    return sealNumbered({ frameKey, roomIdBytes, member: this.number, nonce: random(12), type, counter, body });
  }

  #open(member: number, payload: Uint8Array) {
    const { frameKey, roomIdBytes } = this.#keys;
    return openNumbered({ frameKey, roomIdBytes, member, payload });
  }
}
