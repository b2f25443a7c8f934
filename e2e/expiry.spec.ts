import { expect, test } from './src/story.ts';

// On a busy machine it takes twenty seconds until two have talked.
test.use({ flags: ['--ttl-seconds-min', '5', '--ttl-seconds-default', '40'] });

test('RM-8 RM-10 CL-5 CL-12 CL-13 when time is up everybody is told and the link leads nowhere', async ({
  someone,
}) => {
  const [ada, ben, cleo] = [await someone(), await someone(), await someone()];
  const fragment = await ada.opensRoom({ closesAfter: '40 seconds' });
  await ben.joins(fragment, 'Ben');
  await ben.says('we have forty seconds');
  await ada.sees('we have forty seconds');
  await expect(ada.page.getByText(/^\d+\ss left$/)).toBeVisible();
  await ben.composer.fill('never sent');
  for (const person of [ada, ben]) {
    await expect(person.page.getByRole('heading', { name: 'time is up' })).toBeVisible({ timeout: 50_000 });
    await expect(person.page.getByText('we have forty seconds')).toHaveCount(0);
  }
  await expect(ben.page.getByText('never sent')).toBeVisible();
  await cleo.knocks(fragment, 'Cleo');
  await cleo.seesHeading('There is no such room');
});
