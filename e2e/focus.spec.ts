import type { Locator } from '@playwright/test';
import { expect, test } from './src/story.ts';

test('CL-13 on a touch screen the focus enters a room with its heading, and no keyboard opens', async ({
  someone,
  browserName,
}) => {
  test.skip(browserName === 'firefox', 'Firefox on a desktop has no coarse pointer to be told of');
  const touch = { hasTouch: true, isMobile: true, viewport: { width: 390, height: 800 } };
  const [owner, guest] = [await someone(touch), await someone(touch)];
  const fragment = await owner.opensRoom();
  const heading = (name: string) => ({ name, level: 1 }) as const;
  await expect(owner.page.getByRole('heading', heading('Room'))).toBeFocused();
  await guest.joins(fragment, 'Ben');
  await expect(guest.page.getByRole('heading', heading('Room'))).toBeFocused();
  const people = owner.button('2 of 2 people');
  await expect(people).toHaveText(/2 of 2/);
  await people.click();
  await expect(owner.page.getByRole('dialog', { name: 'People' })).toBeVisible();
});

test('on a touch screen Enter breaks the line with Shift and without, and what sends is the button', async ({
  someone,
  browserName,
}) => {
  test.skip(browserName === 'firefox', 'Firefox on a desktop has no coarse pointer to be told of');
  const [owner, guest] = [await someone({ hasTouch: true, isMobile: true }), await someone()];
  await guest.joins(await owner.opensRoom(), 'Ben');
  await owner.composer.tap();
  await owner.page.keyboard.type('first');
  await owner.page.keyboard.press('Shift+Enter');
  await owner.page.keyboard.type('second');
  await owner.page.keyboard.press('Enter');
  await owner.page.keyboard.type('third');
  await expect(owner.composer).toHaveValue('first\nsecond\nthird');
  await owner.button('Send').tap();
  await guest.sees('first second third');
  await owner.composer.fill('by a keyboard that is plugged in');
  await owner.page.keyboard.press('Control+Enter');
  await guest.sees('by a keyboard that is plugged in');
});

test('CL-4 CL-13 what is pressed to try again keeps the focus or gives it to what comes', async ({
  someone,
  door,
  watch,
}) => {
  const line = await door();
  const [owner, guest] = [await someone(), await someone({ door: line })];
  await guest.joins(await owner.opensRoom(), 'Ben');
  await owner.sees('Ben joined');
  await guest.page.bringToFront();
  line.shut();
  const tryNow = guest.button('Try now');
  await tryNow.focus();
  const asked = line.socketsAsked;
  // It tries to connect, which it cannot, and waits again: the button stays what it was.
  await guest.page.keyboard.press('Enter');
  await expect(guest.page.getByText(/Trying again in/)).toBeVisible();
  await expect(tryNow).toBeFocused();
  line.reopen();
  await guest.page.keyboard.press('Enter');
  await expect(tryNow).toHaveCount(0);
  expect(line.socketsAsked).toBeGreaterThan(asked);
  await expect(guest.composer).toBeFocused();

  watch.forgive(/Failed to fetch|NetworkError|aborted|Failed to load/i);
  const late = await someone();
  await late.context.route('**/api/v1/policy', (route) => route.abort());
  await late.page.goto(late.origin);
  await late.page.bringToFront();
  await late.button('Try again').focus();
  await late.context.unroute('**/api/v1/policy');
  await late.page.keyboard.press('Enter');
  await expect(late.button('Open the room')).toBeVisible();
  await expect(late.page.getByRole('heading', { name: 'Open a room', level: 2 })).toBeFocused();
});

test('CL-13 a screen reader begins with the heading of a dialog, and with the texts of a question', async ({
  someone,
}) => {
  const ada = await someone();
  await ada.opensRoom();
  const { page } = ada;
  await page.bringToFront();
  for (const name of ['Verify', 'Invite', 'Menu', /What can this server see/]) {
    await ada.button(name).first().click();
    await expect(page.getByRole('dialog').getByRole('heading', { level: 2 })).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(ada.button('Close')).toBeFocused();
    await page.keyboard.press('Enter');
  }
  await ada.menu();
  await ada.button('Purge the room …').click();
  const question = page.getByRole('alertdialog', { name: 'Purge this room?' });
  await expect(question).toHaveAccessibleDescription(/Everybody is disconnected now.* stays with them/);
  await expect(ada.button('Keep the room'), 'the answer that destroys nothing').toBeFocused();
});

/** Of what an empty field says, with what is behind it (WCAG 2.2, 1.4.3). */
function placeholderContrast(field: Locator): Promise<number> {
  return field.evaluate((element) => {
    const { color, opacity } = getComputedStyle(element, '::placeholder');
    const frame = element.parentElement ?? element;
    const numbers = (text: string) => (text.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
    const [front, back] = [numbers(color), numbers(getComputedStyle(frame).backgroundColor)];
    const mixed = front.map((part, at) => part * Number(opacity) + (back[at] ?? 0) * (1 - Number(opacity)));
    const luminance = (parts: readonly number[]) => {
      const [r = 0, g = 0, b = 0] = parts.map((part) => {
        const share = part / 255;
        return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const [dark = 0, light = 0] = [luminance(mixed), luminance(back)].toSorted((one, other) => one - other);
    return (light + 0.05) / (dark + 0.05);
  });
}

test('CL-13 what an empty field says can be read by day and by night', async ({ someone, browserName }) => {
  // Firefox takes the theme from its settings alone.
  for (const colorScheme of browserName === 'firefox' ? (['light'] as const) : (['light', 'dark'] as const)) {
    const ada = await someone({ colorScheme });
    await ada.opensRoom();
    expect(await placeholderContrast(ada.composer), colorScheme).toBeGreaterThanOrEqual(4.5);
  }
});

test('CL-13 in forced colours no word of a quiet button touches its border', async ({ someone, browserName }) => {
  test.skip(browserName === 'firefox', 'only Chromium can be told to force colours');
  const ada = await someone({ forcedColors: 'active' });
  await ada.page.goto(ada.origin);
  const padding = ada.button('About this page').evaluate((element) => {
    const { paddingInlineStart, borderInlineStartStyle } = getComputedStyle(element);
    return { px: Number.parseFloat(paddingInlineStart), border: borderInlineStartStyle };
  });
  expect((await padding).border).toBe('solid');
  expect((await padding).px).toBeGreaterThanOrEqual(6);
});
