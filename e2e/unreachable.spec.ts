import { expect, test } from './src/story.ts';
import { hears, listens } from './src/voice.ts';

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

test('CL-4 CL-13 a part of the page that does not arrive is told as that, said, and fetched until it does', async ({
  someone,
}) => {
  const [owner, guest] = [await someone(), await someone({ before: listens })];
  const fragment = await owner.opensRoom();
  const part = /\/ratchet-[^/]+\.js$/;
  await guest.context.route(part, (route) => route.abort());
  await guest.knocks(fragment, 'Ben');
  await guest.seesHeading('Not in the room yet');
  await expect(guest.page.getByText('A part of this page could not be loaded.', { exact: true }).first()).toBeVisible();
  await expect(guest.page.getByText('open the link again, over another network or in another browser')).toBeVisible();
  await hears(guest, 'A part of this page could not be loaded.');
  await expect(guest.page.getByText('The server does not answer')).toHaveCount(0);
  await guest.context.unroute(part);
  await guest.isInside();
  await owner.sees('Ben joined');
});

/** In the page: each announcement, as often as it is made. */
declare const announced: readonly string[];

function notesAnnouncements(): void {
  const kept: string[] = [];
  Object.assign(globalThis, { announced: kept });
  new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes]))
      if (node instanceof Element && node.matches('[role=status] p')) kept.push(node.textContent ?? '');
  }).observe(document, { childList: true, subtree: true });
}

test('CL-4 CL-13 whoever waits to join hears each new reason, once', async ({ someone }) => {
  const [owner, guest] = [await someone(), await someone({ before: notesAnnouncements })];
  const heard = () => guest.page.evaluate(() => announced);
  const fragment = await owner.opensRoom();
  const policy = '**/api/v1/policy';
  let tries = 0;
  await guest.context.route(policy, (route) => {
    tries++;
    return route.abort();
  });
  let isBusy = false;
  await guest.page.routeWebSocket(/\/ws$/, (socket) => {
    if (isBusy) void socket.close({ code: 1013, reason: 'overloaded' });
  });
  await guest.knocks(fragment, 'Ben');
  await expect.poll(() => tries).toBeGreaterThan(2);
  expect(await heard()).toEqual(['The server does not answer.']);
  isBusy = true;
  await guest.context.unroute(policy);
  await guest.button('Try again').click();
  await expect(guest.page.getByText(/has no room for another connection/).first()).toBeVisible();
  await expect
    .poll(heard)
    .toEqual(['The server does not answer.', 'The server has no room for another connection right now.']);
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
