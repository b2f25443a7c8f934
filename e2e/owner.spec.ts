import { expect, test } from './src/story.ts';

test('SK-6 RM-5 RM-6 JN-9 CL-13 the owner, known to all, locks the room and removes somebody, who cannot come back', async ({
  someone,
}) => {
  const [owner, guest, late] = [await someone(), await someone(), await someone()];
  const fragment = await owner.opensRoom({ people: 3 });
  await guest.joins(fragment, 'Ben');
  await owner.sees('Ben joined');
  for (const { page } of [owner, guest]) {
    const people = page.getByRole('complementary', { name: 'People' }).getByRole('listitem');
    await expect(people).toHaveCount(2);
    await expect(people.nth(0).getByText('owner', { exact: true })).toBeVisible();
    await expect(people.nth(1).getByText('owner', { exact: true })).toHaveCount(0);
  }
  await expect(owner.button(/^Remove /)).toHaveCount(1);
  await expect(guest.button(/^Remove /)).toHaveCount(0);
  await owner.menu();
  await owner.locks(true);
  await owner.button('Close').click();
  await guest.sees('The owner locked the room');
  await late.knocks(fragment, 'Late');
  await late.seesHeading('The room is locked');

  await owner.button(/^Remove Ben \w{4}$/).click();
  await owner.button('Remove').click();
  await guest.seesHeading('You were removed');
  await owner.sees('Ben was removed by the owner');
  await guest.knocks(fragment, 'Ben again');
  await guest.seesHeading('The room is locked');

  await owner.menu();
  await owner.locks(false);
  await owner.button('Close').click();
  await owner.sees('The owner unlocked the room');
  await late.button('Try again').click();
  await late.isInside();
  await expect(owner.line('Late joined')).toHaveCount(1);
});
