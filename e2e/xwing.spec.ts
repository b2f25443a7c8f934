/** X-Wing is the browser's where it has one, and JavaScript where it has none; people with either meet in one room. */
import { serveModule } from './src/module.ts';
import { expect, test } from './src/story.ts';

type Kem = 'browser' | 'JavaScript';

/** What the source exports. */
interface XWingPage {
  readonly hasNativeXWing: () => Promise<boolean>;
  readonly meet: (founding: Kem, joining: Kem) => Promise<unknown>;
  readonly opens: (sealing: Kem, opening: Kem) => Promise<boolean>;
}

test('CR-11 X-Wing of the browser and X-Wing in JavaScript are one', async ({ page, browserName }) => {
  const site = await serveModule('core/test/xwing-page.ts');
  await page.goto(site.address);
  await page.waitForFunction(() => 'built' in globalThis);
  // Put there by the page of serveModule.
  const built = await page.evaluateHandle(() => (globalThis as unknown as { built: XWingPage }).built);
  const isNative = await built.evaluate(({ hasNativeXWing }) => hasNativeXWing());
  expect(isNative).toBe(browserName === 'chromium');
  const kems: readonly Kem[] = isNative ? ['browser', 'JavaScript'] : ['JavaScript'];
  for (const pair of kems.flatMap((one) => kems.map((other) => [one, other] as const))) {
    expect(await built.evaluate(({ opens }, [one, other]) => opens(one, other), pair), pair.join()).toBe(true);
    expect(await built.evaluate(({ meet }, [one, other]) => meet(one, other), pair), pair.join()).toEqual({
      heard: ['a question', 'an answer'],
      agree: true,
      removed: true,
      readsOn: false,
    });
  }
  site.stop();
});
