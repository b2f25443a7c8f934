/** Where a person is: one screen at a time, each with only what it needs. There are no addresses for screens. */

import { signal } from '@preact/signals';
import type { End } from '@pug/client';
import type { LinkDamage } from '@pug/core';
import type { Feature } from '../platform/features.ts';
import type { Room } from './room.ts';

/** What takes no longer than this is not shown: drawing it would itself delay what is waited for. */
export const momentMs = 350;

/** Why a link or a request led nowhere. */
export type Refusal =
  | { readonly kind: 'no_key' | 'newer' | LinkDamage }
  /** This device or this page failed at what it makes of a link. */
  | { readonly kind: 'unable'; readonly link: string }
  | {
      readonly kind:
        | 'create_unreachable'
        | 'create_busy'
        | 'create_draining'
        | 'create_too_much_work'
        | 'create_unable';
    }
  /** `code`: an error code of the relay (HT-2). */
  | { readonly kind: 'create_failed'; readonly code: string };

export type Screen =
  | { readonly at: 'start' }
  | { readonly at: 'preparing' }
  | { readonly at: 'invitation'; readonly name: string }
  | { readonly at: 'room'; readonly room: Room }
  /** `isUnpurged`: a purge was asked and never confirmed; `unsent`: what the person wrote and nobody received. */
  | {
      readonly at: 'ended';
      readonly end: End;
      readonly joined: boolean;
      readonly isUnpurged: boolean;
      readonly unsent: readonly string[];
    }
  | { readonly at: 'refused'; readonly refusal: Refusal }
  | { readonly at: 'cannot_run'; readonly missing: readonly Feature[]; readonly link: string | null };

export const screen = signal<Screen>({ at: 'start' });
