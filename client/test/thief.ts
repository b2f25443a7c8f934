// Somebody who copies everything that a client holds of a group, at one moment, and tries to read with it.
import {
  besideOf,
  decodeCommit,
  decodeSaid,
  encodeSaid,
  frameTypes,
  type Group,
  openNumbered,
  type Processed,
  pad,
  type Ratchet,
  type RatchetMaker,
  type RoomKeys,
  sealNumbered,
  unpad,
} from '@pug/core';
import { random, ratchet } from './parts.ts';

/** A ratchet like any other that shows the group its client holds now. */
export class Loot {
  #ratchet: Ratchet | null = null;
  #group: Group | null = null;

  /** For `openSession`. */
  readonly load = async (): Promise<RatchetMaker> => {
    const maker = await ratchet;
    const watched: RatchetMaker['ratchet'] = (check) => {
      this.#ratchet ??= this.#watched(maker.ratchet(check));
      return this.#ratchet;
    };
    return { ...maker, ratchet: watched };
  };

  /** Everything that can be reached from the group, copied: what is overwritten later is not in the copy. */
  steal(): Group {
    if (!this.#group) throw new Error('not let in');
    return copied(this.#group);
  }

  /** What a stolen group makes of a payload that the relay recorded. */
  async read(group: Group, keys: RoomKeys, member: number, payload: Uint8Array): Promise<string | null> {
    const { frameKey, roomIdBytes } = keys;
    const opened = await openNumbered({ frameKey, roomIdBytes, member, payload });
    if (!opened) throw new Error('a thief of the link opens every envelope');
    if (opened.type !== frameTypes.message) return null;
    const read = await this.#ratchet?.unprotect(copied(group), opened.body);
    const content = read && unpad(read.message);
    const said = content && decodeSaid(content)?.content;
    return said?.kind === 'text' ? said.text : null;
  }

  /** What a stolen group can say in the name of `member`, whoever that is. */
  async say(group: Group, keys: RoomKeys, member: number, text: string): Promise<Uint8Array> {
    if (!this.#ratchet) throw new Error('nothing to speak with');
    const content = { kind: 'text', id: random(16), text } as const;
    const message = pad(encodeSaid({ content, position: { seq: 0, tag: new Uint8Array(16) } }));
    const aad = besideOf(keys.roomIdBytes, member, 'text');
    const { bytes } = await this.#ratchet.protect(copied(group), message, aad);
    const { frameKey, roomIdBytes } = keys;
    const sealing = { frameKey, roomIdBytes, member, nonce: random(12), counter: 1_000, type: frameTypes.message };
    return sealNumbered({ ...sealing, body: bytes });
  }

  /** How a stolen group would follow the commit in this payload. */
  async follow(group: Group, keys: RoomKeys, member: number, payload: Uint8Array): Promise<Processed | undefined> {
    const opened = await openNumbered({ frameKey: keys.frameKey, roomIdBytes: keys.roomIdBytes, member, payload });
    const commit = opened?.type === frameTypes.commit ? decodeCommit(opened.body) : null;
    return commit ? this.#ratchet?.process(copied(group), commit.commit, () => true) : undefined;
  }

  #watched(inner: Ratchet): Ratchet {
    const keep = <G extends Group | null>(group: G): G => {
      this.#group = group ?? this.#group;
      return group;
    };
    return {
      ...inner,
      found: async (...given) => keep(await inner.found(...given)),
      join: async (...given) => keep(await inner.join(...given)),
      apply: (...given) => keep(inner.apply(...given)),
      process: async (...given) => {
        const processed = await inner.process(...given);
        if (typeof processed === 'object') keep(processed.group);
        return processed;
      },
      protect: async (...given) => {
        const made = await inner.protect(...given);
        keep(made.group);
        return made;
      },
      unprotect: async (...given) => {
        const read = await inner.unprotect(...given);
        if (read) keep(read.group);
        return read;
      },
    };
  }
}

/** A deep copy; functions, which hold no secrets, stay the same. */
function copied<T>(value: T): T {
  return copyOf(value) as T; // Every branch gives back the kind of thing that it got.
}

function copyOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return value.map(copyOf);
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, copyOf(one)]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copyOf(one)]));
}
