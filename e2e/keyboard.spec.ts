import type { Person } from './src/person.ts';
import { expect, test } from './src/story.ts';

/** More than there are places for the focus on any page. */
const maxSteps = 60;

/** What has the focus, as a screen reader names it: its role and its name. */
async function focused({ page }: Person): Promise<string> {
  const has = await page.evaluate(() => document.activeElement !== document.body && document.hasFocus());
  if (!has) return 'nothing of the page';
  const snapshot = await page
    .locator('*:focus')
    .ariaSnapshot({ timeout: 5_000 })
    .catch(() => 'something of no name');
  return snapshot.replace(/^- /, '').split('\n')[0] ?? '';
}

/** Presses Tab, or with `back` Shift and Tab, until something of this name has the focus. The mouse is never touched. */
async function tabsTo(person: Person, name: string | RegExp, back = false): Promise<void> {
  const seen: string[] = [];
  for (let step = 0; step < maxSteps; step++) {
    await person.page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
    const now = await focused(person);
    if (typeof name === 'string' ? now.includes(`"${name}"`) : name.test(now)) return;
    seen.push(now);
  }
  throw new Error(`the keyboard does not reach ${name}; it reaches ${seen.join(', ')}`);
}

/** The safety code is made a moment after its dialog. Until then there is nothing to go to there, and the focus would leave the page. */
async function tabsToWhatComes(person: Person, name: string): Promise<void> {
  await expect(person.button(name)).toBeVisible();
  await tabsTo(person, name);
}

async function presses({ page }: Person, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** From the start page into a new room. @returns the link's fragment */
async function opensRoom(owner: Person): Promise<string> {
  const { page } = owner;
  await page.goto(owner.origin);
  // Firefox gives keys to the window in front.
  await page.bringToFront();
  await expect(owner.button('Open the room')).toBeVisible();
  await tabsTo(owner, /^radio/);
  await presses(owner, 'ArrowRight');
  await tabsTo(owner, 'People at most');
  await presses(owner, 'ArrowUp', 'ArrowUp');
  await tabsTo(owner, 'Open the room');
  await presses(owner, 'Enter');
  const fragment = await owner.getsTheLink();
  await tabsTo(owner, 'Copy the link');
  await escapes(owner);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(owner.composer, 'closing what opened by itself leads to the composer').toBeFocused();
  return fragment;
}

/** Closes what is open. Faster after the last Escape than a hand, it would be the quick exit (CL-14). */
async function escapes(person: Person): Promise<void> {
  await person.page.waitForTimeout(600);
  await presses(person, 'Escape');
}

/** Opens a dialog, where a screen reader begins with the heading, and closes it again: the focus is back where it came from. */
async function opensAndCloses(owner: Person, opener: string, inside: () => Promise<void>): Promise<void> {
  await presses(owner, 'Enter');
  await expect(owner.page.getByRole('dialog').getByRole('heading', { level: 2 })).toBeFocused();
  await inside();
  if ((await owner.page.getByRole('dialog').count()) > 0) await escapes(owner);
  await expect(owner.button(opener)).toBeFocused();
}

test('CL-13 by keyboard alone: a room, a message, the safety code, the menu, and out', async ({ someone }) => {
  const [owner, guest] = [await someone(), await someone()];
  const { page } = owner;
  await guest.joins(await opensRoom(owner), 'Ben');
  await owner.sees('Ben joined');
  await page.bringToFront();
  await page.keyboard.type('first line');
  await presses(owner, 'Shift+Enter');
  await page.keyboard.type('second line');
  await presses(owner, 'Enter');
  await guest.sees('second line');
  await expect(owner.composer).toBeFocused();
  await expect(owner.composer).toHaveValue('');

  await page.keyboard.type('?');
  await expect(page.getByRole('dialog'), 'one character alone is no command').toHaveCount(0);
  await presses(owner, 'Backspace', 'Control+/');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toContainText('Ctrl / ⌘ + /');
  await escapes(owner);
  await expect(owner.composer).toBeFocused();

  await tabsTo(owner, 'Verify', true);
  await presses(owner, 'Enter');
  await tabsToWhatComes(owner, 'They differ');
  await presses(owner, 'Enter');
  await expect(page.getByRole('dialog').locator(':focus')).toContainText('somebody may stand between you');
  await escapes(owner);
  await expect(owner.button('Differs')).toBeFocused();
  await opensAndCloses(owner, 'Verified', async () => {
    await tabsToWhatComes(owner, 'They match');
    await presses(owner, 'Enter');
    await expect(page.getByRole('button', { name: 'Verified', includeHidden: true })).toHaveCount(1);
  });
  await tabsTo(owner, 'Menu');
  await opensAndCloses(owner, 'Menu', async () => {
    await tabsTo(owner, 'Lock the room');
    await presses(owner, 'Space');
    await guest.sees('The owner locked the room');
  });
  await tabsTo(owner, 'Messages');
  await tabsTo(owner, 'Leave', true);
  await presses(owner, 'Enter');
  await owner.seesHeading('You left the room');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await tabsTo(owner, 'Open a new room');
  await presses(owner, 'Enter');
  await owner.seesHeading('A private room behind a link');
});
