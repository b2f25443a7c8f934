/** What the voice of a page says, for whoever listens to it: it takes its words away again. */
import { expect } from '@playwright/test';
import type { Person } from './person.ts';

/** In the page: what the voice has said so far. */
declare const said: readonly string[];

/** In the page: keeps what the voice says where a screen reader hears it, which is nowhere behind an open dialog. */
export function listens(): void {
  const kept: string[] = [];
  Object.assign(globalThis, { said: kept });
  new MutationObserver(() => {
    const heard = document.querySelector('dialog[open]') ?? document;
    for (const { textContent } of heard.querySelectorAll('[role=status] p')) kept.push(textContent ?? '');
  }).observe(document, { childList: true, subtree: true, characterData: true });
}

export function heardBy({ page }: Person): Promise<string> {
  return page.evaluate(() => said.join('\n'));
}

export async function hears(person: Person, text: string): Promise<void> {
  await expect.poll(() => heardBy(person)).toContain(text);
}
