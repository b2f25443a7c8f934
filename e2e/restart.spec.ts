import { expect, test } from './src/story.ts';

test('CL-4 CL-5 CL-13 the relay is killed mid-sentence, and nothing typed is lost', async ({ someone, relay }) => {
  const [ada, ben] = [await someone(), await someone()];
  const fragment = await ada.opensRoom();
  await ben.joins(fragment, 'Ben');
  await ben.says('this one arrived');
  await ben.composer.pressSequentially('half a sent');
  await relay.kill();
  await expect(ben.page.getByText('What you write waits here.')).toBeVisible();
  await ben.composer.pressSequentially('ence');
  await ben.button('Send').click();
  await expect(ben.line('half a sentence')).toContainText('Not sent yet: waits for the connection');
  await ben.composer.fill('and a draft');
  await expect(ben.line('this one arrived'), 'what was said can be read meanwhile').toBeVisible();

  await relay.startAgain();
  await ben.seesHeading('The room is gone');
  await expect(ben.page.getByRole('listitem').filter({ hasText: 'half a sentence' })).toBeVisible();
  await expect(ben.page.getByRole('listitem').filter({ hasText: 'and a draft' })).toBeVisible();
  await expect(ben.button('Copy this text')).toHaveCount(2);
  await expect(ben.page.getByText('this one arrived'), 'what did arrive is not among the unsent').toHaveCount(0);
  await ada.seesHeading('The room is gone');
  const next = await ada.opensRoom();
  await ben.joins(next, 'Ben');
  await ben.says('half a sentence');
  await ada.sees('half a sentence');
});
