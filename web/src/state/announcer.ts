/** What a screen reader says: one polite voice for the whole page. */
import { signal } from '@preact/signals';
import { platform } from '../platform/relay.ts';
import { words } from '../strings/words.ts';

/** What is said at once, each on its own: one cannot be heard as the end of another. The key makes the same words said twice two announcements. */
export const spoken = signal<{ readonly key: number; readonly texts: readonly string[] }>({ key: 0, texts: [] });

const gatherMs = 800;
/** Then it has been said and is taken away, so that nobody who reads on meets it a second time. */
const spokenMs = 2_500;
const severalAt = 4;
/** By what each is about: until it is said, what is known better by then is said instead. */
const gathered = new Map<unknown, string>();

/** Says this now, after what was about to be said: that happened before. */
export function say(...last: readonly string[]): void {
  const waited = gathered.size < severalAt ? gathered.values() : [words.value.announce.several(gathered.size)];
  const texts = [...waited, ...last];
  gathered.clear();
  const key = spoken.value.key + 1;
  spoken.value = { key, texts };
  if (texts.length === 0) return;
  platform.after(spokenMs, () => {
    if (spoken.value.key === key) spoken.value = { key, texts: [] };
  });
}

/** Says what happens in the room; a burst is only counted, so that the voice keeps up. */
export function saySoon(text: string, about: unknown = Symbol()): void {
  gathered.set(about, text);
  if (gathered.size === 1) platform.after(gatherMs, sayGathered);
}

/** Says this of `about`, if nothing has been said of it yet. */
export function sayInstead(text: string, about: unknown): void {
  if (gathered.has(about)) gathered.set(about, text);
}

/** Forgets what was said and what was about to be. */
export function hush(): void {
  gathered.clear();
  say();
}

function sayGathered(): void {
  if (gathered.size > 0) say();
}
