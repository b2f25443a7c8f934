/** Who a connection comes from, as far as the relay may know it: counts of sockets by address prefix (LM-4), behind proxies too (LM-5). */
import { type Address, isIn, type Network, parseAddress } from './addresses.ts';
import { numberOf, PrefixKey } from './keyed.ts';

/** One counted socket. It holds no address: `key` is a hash, `counts` the table it was counted in. */
export interface Place {
  readonly counts: Map<number, number>;
  readonly key: number;
}

/** Counts sockets that have not joined yet. There are never more entries than such sockets. */
export class Prefixes {
  readonly #maxPerPrefix: number;
  readonly #key: PrefixKey;
  #counts = new Map<number, number>();

  constructor(maxPerPrefix: number, nowMs: number) {
    this.#maxPerPrefix = maxPerPrefix;
    this.#key = new PrefixKey(nowMs);
  }

  /** How many prefixes are being counted under the present key. */
  get size(): number {
    return this.#counts.size;
  }

  /**
   * Counts a socket until `leave`. Addresses that are unknown (null) count as one prefix.
   * @returns null when there are too many from this prefix (1013)
   */
  enter(address: Address | null, nowMs: number): Place | null {
    // A new key makes every hash a new one: the old counts go with the sockets that still hold them, within the join time-out.
    if (this.#key.renew(nowMs)) this.#counts = new Map();
    const counts = this.#counts;
    const key = numberOf(this.#key.hash(address));
    const count = counts.get(key) ?? 0;
    if (count >= this.#maxPerPrefix) return null;
    counts.set(key, count + 1);
    return { counts, key };
  }

  /** The socket has joined or is gone. To be called once for each place. */
  leave({ counts, key }: Place): void {
    const count = counts.get(key) ?? 0;
    if (count > 1) counts.set(key, count - 1);
    else counts.delete(key);
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
