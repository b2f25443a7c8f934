import { expect, test } from './src/story.ts';
import { heardBy, hears, listens } from './src/voice.ts';

test('whoever joins hears that they are in, and nothing of a connection that was lost', async ({ someone }) => {
  const [owner, guest] = [await someone({ before: listens }), await someone({ before: listens })];
  const fragment = await owner.opensRoom();
  await guest.joins(fragment, 'Ben');
  await hears(guest, 'The others have let you in.');
  await owner.says('hello');
  await hears(guest, 'hello');
  for (const person of [owner, guest]) expect(await heardBy(person)).not.toContain('The connection is lost.');
});

test('what happens while a dialog is open is heard in it', async ({ someone }) => {
  const [owner, guest] = [await someone({ before: listens }), await someone()];
  const fragment = await owner.opensRoom();
  await guest.joins(fragment, 'Ben');
  await owner.sees('Ben joined');
  await owner.button('Invite').click();
  await guest.says('said behind the dialog');
  await hears(owner, 'Ben: said behind the dialog');
  await owner.button('Copy the link').click();
  // Whether the browser lets it or not.
  await expect.poll(() => heardBy(owner)).toMatch(/Link copied|did not allow copying/);
});
