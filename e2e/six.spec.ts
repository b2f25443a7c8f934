import { expect, test } from './src/story.ts';

test('JN-6 JN-4 CL-13 SK-9 six people talk and the seventh is refused', async ({ someone }) => {
  test.slow();
  const owner = await someone();
  const fragment = await owner.opensRoom({ people: 6 });
  const names = ['Ben', 'Cleo', 'Dora', 'Emil', 'Fay'];
  const guests = [];
  for (const name of names) {
    const guest = await someone();
    await guest.joins(fragment, name);
    guests.push(guest);
  }
  const everybody = [owner, ...guests];
  // Who has not been let in yet reads nothing, and knows no names.
  for (const { page } of everybody) {
    for (const name of names) await expect(page.getByRole('complementary').getByText(name).first()).toBeVisible();
  }
  for (const [at, person] of everybody.entries()) await person.says(`word of number ${at + 1}`);
  for (const person of everybody) {
    await expect(person.log.getByText(/^word of number \d$/)).toHaveCount(6);
    const texts = await person.log.getByText(/^word of number \d$/).allTextContents();
    expect(texts, 'all see the same order').toEqual([1, 2, 3, 4, 5, 6].map((number) => `word of number ${number}`));
  }
  const seventh = await someone();
  await seventh.knocks(fragment, 'Gus');
  await seventh.seesHeading('The room is full');
  await expect(seventh.page.getByText('word of number')).toHaveCount(0);
  for (const person of everybody) await expect(person.log).not.toContainText('Gus');
  await guests[0]?.button('Leave').click();
  await owner.sees('Ben left');
  await seventh.button('Try again').click();
  await seventh.isInside();
  await owner.sees('Gus joined');
});
