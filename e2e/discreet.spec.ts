import type { Page } from '@playwright/test';
import { expect, test } from './src/story.ts';

/** Of all fields of a page: what would let a helper of the browser send away or write down what is in them. */
function leaksOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wanted = {
      autocomplete: 'off',
      spellcheck: 'false',
      translate: 'no',
      writingsuggestions: 'false',
      autocorrect: 'off',
    };
    const isText = (field: Element) => field instanceof HTMLTextAreaElement || field.matches('input:not([type])');
    const leaks: string[] = [];
    for (const field of document.querySelectorAll('form, input, textarea, select')) {
      const form = field.closest('form');
      const isOff = field.getAttribute('autocomplete') === 'off' || form?.getAttribute('autocomplete') === 'off';
      if (!isOff) leaks.push(`autocomplete of ${field.outerHTML}`);
      if (!isText(field)) continue;
      for (const [name, value] of Object.entries({ ...wanted, 'data-gramm': 'false' }))
        if (field.getAttribute(name) !== value) leaks.push(`${name} of ${field.outerHTML}`);
    }
    return leaks;
  });
}

test('CL-3 CL-1 no field lets the browser check, translate, suggest or remember what is in it', async ({ someone }) => {
  const [ada, ben] = [await someone(), await someone()];
  await ada.page.goto(ada.origin);
  await expect(ada.button('Open the room')).toBeVisible();
  expect(await leaksOf(ada.page), 'the start page').toEqual([]);
  const fragment = await ada.opensRoom();
  expect(await leaksOf(ada.page), 'the composer').toEqual([]);
  for (const opener of ['Invite', 'Menu', 'Change your name']) {
    await ada.button(opener).click();
    expect(await leaksOf(ada.page), opener).toEqual([]);
    await ada.button('Close').click();
  }
  await ben.opensLink(fragment);
  await expect(ben.button('Join the room')).toBeVisible();
  expect(await leaksOf(ben.page), 'the invitation').toEqual([]);
});

/** In the page: whether it is in front. No browser that is driven hides a page. */
declare const seen: { isHidden: boolean };

test('CL-1 CL-13 the title counts what is unread and names neither a room nor a person', async ({ someone }) => {
  const ada = await someone({
    before: () => {
      const state = { isHidden: false };
      Object.assign(globalThis, { seen: state });
      Object.defineProperty(document, 'visibilityState', { get: () => (state.isHidden ? 'hidden' : 'visible') });
    },
  });
  const ben = await someone();
  const hides = (isHidden: boolean) =>
    ada.page.evaluate((now) => {
      seen.isHidden = now;
      document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden);
  await ben.joins(await ada.opensRoom(), 'Ben');
  await ben.says('seen at once');
  await ada.sees('seen at once');
  await expect(ada.page).toHaveTitle('Room – Pug Network');
  await hides(true);
  await ben.says('one');
  await ben.says('two');
  await expect(ada.page).toHaveTitle('(2) Room – Pug Network');
  await hides(false);
  await expect(ada.page).toHaveTitle('Room – Pug Network');
});

test('CL-13 the keys of a room open the invitation and leave, and a report of a fault holds nothing of the room', async ({
  someone,
}) => {
  const ada = await someone();
  const fragment = await ada.opensRoom();
  await ada.page.bringToFront();
  await ada.writes('a word between us');
  await ada.sees('a word between us');
  await ada.menu();
  await ada.button('Copy diagnostics').click();
  await expect(ada.button('Diagnostics copied')).toBeVisible();
  await ada.button('Close').click();
  await ada.composer.focus();
  await ada.page.keyboard.press('ControlOrMeta+V');
  await expect(ada.composer).toHaveValue(/^client \d+\.\d+\.\d+$/m);
  const report = await ada.composer.inputValue();
  expect(report).toContain('Mozilla/5.0');
  for (const secret of [fragment, fragment.slice(4, 20), 'a word between us', 'localhost'])
    expect(report).not.toContain(secret);

  await ada.page.keyboard.press('Control+k');
  await expect(ada.page.getByRole('dialog', { name: 'Invite people' })).toBeVisible();
  await ada.button('Close').click();
  await ada.page.keyboard.press('Control+Shift+L');
  await ada.seesHeading('You left the room');
});

test('CL-13 nothing moves for whoever wants no motion', async ({ someone, browserName }) => {
  test.skip(browserName === 'firefox', 'Firefox takes the wish from its settings alone');
  for (const [reducedMotion, motion] of [
    ['no-preference', 'rise'],
    ['reduce', 'none'],
  ] as const) {
    const ada = await someone({ reducedMotion });
    await ada.page.goto(ada.origin);
    await ada.button('About this page').click();
    await expect(ada.page.getByRole('dialog')).toHaveCSS('animation-name', motion);
  }
});
