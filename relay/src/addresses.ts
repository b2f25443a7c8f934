/** Network addresses as bytes: just enough to tell prefixes apart and to know a trusted proxy. */

/** 4 bytes for IPv4, 16 for IPv6. An IPv4 address mapped into IPv6 is an IPv4 address. */
export type Address = Uint8Array;

/** The addresses whose first `bits` bits are those of `base`. */
export interface Network {
  readonly base: Address;
  readonly bits: number;
}

/** The address that `text` spells (RFC 4291 section 2.2), without port or brackets but with any zone; null when it spells none. */
export function parseAddress(text: string): Address | null {
  if (!text.includes(':')) return parseIPv4(text);
  const bytes = parseIPv6(text.replace(/%.+$/, ''));
  const isMapped = bytes?.every((byte, at) => at >= 12 || byte === (at < 10 ? 0 : 0xff));
  return bytes && isMapped ? bytes.subarray(12) : bytes;
}

/** The network that `text` spells: an address, or an address and the length of its prefix after a slash. */
export function parseNetwork(text: string): Network | null {
  const [address = '', length, ...rest] = text.split('/');
  const base = parseAddress(address);
  if (base === null || rest.length > 0) return null;
  const bits = length === undefined ? 8 * base.length : parseDecimal(length, 8 * base.length);
  return bits === null ? null : { base, bits };
}

export function isIn(address: Address, { base, bits }: Network): boolean {
  return address.length === base.length && isSame(prefixOf(address, bits), prefixOf(base, bits));
}

/** 127.0.0.0/8 and ::1. */
export function isLoopback(address: Address): boolean {
  return address.length === 4 ? address[0] === 127 : address.every((byte, at) => byte === (at === 15 ? 1 : 0));
}

/** The address with all but its first `bits` bits cleared. */
export function prefixOf(address: Address, bits: number): Address {
  return address.map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * at))));
}

function isSame(a: Address, b: Address): boolean {
  return a.every((byte, at) => byte === b[at]);
}

function parseDecimal(text: string, max: number): number | null {
  return /^(0|[1-9]\d{0,2})$/.test(text) && Number(text) <= max ? Number(text) : null;
}

function parseIPv4(text: string): Address | null {
  const parts = text.split('.').map((part) => parseDecimal(part, 255));
  return parts.length === 4 && parts.every((part) => part !== null) ? Uint8Array.from(parts) : null;
}

function parseIPv6(text: string): Address | null {
  // An IPv4 address can only stand at the very end.
  if (/\..*:/.test(text)) return null;
  const halves = text.split('::').map(parseGroups);
  const [head, tail] = halves;
  if (!head || tail === null || halves.length > 2) return null;
  if (tail === undefined) return head.length === 16 ? Uint8Array.from(head) : null;
  const zeros = 16 - head.length - tail.length;
  // `::` stands for at least one group.
  return zeros >= 2 ? Uint8Array.from([...head, ...new Array<number>(zeros).fill(0), ...tail]) : null;
}

/** The bytes of groups between colons, the last of which may be an IPv4 address. */
function parseGroups(text: string): readonly number[] | null {
  if (text === '') return [];
  const groups = text.split(':');
  const parsed = groups.map((group, at) => {
    if (at === groups.length - 1 && group.includes('.')) return parseIPv4(group);
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return null;
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
  return parsed.every((group) => group !== null) ? parsed.flatMap((group) => [...group]) : null;
}
