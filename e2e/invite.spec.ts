import { expect, test } from './src/story.ts';

test('CL-8 SK-10 RM-5 the panel with the link waits for others, says who came, and when nobody else can', async ({
  someone,
}) => {
  const [owner, guest] = [await someone(), await someone()];
  const fragment = await owner.opensRoom();
  await owner.button('Invite').click();
  const panel = owner.page.getByRole('dialog', { name: 'Invite people' });
  await expect(panel).toContainText('Waiting for others …');
  await expect(panel).toContainText('Keep this page open');
  await expect(panel).toContainText('Room for 1 more person.');
  await guest.joins(fragment, 'Ben');
  await expect(panel).toContainText(/Ben [0-9A-Z]{4} joined/);
  await expect(panel).toContainText('The room is full.');
  await expect(panel).not.toContainText(/Waiting|Keep this page open/);
  await guest.button('Leave').click();
  await expect(panel).toContainText('Waiting for others …');
  await owner.button('Close').click();
  await owner.menu();
  await owner.locks(true);
  await owner.button('Close').click();
  await owner.button('Invite').click();
  await expect(panel).toContainText('The owner locked the room: nobody new can join');
});

test('HT-8 whoever wants another time finds it under more settings', async ({ someone }) => {
  const owner = await someone();
  await owner.page.goto(owner.origin);
  const other = owner.page.getByRole('combobox', { name: 'Closes after' });
  await expect(owner.button('Open the room')).toBeVisible();
  await expect(other).toBeHidden();
  await owner.page.getByText('More settings').click();
  await other.selectOption('2 hours');
  await expect(owner.page.getByRole('radio', { name: '2 hours' })).toBeChecked();
  await owner.button('Open the room').click();
  await owner.page.getByLabel('Link of this room').waitFor({ timeout: 90_000 });
  await owner.button('Close').click();
  await expect(owner.page.getByText(/^(2\sh|1\sh\s59\smin) left$/)).toBeVisible();
});
