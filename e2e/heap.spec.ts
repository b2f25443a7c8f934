import type { Browser } from '@playwright/test';
import { readMemory } from '../tools/memory.ts';
import { heapOf } from './src/heap.ts';
import type { Person } from './src/person.ts';
import { expect, test } from './src/story.ts';

const planted = {
  own: 'PLANTED-OWN-7f3a91c2-nobody-may-read-this',
  other: 'PLANTED-OTHER-51ce08-nobody-may-read-this',
  code: 'PLANTED-CODE-e07b55',
  link: 'https://planted.example/2f9c1b',
  draft: 'PLANTED-DRAFT-c4d2aa',
  name: 'PLANTED-NAME-9ad1',
};

/** Types as a keyboard does: no word passes through the page in another way, where a tool of this test might keep it. */
async function types({ page, composer }: Person, text: string): Promise<void> {
  await composer.focus();
  await page.keyboard.insertText(text);
}

/** Joins under the planted name. */
async function joins(person: Person, fragment: string): Promise<void> {
  await person.opensLink(fragment);
  const field = person.page.getByLabel('Your name in this room');
  await field.focus();
  await field.selectText();
  await person.page.keyboard.insertText(planted.name);
  await person.button('Join the room').click();
  await person.isInside();
}

/** What of it the page's JavaScript holds. */
async function heldBy({ page }: Person, texts: Readonly<Record<string, string>>): Promise<string[]> {
  const heap = await heapOf(page);
  return Object.entries(texts).flatMap(([what, text]) => (heap.includes(text) ? what : []));
}

/** How often each of `needles` stands in the memory of the processes that run pages. */
async function countInPages(browser: Browser, needles: readonly Buffer[]): Promise<number[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const pages = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => readMemory(id, needles));
  return needles.map((_, at) => pages.reduce((sum, counts) => sum + (counts[at] ?? 0), 0));
}

/** Two people who have said something, and one who has thought better of a third. */
async function talk(owner: Person, guest: Person, fragment: string): Promise<void> {
  await joins(guest, fragment);
  await types(guest, planted.own);
  await guest.page.keyboard.press('Enter');
  await expect(guest.page.getByRole('img', { name: 'Sent' })).toHaveCount(1);
  await types(owner, `${planted.other} \`${planted.code}\` ${planted.link}`);
  await owner.page.keyboard.press('Enter');
  await expect(guest.log.getByRole('link')).toHaveCount(1);
  await types(guest, planted.draft);
  await guest.page.keyboard.press('ControlOrMeta+A');
  await guest.page.keyboard.press('Delete');
}

test('CL-12 CL-1 who has left holds no text, no name and no key of the room any more', async ({ someone, browser }) => {
  test.slow();
  const [owner, guest] = [await someone(), await someone()];
  const fragment = await owner.opensRoom();
  await talk(owner, guest, fragment);
  const texts = { ...planted, key: fragment.slice(2, 66) };
  const link = Buffer.from(fragment, 'base64url');
  const keys = [link.subarray(1, 17), link.subarray(17, 49)];
  // A draft that was deleted is in no string any more, and what undoes the deletion is kept outside the heap.
  const { draft: _, ...said } = texts;
  for (const person of [owner, guest]) expect(await heldBy(person, texts), 'in the room').toEqual(Object.keys(said));
  for (const count of await countInPages(browser, keys)) expect(count, 'keys in the room').toBeGreaterThan(0);

  for (const person of [owner, guest]) {
    await person.button('Leave').click();
    await person.seesHeading('You left the room');
    expect(await heldBy(person, texts), 'after leaving').toEqual([]);
  }
  // Bytes can be overwritten. Strings cannot: memory that was freed still holds texts until it is used again, and the browser's own list of
  // addresses the link that was opened. Closing the browser is the one way to be rid of those.
  expect(await countInPages(browser, keys), 'keys after leaving').toEqual([0, 0]);
});
