/** Calling off what a person no longer waits for. */
import type { Platform } from './api.ts';

/** Something that can be called off, once; an AbortSignal is one. */
export interface Cancellation {
  readonly aborted: boolean;
  addEventListener(type: 'abort', run: () => void): void;
  removeEventListener(type: 'abort', run: () => void): void;
}

/** What `promise` gives, or null as soon as it is called off. What is under way then is not awaited. */
export function unlessCancelled<T>(signal: Cancellation, promise: Promise<T>): Promise<T | null> {
  return new Promise((done, failed) => {
    if (signal.aborted) return done(null);
    const stop = (): void => done(null);
    signal.addEventListener('abort', stop);
    promise.then(done, failed).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Waits, or less when called off. */
export async function pause(platform: Platform, signal: Cancellation, ms: number): Promise<void> {
  let cancel = (): void => {};
  await unlessCancelled(signal, new Promise<void>((done) => (cancel = platform.after(ms, done))));
  cancel();
}
