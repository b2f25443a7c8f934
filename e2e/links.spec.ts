import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from './src/story.ts';

/** A link's fragment as LK-1 spells it, for no room at all. */
function fragmentOf(version: number, secrets: Buffer = randomBytes(48)): string {
  const body = Buffer.concat([Buffer.of(version), secrets]);
  const check = createHash('sha256').update('pug/1 link').update(body).digest().subarray(0, 2);
  return Buffer.concat([body, check]).toString('base64url');
}

const good = fragmentOf(1);
const oneChanged = good.slice(0, 30) + (good[30] === 'A' ? 'B' : 'A') + good.slice(31);

const refusals = [
  ['the key is missing', '', 'The link has no key'],
  ['a character that no link has', `${good.slice(0, 20)}*${good.slice(21)}`, 'The link is damaged'],
  ['cut off', good.slice(0, 60), 'The link is not complete'],
  ['one character changed', oneChanged, 'The link is damaged'],
  ['not the beginning of a link', fragmentOf(200), 'The link is damaged'],
  ['a newer version', fragmentOf(2), 'The link is from a newer version'],
] as const;

test('LK-6 LK-7 CL-13 CL-2 each damage of a link has its own words, and nothing is asked of the relay', async ({
  someone,
  door,
}) => {
  const line = await door();
  const person = await someone({ door: line });
  const words = new Set<string>();
  for (const [damage, fragment, heading] of refusals) {
    await person.page.goto('about:blank');
    await person.opensLink(fragment);
    await person.seesHeading(heading);
    words.add(await person.page.getByRole('main').innerText());
    expect(person.page.url(), damage).not.toContain('#');
  }
  expect(words.size, 'no two of them read alike').toBe(refusals.length);
  expect(line.socketsAsked).toBe(0);
  expect(line.sent).not.toContain('/api/');
  await person.page.getByLabel('Paste it here').fill(`  look: ${person.origin}/r#${good}?utm_source=mail `);
  await person.button('Look at the invitation').click();
  await person.seesHeading('You are invited to a private room');
});

test('LK-8 CL-13 an exposed key is told, and not offered to join with', async ({ someone, relay, watch }) => {
  // Firefox looks for an icon unasked; the policy of this page lets nothing load (HT-11).
  watch.forgive(/img-src.*favicon\.ico/);
  const person = await someone();
  const response = await person.page.goto(`${person.origin}/r%23${good}`);
  expect(response?.status()).toBe(400);
  await person.seesHeading('The key of this link was sent to the server');
  await expect(person.button('Join the room')).toHaveCount(0);
  expect(await person.page.content()).not.toContain(good);
  expect(relay.printed).not.toContain(good);
});

test('JN-4 CL-13 a good link to no room is not found', async ({ someone }) => {
  const person = await someone();
  await person.knocks(good, 'Ada');
  await person.seesHeading('There is no such room');
});
