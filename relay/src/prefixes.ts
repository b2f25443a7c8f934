/** Who a connection comes from, as far as the relay may know it: sockets by address prefix (LM-4), behind proxies too (LM-5). */
import { type Address, isIn, type Network, parseAddress } from './addresses.ts';
import { numberOf, PrefixKey } from './keyed.ts';

/** Where a socket is counted. It holds no address: `key` is a hash, `waiting` the table that it is a key of. */
export interface Place<Item> {
  readonly waiting: Map<number, Set<Item>>;
  readonly key: number;
}

/** The sockets that have not joined yet, by prefix. There are never more entries than such sockets. */
export class Prefixes<Item> {
  readonly #maxPerPrefix: number;
  readonly #key: PrefixKey;
  #waiting = new Map<number, Set<Item>>();

  constructor(maxPerPrefix: number, nowMs: number) {
    this.#maxPerPrefix = maxPerPrefix;
    this.#key = new PrefixKey(nowMs);
  }

  /** How many prefixes are being counted under the present key. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Where sockets from this address are counted. Addresses that are unknown (null) are one prefix. */
  placeOf(address: Address | null, nowMs: number): Place<Item> {
    // A new key makes every hash a new one: the old table goes with the sockets that still hold it, within the join time-out.
    if (this.#key.renew(nowMs)) this.#waiting = new Map();
    return { waiting: this.#waiting, key: numberOf(this.#key.hash(address)) };
  }

  /**
   * Counts a socket until `leave`.
   * @returns the one that has waited longest when there are now too many from this prefix: it has to go
   */
  enter({ waiting, key }: Place<Item>, item: Item): Item | null {
    const neighbours = waiting.get(key) ?? new Set();
    waiting.set(key, neighbours.add(item));
    const [first] = neighbours;
    return neighbours.size > this.#maxPerPrefix && first !== undefined ? first : null;
  }

  /** The socket has joined or is gone. */
  leave({ waiting, key }: Place<Item>, item: Item): void {
    const neighbours = waiting.get(key);
    neighbours?.delete(item);
    if (neighbours?.size === 0) waiting.delete(key);
  }
}

/** Whose `X-Forwarded-For` is believed. */
export interface TrustedProxies {
  readonly networks: readonly Network[];
  /** Whoever connects through the relay's unix socket. */
  readonly unix: boolean;
}

/**
 * The address a request comes from: its peer's, or behind trusted proxies the nearest that is not one of theirs (LM-5). The header is read from
 * the right, because a client can write anything to its left.
 * @param peer the connection's remote address; null on a unix socket
 * @param forwardedFor the header's value, several joined by commas
 * @returns null when it is unknown
 */
export function clientAddress(
  peer: string | null,
  forwardedFor: string | null,
  trusted: TrustedProxies,
): Address | null {
  const isTrusted = (address: Address) => trusted.networks.some((network) => isIn(address, network));
  let nearest = peer === null ? null : parseAddress(peer);
  if (nearest === null ? peer !== null || !trusted.unix : !isTrusted(nearest)) return nearest;
  for (const hop of (forwardedFor ?? '').split(',').reverse()) {
    const address = parseAddress(withoutPort(hop.trim()));
    if (address === null) break; // Whoever wrote this is not to be believed further.
    nearest = address;
    if (!isTrusted(address)) break;
  }
  return nearest;
}

/** Some proxies add the port: `192.0.2.1:443`, `[2001:db8::1]:443`. */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(hop);
  return bracketed?.[1] ?? hop.replace(/^([\d.]+):\d+$/, '$1');
}
