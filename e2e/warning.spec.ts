import { expect, test } from './src/story.ts';

// On a busy machine some of the twenty seconds before the warning pass until two are in.
test.use({ flags: ['--ttl-seconds-min', '5', '--ttl-seconds-default', '80'] });

test('SK-6 CL-13 a minute before the room closes everybody is told, in sight and aloud', async ({ someone }) => {
  const [ada, ben] = [await someone(), await someone()];
  const fragment = await ada.opensRoom({ closesAfter: '1 minute 20 seconds' });
  await expect(ada.page.locator('.banner')).toHaveCount(0);
  await ben.joins(fragment, 'Ben');
  for (const { page } of [ada, ben]) {
    const shown = page.locator('.banner').getByText(/^This room closes for everybody in (1 minute|\d\d seconds)\.$/);
    await expect(shown).toBeVisible({ timeout: 40_000 });
  }
});
