/** The one place that holds a room's secrets (CL-1), from the moment a link is known until it is left. */
import type { Link } from '@pug/core';
import { linkOf } from '../platform/fragment.ts';

export interface Secret {
  readonly link: Link;
  /** The text after `#`, for people to share. */
  readonly fragment: string;
  /** The creator's right to lock, remove and purge; null for everybody else. */
  readonly ownerSeed: Uint8Array | null;
}

let held: Secret | null = null;

export function holdSecret(secret: Secret): void {
  dropSecret();
  held = secret;
}

export function heldSecret(): Secret | null {
  return held;
}

/** The link of the room, read where it is shown and kept nowhere else. */
export function heldLink(): string {
  return held === null ? '' : linkOf(held.fragment);
}

/** Overwrites what can be overwritten (a string cannot) and forgets it. */
export function dropSecret(): void {
  held?.link.roomSecret.fill(0);
  held?.link.linkKey.fill(0);
  held?.ownerSeed?.fill(0);
  held = null;
}
