/** What is shown only when something takes longer than usual. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { platform } from '../platform/relay.ts';

const momentMs = 350;

/** Draws nothing at first: drawing would itself delay what is waited for. */
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
