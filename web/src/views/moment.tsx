/** What is shown only when something takes longer than usual. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { platform } from '../platform/relay.ts';
import { momentMs } from '../state/screen.ts';

/** Draws nothing at first. */
export function AfterAMoment({ children }: { children: ComponentChildren }) {
  const isDue = useSignal(false);
  useEffect(
    () =>
      platform.after(momentMs, () => {
        isDue.value = true;
      }),
    [isDue],
  );
  return isDue.value ? <div class="coming">{children}</div> : null;
}
