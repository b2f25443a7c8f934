/** What a room needs and takes long to make the first time is made while people still read, a little at a time. */
import { cleanName, cleanText } from '@pug/core';
import { whenIdle } from '../platform/device.ts';
import { platform } from '../platform/relay.ts';
import { words } from '../strings/words.ts';
import { isEmoji } from './parts.ts';

const lookAgainMs = 500;

// A text of letters beyond ASCII needs all that texts are cleaned with.
const steps: readonly (() => unknown)[] = [
  () => words.value.exactTime(0, 0),
  () => cleanText('ü'),
  () => cleanName('ü'),
  () => isEmoji('👋'),
];

/** Makes nothing while somebody `waits`: for the room then, and not for this. */
export function getReady(waits: () => boolean, [step, ...rest] = steps): void {
  if (step === undefined) return;
  whenIdle(() => {
    if (waits()) return void platform.after(lookAgainMs, () => getReady(waits, [step, ...rest]));
    step();
    getReady(waits, rest);
  });
}
