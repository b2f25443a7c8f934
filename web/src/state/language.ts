/** Which language the page speaks: the browser's at first, another for the life of the page when a person chooses one. Never stored. */
import { signal } from '@preact/signals';
import { takeOver } from '../platform/handover.ts';
import { deviceLanguages, setLanguage } from '../platform/page.ts';
import { platform } from '../platform/relay.ts';
import { en } from '../strings/en.ts';
import { mirrored } from '../strings/pseudo.ts';
import { type Words, words } from '../strings/words.ts';

/** What each language is called in itself. */
export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

export const language = signal<Language>('en');

/** So long the first screen waits for words that are not on the page yet; then it begins in English and changes when they come. */
const patienceMs = 2_000;

const isOurs = (tag: string): tag is Language => Object.hasOwn(languages, tag);

/** Speaks the first of the device's languages that there are words for. */
export async function speakAsDevice(): Promise<void> {
  const wanted = deviceLanguages();
  if (wanted[0] === 'ar-XB') return use('ar-XB', mirrored(en), 'rtl');
  const known = wanted.map((tag) => tag.split('-')[0] ?? '').find(isOurs) ?? 'en';
  const tooLong = new Promise<void>((resolve) => void platform.after(patienceMs, resolve));
  await Promise.race([speak(known), tooLong]);
}

/** Speaks `chosen` from now on. When its words do not arrive the page stays as it is. */
export async function speak(chosen: Language): Promise<void> {
  language.value = chosen;
  try {
    const arrived = chosen === 'en' ? en : await takeOver(chosen);
    if (language.value === chosen) use(chosen, arrived, 'ltr');
  } catch {
    language.value = 'en';
  }
}

function use(tag: string, arrived: Words, direction: 'ltr' | 'rtl'): void {
  words.value = arrived;
  setLanguage(tag, direction);
}
