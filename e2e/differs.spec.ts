import { expect, test } from './src/story.ts';

test('CR-15 a safety code that differs stays in sight until it is compared again and matches', async ({ someone }) => {
  const [ada, ben] = [await someone(), await someone()];
  await ben.joins(await ada.opensRoom(), 'Ben');
  await ada.sees('Ben joined');
  await ada.safetyWords();
  await ada.button('Verify').click();
  await ada.button('They differ').click();
  await ada.button('Cancel').click();
  await ada.sees('The safety code differs');
  await expect(ada.button('Verify')).toHaveCount(0);
  await ada.button('Differs').click();
  await expect(ada.page.getByText('You have compared this code, and it differs.')).toBeVisible();
  await ada.button('They match').click();
  await expect(ada.button('Verified')).toBeVisible();
  await ada.sees('The safety code differs');
  await ada.sees('You compared the safety code again and it matches');
});
