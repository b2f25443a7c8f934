import type { Person } from './src/person.ts';
import { expect, test } from './src/story.ts';

/** Reloads and says yes when the browser asks. @returns which kind of question it was */
async function reloads({ page }: Person): Promise<string> {
  const asked = page.waitForEvent('dialog').then(async (dialog) => {
    await dialog.accept();
    return dialog.type();
  });
  const [kind] = await Promise.all([asked, page.reload()]);
  return kind;
}

test('CL-12 CL-1 CL-13 a reload asks first, and then offers to paste the link', async ({ someone }) => {
  const [owner, guest] = [await someone(), await someone()];
  const fragment = await owner.opensRoom();
  await guest.joins(fragment, 'Ben');
  await guest.says('said before the reload');
  expect(await reloads(guest)).toBe('beforeunload');
  await guest.seesHeading('The link has no key');
  await expect(guest.page.getByText('said before the reload')).toHaveCount(0);
  await expect(owner.line('Ben').filter({ hasText: /left|lost/ })).toHaveCount(1);
  await guest.page.getByLabel('Paste it here').fill(`${guest.origin}/r#${fragment}`);
  await guest.button('Look at the invitation').click();
  await guest.button('Join the room').click();
  await guest.isInside();
  await guest.says('back again');
  await owner.sees('back again');
  expect(guest.page.url()).not.toContain('#');
});

test('CL-12 CL-2 with the link kept in the address bar a reload can join again, by a click', async ({ someone }) => {
  const [owner, guest] = [await someone(), await someone()];
  const fragment = await owner.opensRoom();
  await guest.joins(fragment, 'Ben');
  await guest.menu();
  await guest.page.getByLabel('Keep the link in the address bar').check();
  await guest.button('Close').click();
  expect(guest.page.url()).toBe(`${guest.origin}/r#${fragment}`);
  expect(await reloads(guest)).toBe('beforeunload');
  await guest.seesHeading('You are invited to a private room');
  expect(guest.page.url()).not.toContain('#');
  await guest.button('Join the room').click();
  await guest.says('joined again');
  await owner.sees('joined again');
});

test('CL-12 who stays when asked stays in the room', async ({ someone, browserName }) => {
  const [owner, guest] = [await someone(), await someone()];
  const fragment = await owner.opensRoom();
  await guest.joins(fragment, 'Ben');
  await guest.says('said before the question');
  const asked = guest.page.waitForEvent('dialog');
  // The reload never happens, and each browser says so in its own way.
  const reload = guest.page.reload({ timeout: 5_000 }).catch(() => null);
  await (await asked).dismiss();
  if (browserName === 'chromium') await reload;
  await guest.sees('said before the question');
  await guest.says('still here');
  await owner.sees('still here');
});
