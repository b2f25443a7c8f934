/** The dialog that lies over a screen: at most one. */
import { signal } from '@preact/signals';
import type { Who } from '../strings/sentence.ts';

export type Dialog =
  | { readonly kind: 'share' | 'people' | 'menu' | 'rename' | 'purge' | 'verify' | 'keys' }
  /** These need no room. */
  | { readonly kind: 'sees' }
  | { readonly kind: 'about' }
  | { readonly kind: 'remove'; readonly member: number; readonly who: Who }
  /** `look` leaves the room and judges the other link. */
  | { readonly kind: 'other_link'; readonly look: () => void };

export const dialog = signal<Dialog | null>(null);
