import { keptBy, nothing } from './src/kept.ts';
import type { Person } from './src/person.ts';
import { expect, test } from './src/story.ts';

test('CL-1 CL-12 nothing is stored, from the first look at a link to the end of the room', async ({ someone }) => {
  const [owner, guest] = [await someone(), await someone()];
  const keepsNothing = async (when: string, ...people: readonly Person[]) => {
    for (const { page } of people) expect(await keptBy(page), when).toEqual(nothing);
  };
  const fragment = await owner.opensRoom();
  await keepsNothing('a room of one', owner);
  await guest.opensLink(fragment);
  await guest.seesHeading('You are invited to a private room');
  await keepsNothing('invited', guest);
  await guest.button('Join the room').click();
  await guest.isInside();
  await guest.says('something said');
  await owner.sees('something said');
  await guest.composer.fill('something not sent yet');
  await guest.menu();
  await guest.page.getByLabel('Keep the link in the address bar').check();
  await keepsNothing('in the room, with the link kept', owner, guest);
  await guest.button('Close').click();
  await guest.button('Leave').click();
  await guest.seesHeading('You left the room');
  await owner.menu();
  await owner.button('Purge the room …').click();
  await owner.button('Purge for everybody').click();
  await owner.seesHeading('The room was purged');
  await keepsNothing('after the end', owner, guest);
});

test('CL-1 the look into the places that keep things finds what is put there', async ({ someone }) => {
  const { page, origin } = await someone();
  await page.goto(origin);
  await page.evaluate(async () => {
    history.replaceState({ a: 1 }, '');
    window.name = 'a name';
    localStorage.setItem('a', '1');
    sessionStorage.setItem('a', '1');
    await new Promise((resolve) => {
      indexedDB.open('a').onsuccess = resolve;
    });
    await caches.open('a');
    await (await navigator.storage.getDirectory()).getFileHandle('a', { create: true });
    // biome-ignore lint/suspicious/noDocumentCookie: it is what must be found.
    document.cookie = 'a=1';
  });
  const kept = await keptBy(page);
  const unchanged = Object.keys(nothing).filter((place) => kept[place] === nothing[place]);
  // No page of ours can register one (HT-13).
  expect(unchanged).toEqual(['workers']);
});
