import type { Locator } from '@playwright/test';
import type { Person } from './src/person.ts';
import { expect, test } from './src/story.ts';
import { heardBy, hears, listens } from './src/voice.ts';

/** Says many things, as fast as the room takes them. */
async function saysMany({ page, composer }: Person, texts: readonly string[]): Promise<void> {
  await expect(composer).toBeVisible();
  await page.evaluate((many) => {
    const field = document.querySelector('textarea');
    for (const text of many) {
      if (!field?.form) return;
      field.value = text;
      field.dispatchEvent(new InputEvent('input', { bubbles: true }));
      field.form.requestSubmit();
    }
  }, texts);
}

const lines = (count: number) => Array.from({ length: count }, (_, n) => `line ${n + 1}`);

const topOf = (line: Locator) => line.evaluate((element) => Math.round(element.getBoundingClientRect().top));

test.describe('CL-5 a long conversation', () => {
  test.slow();
  test.use({ flags: ['--messages-per-second', '1000', '--message-burst', '2000', '--ttl-seconds-max', '86400'] });

  test('CL-5 150 lines are on the page, the others come back, and what is read stays where it is', async ({
    someone,
  }) => {
    const [owner, guest] = [await someone(), await someone()];
    const fragment = await owner.opensRoom();
    await guest.joins(fragment, 'Ben');
    await owner.sees('Ben joined');
    await saysMany(guest, lines(340));
    await expect(owner.line('line 340')).toHaveCount(1);
    const items = owner.log.getByRole('listitem');
    expect(await items.count()).toBeLessThanOrEqual(150);
    await expect(owner.log.getByRole('list'), 'one list for a screen reader').toHaveCount(1);
    await expect(owner.log.getByText('line 20', { exact: true })).toHaveCount(0);

    const firstLine = () =>
      owner.log
        .getByText(/^line \d+$/)
        .first()
        .textContent();
    const firstText = (await firstLine()) ?? '';
    const first = owner.log.getByText(firstText, { exact: true });
    const firstPx = await owner.log.evaluate((log, text) => {
      log.scrollTop = 10;
      const line = [...log.querySelectorAll('p')].find(({ textContent }) => textContent === text);
      return line?.getBoundingClientRect().top ?? 0;
    }, firstText);
    await expect(owner.button('Back to the newest messages')).toBeVisible();
    await expect.poll(firstLine).not.toBe(firstText);
    expect(Math.abs((await topOf(first)) - firstPx)).toBeLessThanOrEqual(1);

    await readsToTheTop(owner, owner.line('Ben joined'));
    expect(await items.count()).toBeLessThanOrEqual(150);
    const read = owner.log.getByText('line 3', { exact: true });
    const before = await restOf(read);
    await guest.says('said while you read');
    await expect(owner.button('1 new message')).toBeVisible();
    expect(await topOf(read), 'nothing moves under a reader').toBe(before);

    await owner.page.bringToFront();
    await owner.button('1 new message').focus();
    await owner.page.keyboard.press('Enter');
    await expect(owner.log.getByText('said while you read')).toBeInViewport();
    await expect(owner.composer, 'the button that had the focus is gone').toBeFocused();
    await guest.says('and the newest stays in sight');
    await expect(owner.log.getByText('and the newest stays in sight')).toBeInViewport();
  });
});

/** By the keyboard, until there is nothing earlier; the button that had the focus then goes. */
async function readsToTheTop(person: Person, first: Locator): Promise<void> {
  const { page, log } = person;
  // Firefox hands keys on to a button only in the window that is in front.
  await page.bringToFront();
  const earlier = person.button('Show earlier messages');
  await earlier.focus();
  await expect(async () => {
    await page.keyboard.press('Enter');
    await expect(earlier).toHaveCount(0, { timeout: 100 });
  }).toPass({ intervals: [50] });
  await expect(log).toBeFocused();
  await expect(async () => {
    await page.keyboard.press('PageUp');
    await expect(first).toBeInViewport({ timeout: 100 });
  }).toPass({ intervals: [50] });
}

/** Where it stands when the page has come to rest: a page up by keyboard glides for a while. */
async function restOf(line: Locator): Promise<number> {
  let topPx = Number.NaN;
  await expect(async () => {
    const beforePx = topPx;
    topPx = await topOf(line);
    expect(topPx).toBe(beforePx);
  }).toPass({ intervals: [200] });
  return topPx;
}

const boxOf = async (locator: Locator) => (await locator.boundingBox()) ?? { y: 0, height: 0 };

/** Asked of the page, because :focus fits nothing in a window that is not in front. */
const focusedText = ({ page }: Person) => page.evaluate(() => document.activeElement?.textContent);

test('CR-7 CL-13 links, code and emoji are drawn as such, and nothing else of a text is', async ({ someone }) => {
  const [owner, guest] = [await someone(), await someone()];
  await guest.joins(await owner.opensRoom(), 'Ben');
  await guest.writes(
    'see https://gооgle.example/x, run `npm test`, not javascript:alert(1) or https://me@evil.example',
  );
  const line = owner.line('npm test');
  const links = line.getByRole('link');
  await expect(links).toHaveText(['https://xn--ggle-55da.example/x']);
  await expect(links).toHaveAttribute('rel', 'noreferrer noopener nofollow');
  await expect(links).toHaveAttribute('target', '_blank');
  await expect(links).toHaveAttribute('href', 'https://xn--ggle-55da.example/x');
  await expect(line.getByRole('code')).toHaveText(['npm test']);

  await guest.writes('look:\n```js\nif (a < b) {\n\treturn "<b>";\n}\n```');
  const block = owner.log.getByRole('figure');
  await expect(block).toContainText('js');
  await expect(block.getByRole('code')).toHaveText('if (a < b) {\n\treturn "<b>";\n}');
  await block.getByRole('button', { name: 'Copy' }).click();
  await expect(block.getByRole('button', { name: 'Copied' })).toBeVisible();
  await owner.composer.focus();
  await owner.page.keyboard.press('ControlOrMeta+V');
  await expect(owner.composer).toHaveValue('if (a < b) {\n\treturn "<b>";\n}');
  await owner.composer.fill('');

  await guest.writes('👍');
  const sizeOf = (text: string) =>
    owner.log
      .getByText(text, { exact: true })
      .evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
  await guest.says('small');
  expect(await sizeOf('👍')).toBeGreaterThan(2 * (await sizeOf('small')));

  await guest.writes(Array.from({ length: 80 }, (_, n) => `row ${n}`).join('\n'));
  const long = owner.line('row 0 row 1');
  const height = () => long.evaluate((element) => element.getBoundingClientRect().height);
  const shortPx = await height();
  expect(shortPx).toBeLessThan(500);
  expect(await long.innerText(), 'what is not in sight is not there').not.toContain('row 40');
  const sentLine = guest.line('row 0 row 1');
  const [tick, whole] = [
    await boxOf(sentLine.getByRole('img', { name: 'Sent' })),
    await boxOf(sentLine.getByRole('button', { name: 'Show all of it' })),
  ];
  expect(tick.height).toBeGreaterThan(0);
  expect(tick.y + tick.height, 'the mark lies on the text').toBeLessThan(whole.y);
  await long.getByRole('button', { name: 'Show all of it' }).click();
  await expect.poll(height).toBeGreaterThan(2 * shortPx);
  await expect.poll(() => focusedText(owner), 'what is read next').toContain('row 79');
});

test('CL-5 a long message is drawn as far as it is in sight, and its code is copied whole', async ({ someone }) => {
  const [owner, guest] = [await someone(), await someone()];
  await guest.joins(await owner.opensRoom(), 'Ben');
  const code = lines(1_000).join('\n');
  await saysMany(guest, [`\`\`\`\n${code}\n\`\`\``]);
  const elements = () => owner.log.evaluate((log) => log.querySelectorAll('*').length);
  await owner.sees('line 1 line 2');
  const before = await elements();
  // Set and not typed: Chromium takes a minute to type 4,800 lines into any field.
  await saysMany(guest, ['```\nx\n```\n'.repeat(1_600)]);
  await expect(owner.button('Show all of it')).toHaveCount(2);
  expect((await elements()) - before).toBeLessThan(120);
  await expect(owner.log.getByRole('figure')).toHaveCount(11);

  await owner.log.getByRole('button', { name: 'Copy' }).first().click();
  await owner.composer.focus();
  await owner.page.keyboard.press('ControlOrMeta+V');
  await expect(owner.composer, 'also what is not drawn').toHaveValue(code);
});

test('CL-5 CL-4 a draft outlives a lost connection, and a text that is too long loses nothing', async ({
  someone,
  door,
}) => {
  const line = await door();
  const [owner, guest] = [await someone(), await someone({ door: line, before: listens })];
  await guest.joins(await owner.opensRoom(), 'Ben');
  await guest.says('first');
  await guest.composer.fill('half a sen');
  line.shut();
  await expect(guest.page.getByText('What you write waits here.')).toBeVisible();
  await guest.composer.press('End');
  await guest.composer.pressSequentially('tence');
  line.reopen();
  await guest
    .button('Try now')
    .click({ timeout: 2_000 })
    .catch(() => undefined);
  await expect(guest.page.getByText('What you write waits here.')).toHaveCount(0);
  await expect(guest.composer).toHaveValue('half a sentence');
  const lowPx = await guest.composer.evaluate((field) => field.clientHeight);
  await guest.composer.press('Shift+Enter');
  await guest.composer.press('Shift+Enter');
  await expect.poll(() => guest.composer.evaluate((field) => field.clientHeight)).toBeGreaterThan(lowPx + 20);

  await expect(guest.page.getByText(/of 16,384 bytes/)).toHaveCount(0);
  await guest.composer.fill('y'.repeat(14_000));
  await expect(guest.page.getByText('14,000 of 16,384 bytes')).toBeVisible();
  const tooLong = 'z'.repeat(20_000);
  await guest.composer.fill(tooLong);
  await hears(guest, 'Too long by 3,616 bytes');
  await expect(guest.composer).toHaveAccessibleDescription(/^Too long by 3,616 bytes/);
  await guest.composer.press('End');
  await guest.composer.press('z');
  await expect(guest.composer).toHaveAccessibleDescription(/^Too long by 3,617 bytes/);
  expect(await heardBy(guest), 'said once, not after every key').not.toContain('3,617');
  await expect(guest.page.getByRole('alert')).toHaveCount(0);
  await guest.composer.press('Backspace');
  await expect(guest.button('Send')).toBeDisabled();
  await guest.composer.press('Enter');
  await expect(guest.composer).toHaveValue(tooLong);
  await guest.composer.fill('fits');
  await guest.button('Send').click();
  await owner.sees('fits');
});
