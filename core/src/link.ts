/** The link: a room's credential in 68 characters (LK-1, LK-2, LK-6, LK-7). */
import { ascii, concat, fromBase64url, toBase64url } from '@pug/wire';
import { sha256 } from './webcrypto.ts';

/** What a link holds. Neither part, nor anything computed from `linkKey`, ever reaches the relay (LK-3). */
export interface Link {
  /** 16 bytes: the right to join is derived from it. */
  readonly roomSecret: Uint8Array;
  /** 32 bytes: the key of every frame is derived from it. */
  readonly linkKey: Uint8Array;
}

export type LinkDamage = 'alphabet' | 'version' | 'length' | 'check';

export type ParsedLink =
  | { readonly kind: 'good'; readonly link: Link }
  | { readonly kind: 'missing' }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged'; readonly why: LinkDamage };

const linkVersion = 1;
/** Versions that a link of a later client may carry; a greater first byte is damage (LK-6). */
const newestLinkVersion = 16;
const roomSecretBytes = 16;
const linkKeyBytes = 32;
const checkBytes = 2;
const linkBytes = 1 + roomSecretBytes + linkKeyBytes + checkBytes;

/** Characters of a fragment (LK-1). */
export const fragmentCharacters = 68;

/** The fragment of a link: 68 b64u characters. Throws RangeError when a part is not of its size. */
export async function encodeLink(link: Link): Promise<string> {
  if (link.roomSecret.length !== roomSecretBytes) throw new RangeError('roomSecret has 16 bytes');
  if (link.linkKey.length !== linkKeyBytes) throw new RangeError('linkKey has 32 bytes');
  const head = concat(Uint8Array.of(linkVersion), link.roomSecret, link.linkKey);
  const whole = concat(head, await checkOf(head));
  const fragment = toBase64url(whole);
  forget(head, whole);
  return fragment;
}

/** Judges a pasted link, fragment or address: which of the cases of LK-6 it is. */
export async function parseLink(pasted: string): Promise<ParsedLink> {
  const fragment = withoutAdditions(pasted);
  if (fragment === '' || isAddressWithoutFragment(pasted)) return { kind: 'missing' };
  const bytes = fromBase64url(fragment);
  if (bytes === null) return { kind: 'damaged', why: 'alphabet' };
  try {
    return await judge(bytes);
  } finally {
    forget(bytes);
  }
}

/** What a decoded fragment is. Nothing of the result shares memory with it. */
async function judge(bytes: Uint8Array): Promise<ParsedLink> {
  const version = bytes[0] ?? 0;
  if (version > linkVersion && version <= newestLinkVersion) return { kind: 'newer', version };
  if (version !== linkVersion) return { kind: 'damaged', why: 'version' };
  if (bytes.length !== linkBytes) return { kind: 'damaged', why: 'length' };
  const head = bytes.subarray(0, linkBytes - checkBytes);
  const check = await checkOf(head);
  if (!check.every((byte, at) => byte === bytes[head.length + at])) return { kind: 'damaged', why: 'check' };
  const roomSecret = head.slice(1, 1 + roomSecretBytes);
  return { kind: 'good', link: { roomSecret, linkKey: head.slice(1 + roomSecretBytes) } };
}

/** LK-7: takes away what messengers add around a link, and repairs nothing else. */
function withoutAdditions(pasted: string): string {
  const text = pasted.trim();
  const fragment = text.slice(text.indexOf('#') + 1);
  const tailAt = fragment.slice(fragmentCharacters).search(/[^A-Za-z0-9_-]/);
  return tailAt < 0 ? fragment : fragment.slice(0, fragmentCharacters + tailAt);
}

/** An address that was pasted without its key is not damaged: the key is missing (LK-6). */
function isAddressWithoutFragment(pasted: string): boolean {
  return pasted.includes('://') && !pasted.includes('#');
}

/** LK-2: finds damage, protects nothing. */
async function checkOf(head: Uint8Array): Promise<Uint8Array> {
  const input = concat(ascii('pug/1 link'), head);
  const hash = await sha256(input);
  forget(input);
  return hash.subarray(0, checkBytes);
}

/** Copies of a link's secrets are overwritten, so that only its holder has them (CL-1). */
function forget(...copies: readonly Uint8Array[]): void {
  for (const copy of copies) copy.fill(0);
}
