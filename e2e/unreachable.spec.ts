import { expect, test } from './src/story.ts';

test('CL-4 CL-13 a relay that does not answer is told, and tried again until it does', async ({ someone, door }) => {
  const line = await door();
  const [owner, guest] = [await someone(), await someone({ door: line })];
  const fragment = await owner.opensRoom();
  await guest.opensLink(fragment);
  await guest.page.getByLabel('Your name in this room').fill('Ben');
  line.shut();
  await guest.button('Join the room').click();
  await guest.seesHeading('The server does not answer');
  await expect(guest.page.getByText('Check your connection.')).toBeVisible();
  line.reopen();
  await guest.isInside();
  await owner.sees('Ben joined');
});

test('CL-4 CL-13 a room that cannot be opened is told, and can be tried again', async ({ someone, door }) => {
  const line = await door();
  const person = await someone({ door: line });
  await person.page.goto(person.origin);
  await expect(person.button('Open the room')).toBeVisible();
  line.shut();
  await person.button('Open the room').click();
  await expect(person.page.getByRole('heading', { name: 'The server does not answer' })).toBeVisible();
  line.reopen();
  await person.button('Try again').click();
  expect(await person.getsTheLink()).toHaveLength(68);
});

test('CL-4 CL-5 a connection that is cut comes back by itself', async ({ someone, door }) => {
  const line = await door();
  const [owner, guest] = [await someone(), await someone({ door: line })];
  const fragment = await owner.opensRoom();
  await guest.joins(fragment, 'Ben');
  for (let time = 1; time <= 3; time++) {
    line.shut();
    await expect(guest.page.getByText('What you write waits here.')).toBeVisible();
    await guest.writes(`written while cut, ${time}`);
    line.reopen();
    await guest
      .button('Try now')
      .click({ timeout: 2_000 })
      .catch(() => undefined);
    await owner.sees(`written while cut, ${time}`);
    await expect(guest.line(`written while cut, ${time}`).getByRole('img', { name: 'Sent' })).toBeVisible();
  }
});
