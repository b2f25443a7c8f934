import type { Person } from './src/person.ts';
import { expect, test } from './src/story.ts';

const neutral = 'https://www.wikipedia.org';

/** Somebody in a room with Ben, who has said something; the neutral page is answered here. */
async function inARoom(ada: Person, ben: Person): Promise<void> {
  await ada.context.route(`${neutral}/**`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<p>neutral</p>' }),
  );
  const fragment = await ada.opensRoom();
  await ben.joins(fragment, 'Ben');
  await ada.says('nobody must find this');
}

async function isElsewhere(ada: Person, ben: Person): Promise<void> {
  await expect(ada.page.getByText('neutral')).toBeVisible();
  expect(new URL(ada.page.url()).origin).toBe(neutral);
  await ben.sees('left');
  await ada.page.goBack().catch(() => null);
  await expect(ada.page.getByText('nobody must find this')).toHaveCount(0);
  expect(ada.page.url()).not.toContain(ada.origin);
}

test('CL-14 escape pressed twice leaves the room, wipes the page and is elsewhere, with no way back', async ({
  someone,
  watch,
}) => {
  watch.allow(neutral);
  const [ada, ben] = [await someone(), await someone()];
  await inARoom(ada, ben);
  await ada.page.keyboard.press('Escape');
  await ada.page.waitForTimeout(700);
  await ada.composer.fill('one Escape is none');
  await ada.button('Menu').click();
  // On a busy machine the two may come too far apart. Then one presses again, as people do.
  await expect(async () => {
    await ada.page.keyboard.press('Escape');
    await ada.page.keyboard.press('Escape');
    await expect(ada.page.getByText('neutral')).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
  await isElsewhere(ada, ben);
});

test('CL-14 the button does the same, and empties the page before the other one has come', async ({
  someone,
  watch,
}) => {
  watch.allow(neutral);
  const [ada, ben] = [await someone(), await someone()];
  await inARoom(ada, ben);
  let arrive: () => void = () => undefined;
  const arrival = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  await ada.context.route(`${neutral}/**`, async (route) => {
    await arrival;
    await route.fulfill({ contentType: 'text/html', body: '<p>neutral</p>' });
  });
  // A page that is being replaced answers no question any more: it tells by itself.
  await ada.page.evaluate(() => {
    const tell = () => document.body.childElementCount === 0 && console.log('the page is empty');
    new MutationObserver(tell).observe(document.body, { childList: true });
  });
  const emptied = ada.page.waitForEvent('console', (message) => message.text() === 'the page is empty');
  await ada.button('Quick exit').click({ noWaitAfter: true });
  await emptied;
  arrive();
  await isElsewhere(ada, ben);
});
