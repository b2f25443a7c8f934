/** The title of the page: which screen, how much is unread, never a room or a person. */
import { effect } from '@preact/signals';
import { setTitle } from '../platform/page.ts';
import { words } from '../strings/words.ts';
import { unread } from './room.ts';
import { screen } from './screen.ts';

export function keepTitle(): void {
  effect(() => {
    const title = words.value.titles[screen.value.at];
    setTitle(unread.value === 0 ? title : words.value.unread(unread.value, title));
  });
}
