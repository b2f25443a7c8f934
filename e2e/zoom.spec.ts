import type { Person } from './src/person.ts';
import { expect, test } from './src/story.ts';

/** Everything on the page that is cut off or reaches out of the window sideways. */
async function cutOff({ page }: Person): Promise<string[]> {
  return page.evaluate(() => {
    const isShown = (element: Element) =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest('.unseen');
    const called = (element: Element) =>
      `${element.tagName.toLowerCase()} ${(element.textContent ?? '').trim().slice(0, 30)}`;
    const layer = document.querySelector('dialog[open]') ?? document.body;
    const elements = [...layer.querySelectorAll('button, input, select, textarea, a, p, h1, h2, li, label, legend')];
    const outside = elements.filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return isShown(element) && width > 1 && (left < -1 || right > innerWidth + 1);
    });
    const clipped = elements.filter((element) => {
      // What stands in a field can be scrolled in it.
      const cuts =
        /hidden|clip/.test(getComputedStyle(element).overflowX) && !element.matches('input, select, textarea');
      return isShown(element) && cuts && element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1;
    });
    const { scrollWidth } = document.documentElement;
    return [...outside, ...clipped].map(called).concat(scrollWidth > innerWidth ? [`the page: ${scrollWidth} px`] : []);
  });
}

/** As large as wanted: by the zoom of the browser, which makes the window smaller for the page, or by the size of its text. */
const ways = [
  {
    how: 'zoomed to 200 %',
    context: { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
    textPercent: 100,
  },
  { how: 'text of 200 %', context: { viewport: { width: 1280, height: 800 } }, textPercent: 200 },
  {
    how: 'zoomed to 400 %',
    context: { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 },
    textPercent: 100,
  },
] as const;

for (const { how, context, textPercent } of ways) {
  test(`CL-13 ${how}: nothing is cut off, and the composer can be reached`, async ({ someone }) => {
    const [owner, guest] = [await someone(context), await someone()];
    const { page } = owner;
    const nothingIsCut = async (screen: string) => {
      // Through the object model, which the page's policy allows.
      await page.evaluate((percent) => {
        document.documentElement.style.fontSize = `${percent}%`;
      }, textPercent);
      expect(await cutOff(owner), screen).toEqual([]);
    };
    await page.goto(owner.origin);
    await expect(owner.button('Open the room')).toBeVisible();
    await nothingIsCut('start');
    await owner.button('Open the room').click();
    const fragment = await owner.getsTheLink();
    await nothingIsCut('share');
    await owner.button('Close').click();
    await guest.joins(fragment, 'Somebody with a long name');
    await guest.writes(
      'A word of a length that needs room: Donaudampfschifffahrtsgesellschaftskapitän.\n```\ncode\n```',
    );
    await owner.sees('Donaudampf');
    await nothingIsCut('room');
    await owner.says('written at this size');
    await expect(owner.composer, 'all of the composer is in the window').toBeInViewport({ ratio: 1 });
    await expect(owner.log.getByText('written at this size')).toBeInViewport();
    await expect(owner.button('Menu')).toBeInViewport({ ratio: 1 });
    await owner.button('Verify').click();
    await nothingIsCut('safety code');
    await owner.button('Close').click();
    await owner.menu();
    await nothingIsCut('menu');
    // A narrow header leaves it to the menu.
    await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
    await owner.seesHeading('You left the room');
    await nothingIsCut('the end');
  });
}
