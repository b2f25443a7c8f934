import { expect, test } from './src/story.ts';

test('RM-7 RM-10 SK-15 CL-12 CL-13 the owner purges the room for everybody', async ({ someone }) => {
  const [owner, guest, late] = [await someone(), await someone(), await someone()];
  const fragment = await owner.opensRoom({ people: 3 });
  await guest.joins(fragment, 'Ben');
  await guest.says('before the end');
  await owner.sees('before the end');
  await guest.menu();
  await expect(guest.button('Purge the room …')).toHaveCount(0);
  await guest.button('Close').click();

  await owner.menu();
  await owner.button('Purge the room …').click();
  await owner.button('Keep the room').click();
  await guest.says('still here');
  await owner.menu();
  await owner.button('Purge the room …').click();
  await owner.button('Purge for everybody').click();
  for (const person of [owner, guest]) {
    await person.seesHeading('The room was purged');
    await expect(person.page.getByText('before the end')).toHaveCount(0);
    await expect(person.composer).toHaveCount(0);
  }
  await late.knocks(fragment, 'Late');
  await late.seesHeading('There is no such room');
});
