/** What a join takes besides a connection: the room's keys, the ratchet, and the limits of the relay. Each is got once. */
import {
  deriveKeys,
  type Identity,
  type Link,
  type OwnerKeys,
  ownerKeys,
  type RatchetMaker,
  type RoomKeys,
} from '@pug/core';
import type { Policy } from '@pug/wire';
import type { Platform, WaitReason } from './api.ts';
import { Circle } from './circle.ts';
import { fetchPolicy } from './policy.ts';

interface Keys {
  readonly keys: RoomKeys;
  readonly owner: OwnerKeys | null;
}

export interface Ready extends Keys {
  readonly policy: Policy;
  readonly circle: Circle;
}

export interface RequisitesOptions {
  readonly platform: Platform;
  readonly link: Link;
  readonly ownerSeed: Uint8Array | null;
  readonly identity: Identity;
  readonly loadRatchet: () => Promise<RatchetMaker>;
  /** Told once, when the limits of the relay are known. */
  readonly onPolicy: () => void;
  /** The keys cannot be made: no join will ever be ready. */
  readonly onUnable: () => void;
}

/** What is under way for one attempt to join; neither promise ever rejects. */
export interface Gathering {
  /** Whether the ratchet is there. */
  readonly ratchet: Promise<boolean>;
  /** All of it, or why not. */
  readonly all: Promise<Ready | WaitReason>;
}

export class Requisites {
  readonly #options: RequisitesOptions;
  /** Null after the end: keys are dropped. */
  #keys: Promise<Keys | null> | null;
  /** Fetched once: a room does not outlive the relay process whose policy it is. */
  #policy: Policy | null = null;
  #circle: Circle | null = null;

  constructor(options: RequisitesOptions) {
    this.#options = options;
    this.#keys = makeKeys(options.link, options.ownerSeed).catch(() => {
      options.onUnable();
      return null;
    });
  }

  get policy(): Policy | null {
    return this.#policy;
  }

  get circle(): Circle | null {
    return this.#circle;
  }

  /** Begins to get, all at the same time, what is still missing. */
  gather(): Gathering {
    const policy = this.#policy ?? fetchPolicy(this.#options.platform);
    const maker = this.#options.loadRatchet().catch(() => null);
    return { ratchet: maker.then((made) => made !== null), all: this.#all(policy, maker) };
  }

  /** Keys are dropped, and nothing becomes ready any more. */
  forget(): void {
    this.#keys = null;
  }

  async #all(
    asked: Policy | Promise<Policy | null>,
    loading: Promise<RatchetMaker | null>,
  ): Promise<Ready | WaitReason> {
    const [keys, policy, maker] = await Promise.all([this.#keys, asked, loading]);
    // Nothing comes through to where the relay is; only if it does is it worth telling what else is missing.
    if (policy === null) return 'unreachable';
    if (maker === null) return 'incomplete';
    if (keys === null || this.#keys === null) return 'fault';
    const { identity, platform, onPolicy } = this.#options;
    const isNews = this.#policy === null;
    this.#policy = policy;
    if (isNews) onPolicy();
    this.#circle ??= new Circle({ maker, identity, keys: keys.keys, random: platform.random });
    return { ...keys, policy, circle: this.#circle };
  }
}

async function makeKeys(link: Link, ownerSeed: Uint8Array | null): Promise<Keys> {
  const [keys, owner] = await Promise.all([deriveKeys(link), ownerSeed && ownerKeys(ownerSeed)]);
  return { keys, owner };
}
