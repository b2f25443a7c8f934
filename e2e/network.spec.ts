import type { Door } from './src/door.ts';
import type { Person } from './src/person.ts';
import { expect, test } from './src/story.ts';

/** The network goes away for 10 s and comes back with another address; to the relay the old connection still counts. */
async function loseNetwork(person: Person, door: Door, meanwhile: () => Promise<void>): Promise<void> {
  door.freeze();
  await person.context.setOffline(true);
  const over = new Promise((resolve) => setTimeout(resolve, 10_000));
  await meanwhile();
  await over;
  // A connection is taken for dead 10 s after a ping (CL-4).
  await expect(person.page.getByText('What you write waits here.')).toBeVisible();
  await expect(person.line('written on the train')).toContainText('Not sent yet: waits for the connection');
  door.reopen('127.0.0.2');
  await person.context.setOffline(false);
}

async function cameBack(owner: Person, guest: Person): Promise<void> {
  await expect(guest.line('You may have missed messages between')).toHaveCount(1);
  await owner.sees('Ben is back on another connection');
  // What was written without a network arrives, once; what was said meanwhile is not sent again (SK-9).
  await owner.sees('written on the train');
  await expect(guest.line('written on the train').getByRole('img', { name: 'Sent' })).toBeVisible();
  await expect(guest.page.getByText('said meanwhile')).toHaveCount(0);
  await owner.says('welcome back');
  await guest.sees('welcome back');
}

test('JN-7 CL-4 CL-5 CL-6 CL-7 CL-9 a lost network in a full room of two', async ({ someone, door }) => {
  const train = await door();
  const [owner, guest, stranger] = [await someone(), await someone({ door: train }), await someone()];
  const fragment = await owner.opensRoom({ people: 2 });
  await guest.joins(fragment, 'Ben');
  await guest.says('before the tunnel');
  await loseNetwork(guest, train, async () => {
    await guest.writes('written on the train');
    await owner.says('said meanwhile');
    await stranger.knocks(fragment, 'Stranger');
    await stranger.seesHeading('The room is full');
  });
  await cameBack(owner, guest);
});

test('JN-7 CL-4 CL-5 CL-6 CL-7 CL-9 a lost network in a locked room', async ({ someone, door }) => {
  const train = await door();
  const [owner, guest, stranger] = [await someone(), await someone({ door: train }), await someone()];
  const fragment = await owner.opensRoom({ people: 4 });
  await guest.joins(fragment, 'Ben');
  await owner.menu();
  await owner.locks(true);
  await owner.button('Close').click();
  await guest.sees('The owner locked the room');
  await loseNetwork(guest, train, async () => {
    await guest.writes('written on the train');
    await owner.says('said meanwhile');
    await stranger.knocks(fragment, 'Stranger');
    await stranger.seesHeading('The room is locked');
  });
  await cameBack(owner, guest);
});

test('CL-5 CL-13 what waits while the room is full or left is not lost without a word', async ({ someone, door }) => {
  const train = await door();
  const [owner, guest, other] = [await someone(), await someone({ door: train }), await someone()];
  const fragment = await owner.opensRoom({ people: 2 });
  await guest.joins(fragment, 'Ben');
  await owner.sees('Ben joined');
  train.shut();
  await guest.context.setOffline(true);
  await owner.sees('Ben lost the connection');
  await guest.writes('written on the train');
  await guest.composer.fill('half a thought');
  await guest.page.evaluate(() => {
    location.hash = 'another';
  });
  await expect(guest.page.getByText('What is written here and not sent yet is lost then.')).toBeVisible();
  await guest.button('Stay here').click();

  await other.joins(fragment, 'Carl');
  train.reopen();
  await guest.context.setOffline(false);
  for (const texts of [2, 1]) {
    await guest.seesHeading('The room is full');
    await expect(guest.page.getByText('It keeps the link for another try.')).toHaveCount(texts - 1);
    await expect(guest.button('Copy this text')).toHaveCount(texts);
    if (texts === 2) await guest.button('Try again').click();
    await expect(guest.button('Copy this text')).toHaveCount(1);
  }
  await other.button('Leave').click();
  await owner.sees('Carl left');
  await guest.button('Try again').click();
  await guest.isInside();
  await expect(guest.composer).toHaveValue('written on the train\n\nhalf a thought');
  await guest.button('Send').click();
  await owner.sees('half a thought');
});
