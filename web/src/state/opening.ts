/** Opening a room: the deployment's limits, the puzzle, and the way into the new room. */

import { type Signal, signal } from '@preact/signals';
import { type CreateProgress, type CreateResult, createRoom, fetchPolicy } from '@pug/client';
import { nameFrom } from '@pug/core';
import { platform } from '../platform/relay.ts';
import { dialog } from './dialog.ts';
import { enterRoom } from './membership.ts';
import { becomeSomebody } from './person.ts';
import { type Refusal, screen } from './screen.ts';
import { holdSecret } from './secret.ts';

export type Policy = NonNullable<Awaited<ReturnType<typeof fetchPolicy>>>;

export type PolicyState =
  | { readonly kind: 'loading' | 'unreachable' }
  | { readonly kind: 'known'; readonly policy: Policy };

export interface RoomWish {
  readonly ttlSeconds: number;
  readonly capacity: number;
}

/** A question before work that lasts over ten seconds (PW-8). */
export interface WorkQuestion {
  readonly expectedMs: number;
  readonly answer: (agreed: boolean) => void;
}

export const policy = signal<PolicyState>({ kind: 'loading' });
export const progress = signal<CreateProgress | null>(null);
export const question: Signal<WorkQuestion | null> = signal(null);

let wish: RoomWish | null = null;
let aborter = new AbortController();

export async function loadPolicy(): Promise<void> {
  if (policy.value.kind === 'known') return;
  policy.value = { kind: 'loading' };
  const answer = await fetchPolicy(platform);
  policy.value = answer === null ? { kind: 'unreachable' } : { kind: 'known', policy: answer };
}

/** A name for somebody who has not chosen one. */
export function randomName(): string {
  return nameFrom(platform.random(2));
}

/** Opens a room as wished and enters it. */
export async function openRoom(wished: RoomWish): Promise<void> {
  wish = wished;
  aborter.abort();
  aborter = new AbortController();
  const { signal: abort } = aborter;
  progress.value = null;
  question.value = null;
  screen.value = { at: 'preparing' };
  // What was called off may end after the next has begun.
  const isWanted = () => screen.value.at === 'preparing' && !abort.aborted;
  const onProgress = (now: CreateProgress) => {
    progress.value = now;
  };
  try {
    const result = await createRoom({
      platform,
      ...wished,
      signal: abort,
      onProgress,
      confirmLongWork: askForLongWork,
    });
    if (isWanted()) await finishOpening(result);
  } catch {
    // The device's cryptography, or a fault of ours: nothing tells which, so the words say both.
    if (isWanted()) screen.value = { at: 'refused', refusal: { kind: 'create_unable' } };
  }
}

/** Tries the last wish again. */
export function openAgain(): void {
  if (wish === null) screen.value = { at: 'start' };
  else void openRoom(wish);
}

export function cancelOpening(): void {
  question.value?.answer(false);
  aborter.abort();
  screen.value = { at: 'start' };
}

function askForLongWork(expectedMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = (agreed: boolean) => {
      question.value = null;
      resolve(agreed);
    };
    question.value = { expectedMs, answer };
  });
}

async function finishOpening(result: CreateResult): Promise<void> {
  if (result.kind === 'cancelled') screen.value = { at: 'start' };
  else if (result.kind !== 'created') screen.value = { at: 'refused', refusal: refusalOf(result) };
  else {
    const { link, fragment, ownerSeed } = result.room;
    holdSecret({ link, fragment, ownerSeed });
    const { name } = await becomeSomebody();
    enterRoom(name);
    dialog.value = { kind: 'share' };
  }
}

function refusalOf(result: Exclude<CreateResult, { kind: 'created' | 'cancelled' }>): Refusal {
  if (result.kind === 'unreachable') return { kind: 'create_unreachable' };
  if (result.kind === 'too_much_work') return { kind: 'create_too_much_work' };
  if (result.code === 'busy') return { kind: 'create_busy' };
  if (result.code === 'draining') return { kind: 'create_draining' };
  return { kind: 'create_failed', code: result.code };
}
