import { expect, test } from './src/story.ts';

/** In the page: lets tries end, those that began before this; and all that will begin. */
declare const slow: { lets: (() => void)[]; isOver: boolean };

/** A device so slow that the tries of a puzzle (PW-5) end when they are let. They are the browser's own; what is late is their result. */
function triesSlowly(): void {
  // Firefox runs this on its empty first page as well, which is no secure one.
  if (!isSecureContext) return;
  const state: typeof slow = { lets: [], isOver: false };
  Object.assign(globalThis, { slow: state });
  const { deriveBits } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.deriveBits = async function (algorithm, ...rest) {
    const bits = await deriveBits.call(this, algorithm, ...rest);
    const isTry = typeof algorithm === 'object' && algorithm.name === 'PBKDF2';
    if (isTry && !state.isOver) await new Promise<void>((resolve) => state.lets.push(resolve));
    return bits;
  };
}

test('PW-8 CL-13 an opening that was called off ends without a word, whatever is on the page by then', async ({
  someone,
}) => {
  const ada = await someone({ before: triesSlowly });
  const { page } = ada;
  const waiting = () => page.evaluate(() => slow.lets.length);
  await page.goto(ada.origin);
  await ada.button('Open the room').click();
  await ada.seesHeading('Opening a room');
  await expect.poll(waiting).toBeGreaterThan(0);
  await ada.button('Cancel').click();
  const first = await waiting();
  await ada.button('Open the room').click();
  await ada.seesHeading('Opening a room');
  await expect.poll(waiting).toBeGreaterThan(first);

  await page.evaluate((count) => {
    for (const end of slow.lets.slice(0, count)) end();
  }, first);
  // Long after the first has found that it was called off.
  await page.waitForTimeout(500);
  await ada.seesHeading('Opening a room');
  const solve = ada.button('Solve it');
  await page.addLocatorHandler(solve, () => solve.click());
  await page.evaluate(() => {
    slow.isOver = true;
    for (const end of slow.lets) end();
  });
  await expect(page.getByRole('dialog', { name: 'Invite people' })).toBeVisible();
});
