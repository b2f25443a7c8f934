import { expect, test } from './src/story.ts';

test('CL-5 CL-8 CR-4 SK-9 two people open a room by its link and talk', async ({ someone }) => {
  const ada = await someone();
  const fragment = await ada.opensRoom();
  expect(fragment).toHaveLength(68);
  const ben = await someone();
  await ben.joins(fragment, 'Ben Heron');
  await ada.sees('Ben Heron joined');
  await ben.says('Hello, is this the room?');
  await ada.sees('Hello, is this the room?');
  const hello = ada.line('Hello, is this the room?');
  await expect(hello).toContainText('Ben Heron');
  await hello.getByText('Hello').hover();
  await expect(
    hello.getByTitle(/\d\d:\d\d:\d\d \(\d minutes? ago\)$/),
    'who points at it is told its age',
  ).toBeVisible();
  await ben.says('Nobody wrote in between.');
  const next = ada.line('Nobody wrote in between.');
  await expect(next, 'whose it is and when is heard of each text').toContainText(/^Ben Heron \S+ \d\d:\d\d/);
  await next.getByText('Nobody').hover();
  await expect(next.getByTitle(/\d\d:\d\d:\d\d \(\d minutes? ago\)$/)).toBeVisible();
  await ada.says('It is.\nWith a second line, 🐕 and <b>no markup</b>.');
  await ben.sees('With a second line, 🐕 and <b>no markup</b>.');
  await expect(ben.line('It is.').locator('b')).toHaveCount(0);
  for (let round = 1; round <= 5; round++) {
    await ada.says(`question ${round}`);
    await ben.says(`answer ${round}`);
  }
  for (const person of [ada, ben]) {
    const texts = await person.log.getByText(/^(question|answer) \d$/).allTextContents();
    expect(texts).toEqual([1, 2, 3, 4, 5].flatMap((round) => [`question ${round}`, `answer ${round}`]));
  }
  await ben.button('Leave').click();
  await ben.seesHeading('You left the room');
  await ada.sees('Ben Heron left');
  await expect(ben.page.getByText('question 1')).toHaveCount(0);
});
