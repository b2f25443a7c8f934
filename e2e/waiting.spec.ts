import type { Door } from './src/door.ts';
import type { Person } from './src/person.ts';
import { expect, test } from './src/story.ts';
import { hears, listens } from './src/voice.ts';

/** No word goes through any more, and the device knows it; to the relay and the page the connection still stands. */
async function goesOffline(person: Person, train: Door): Promise<void> {
  train.freeze();
  await person.context.setOffline(true);
  // Before the 10 s after which a connection is taken for dead (CL-4).
  await expect(person.page.locator('.banner')).toContainText('This device says it is offline.', { timeout: 8_000 });
  await hears(person, 'This device says it is offline.');
}

/** Only then is what was sent meanwhile sent again: within the 10 s of CL-4. */
async function noticesTheLoss({ page }: Person): Promise<void> {
  await expect(page.getByText('What you write waits here.')).toBeVisible();
}

async function purges(owner: Person): Promise<void> {
  await owner.menu();
  await owner.button('Purge the room …').click();
  await owner.button('Purge for everybody').click();
}

test('RM-5 RM-7 CL-4 what an owner asks without a network is shown to wait, and to be undone when one leaves', async ({
  someone,
  door,
}) => {
  const train = await door();
  const [owner, guest] = [await someone({ door: train, before: listens }), await someone()];
  const fragment = await owner.opensRoom();
  await guest.joins(fragment, 'Ben');
  await owner.sees('Ben joined');
  await goesOffline(owner, train);

  await owner.menu();
  const lock = owner.page.getByLabel('Lock the room');
  await lock.click();
  await expect(lock).toBeChecked({ indeterminate: true });
  await expect(lock).not.toBeChecked();
  await expect(owner.page.getByText('Waits for the connection', { exact: true })).toBeVisible();
  await lock.click();
  await expect(lock).not.toBeChecked();
  await expect(owner.page.getByText('Waits for the connection', { exact: true })).toHaveCount(0);
  await owner.button('Close').click();

  await purges(owner);
  const waits = 'The purge waits for the connection: the room still exists.';
  await expect(owner.page.locator('.banner').getByText(waits)).toBeVisible();
  await hears(owner, waits);
  await owner.button('Leave').click();
  await owner.seesHeading('You left the room');
  await expect(owner.page.getByText('As far as this page knows the room was not purged')).toBeVisible();
  await guest.says('still here');
});

test('RM-7 CL-4 a purge that waited is done when the network is back', async ({ someone, door }) => {
  const train = await door();
  const [owner, guest] = [await someone({ door: train, before: listens }), await someone()];
  const fragment = await owner.opensRoom();
  await guest.joins(fragment, 'Ben');
  await goesOffline(owner, train);
  await purges(owner);
  await expect(owner.page.getByText('The purge waits for the connection')).not.toHaveCount(0);
  await noticesTheLoss(owner);
  train.reopen();
  await owner.context.setOffline(false);
  await guest.seesHeading('The room was purged');
  await owner.seesHeading('The room was purged');
  await expect(owner.page.getByText('not purged')).toHaveCount(0);
});

test('RM-7 CL-4 of a room that is gone nobody says that it goes on, though its purge waited', async ({
  someone,
  relay,
  door,
}) => {
  const train = await door();
  const owner = await someone({ door: train, before: listens });
  await owner.opensRoom();
  await goesOffline(owner, train);
  await purges(owner);
  await relay.kill();
  await relay.startAgain();
  await noticesTheLoss(owner);
  train.reopen();
  await owner.context.setOffline(false);
  await owner.seesHeading('The room is gone');
  await expect(owner.page.getByText('not purged')).toHaveCount(0);
});
