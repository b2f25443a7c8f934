/** What a room needs and takes long to make the first time is made while people still read, a little at a time. */
import { cleanName, cleanText } from '@pug/core';
import { whenIdle } from '../platform/device.ts';
import { words } from '../strings/words.ts';
import { isEmoji } from './parts.ts';

// A text of letters beyond ASCII needs all that texts are cleaned with.
const steps: readonly (() => unknown)[] = [
  () => words.value.exactTime(0),
  () => cleanText('ü'),
  () => cleanName('ü'),
  () => isEmoji('👋'),
];

export function getReady([step, ...rest] = steps): void {
  if (step === undefined) return;
  whenIdle(() => {
    step();
    getReady(rest);
  });
}
