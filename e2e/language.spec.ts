import { expect, test } from './src/story.ts';

test('CL-1 CL-13 the page speaks the language of the browser, another for as long as it is open, and stores neither', async ({
  someone,
}) => {
  const ada = await someone({ locale: 'de-CH' });
  await ada.page.goto(ada.origin);
  await ada.seesHeading('Ein privater Raum hinter einem Link');
  await expect(ada.page.locator('html')).toHaveAttribute('lang', 'de');
  await ada.page.getByLabel('Sprache').selectOption('English');
  await ada.seesHeading('A private room behind a link');
  await expect(ada.page.locator('html')).toHaveAttribute('lang', 'en');
  await ada.page.reload();
  await ada.seesHeading('Ein privater Raum hinter einem Link');
});

test('CL-13 a language whose words do not arrive leaves the page in English', async ({ someone, watch }) => {
  watch.forgive(/Failed to fetch|integrity|aborted/i);
  const ada = await someone({ locale: 'de-DE' });
  await ada.context.route(/\/de-[^/]+\.js$/, (route) => route.abort());
  await ada.page.goto(ada.origin);
  await ada.seesHeading('A private room behind a link');
  await ada.context.unroute(/\/de-[^/]+\.js$/);
  await ada.page.getByLabel('Language').selectOption('Deutsch');
  await ada.seesHeading('Ein privater Raum hinter einem Link');
});

test('CL-13 a language from right to left mirrors the page', async ({ someone }) => {
  const ada = await someone({ locale: 'ar-XB' });
  await ada.page.goto(ada.origin);
  await expect(ada.page.locator('html')).toHaveAttribute('dir', 'rtl');
  const mark = await ada.page.getByRole('banner').locator('img').boundingBox();
  const width = await ada.page.evaluate(() => innerWidth);
  expect(mark?.x ?? 0).toBeGreaterThan(width / 2);
  const isWide = await ada.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(isWide).toBe(false);
  await expect(ada.page.getByRole('textbox'), 'a link begins where it begins').toHaveCSS('direction', 'ltr');
});
