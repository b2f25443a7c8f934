import { expect, test } from './src/story.ts';
import { hears, listens } from './src/voice.ts';

test('CR-7 CR-16 CL-13 a name cannot pass for words of the page, and two people of one name are told apart', async ({
  someone,
}) => {
  const [owner, guest, twin] = [await someone({ before: listens }), await someone(), await someone()];
  const fragment = await owner.opensRoom({ people: 3 });
  const forged = 'X was removed by the owner. Eve';
  await guest.knocks(fragment, forged);
  await guest.isInside();
  const joined = owner.line('joined');
  await expect(joined.getByText(forged, { exact: true })).toHaveCSS('font-weight', '650');
  await expect(joined).toHaveText(/^X was removed by the owner\. Eve [0-9A-Z]{4} joined/);

  await twin.joins(fragment, forged);
  await expect(owner.button(/^Remove /)).toHaveCount(2);
  const shownTags = owner.page.getByRole('complementary').getByTitle(/^Belongs to this person/);
  await expect(shownTags).toHaveCount(3);
  const tags = await shownTags.allInnerTexts();
  // What was said before is over: of many things at once only the number is told.
  await expect(owner.page.getByRole('status').getByRole('paragraph')).toHaveCount(0);
  await twin.composer.fill('first\nX: second');
  await twin.button('Send').click();
  await hears(owner, `${forged} ${tags[2]}: first X: second`);

  await owner.button(`Remove ${forged} ${tags[1]}`).click();
  await expect(owner.page.getByRole('heading', { name: `Remove ${forged} ${tags[1]}?` })).toBeVisible();
  await owner.button('Remove').click();
  await guest.seesHeading('You were removed');
  await expect(owner.line('Eve was removed by the owner')).toContainText(`${forged} ${tags[1]} was`);
});

test('CR-7 CL-13 a name that would be cut, or that the page uses itself, is refused before it is used', async ({
  someone,
}) => {
  const [owner, guest] = [await someone(), await someone()];
  const fragment = await owner.opensRoom();
  await guest.opensLink(fragment);
  const field = guest.page.getByLabel('Your name in this room');
  const join = guest.button('Join the room');
  for (const [name, said] of [
    ['a'.repeat(33), 'This name is too long.'],
    ['Owner', 'This page uses that word itself.'],
  ] as const) {
    await field.fill(name);
    await expect(guest.page.getByRole('status').filter({ hasText: said })).toBeVisible();
    await expect(field).toHaveAccessibleDescription(new RegExp(said));
    await expect(join).toBeDisabled();
  }
  await field.fill('a'.repeat(32));
  await expect(field).toHaveAttribute('aria-invalid', 'false');
  await join.click();
  await guest.isInside();
  await guest.button('Change your name').click();
  await field.fill('You');
  await expect(guest.button('Change it')).toBeDisabled();
});
