import { keptBy, nothing } from './src/kept.ts';
import type { Person } from './src/person.ts';
import { expect, test } from './src/story.ts';

/** The part of a link that no other link has. */
function secretOf(fragment: string): string {
  return fragment.slice(2, 66);
}

/** The key is in no place that a page can keep things in, and in none that it shows. */
async function keepsNothing({ page, origin }: Person, fragment: string): Promise<void> {
  const secret = secretOf(fragment);
  expect(await keptBy(page)).toEqual(nothing);
  expect(page.url()).toBe(`${origin}/r`);
  expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain(secret);
  // The browser itself lists the address it was told to open; no other entry may hold it.
  const entries = await page.evaluate(() => performance.getEntries().map((entry) => JSON.stringify(entry)));
  const naming = entries.filter((entry) => entry.includes(secret));
  expect(naming.every((entry) => entry.includes('"entryType":"navigation"'))).toBe(true);
}

test('CL-2 CL-1 LK-3 opening a link joins nothing, asks nothing, and leaves the key nowhere', async ({
  someone,
  door,
  watch,
}) => {
  const line = await door();
  const [owner, guest] = [await someone(), await someone({ door: line })];
  const fragment = await owner.opensRoom();
  await guest.opensLink(fragment);
  await guest.seesHeading('You are invited to a private room');
  await guest.page.mouse.move(200, 300);
  await guest.page.keyboard.press('Tab');
  // A scanner that opens links and runs their scripts waits a while for what happens.
  await guest.page.waitForTimeout(3_000);
  expect(line.socketsAsked, 'no socket').toBe(0);
  expect(line.sent, 'no call').not.toContain('/api/');
  await expect(owner.log).not.toContainText('joined');

  await keepsNothing(guest, fragment);
  await guest.button('Join the room').click();
  await guest.isInside();
  expect(line.socketsAsked, 'the click joins').toBe(1);
  await guest.says('joined by a click');
  await owner.sees('joined by a click');
  const secret = secretOf(fragment);
  expect(line.sent).not.toContain(secret);
  const asked = watch.requests.filter((url) => new URL(url).hash === '' && url.includes(secret));
  expect(asked, 'no requested address holds the key').toEqual([]);
});
