/** Screens outside a room: start, opening one, links that lead nowhere, browsers that cannot. */
import type { Browser, BrowserContextOptions, Page } from 'playwright';
import { Moves } from './moves.ts';
import { type Camera, harden } from './stage.ts';

export async function start(camera: Camera): Promise<void> {
  const { words, button, close } = new Moves(camera);
  const page = await camera.page();
  await page.getByLabel(words.duration(3600), { exact: true }).waitFor();
  await camera.shot(page, '01-start');
  await page.getByText(words.start.more).click();
  await page.getByRole('combobox', { name: words.start.closesAfter }).selectOption(words.duration(7200));
  await camera.shot(page, '02-start-more');
  await page.mouse.wheel(0, 2000);
  await camera.shot(page, '02-start-below');
  await button(page, words.sees.heading).click();
  await camera.shot(page, '03-sees');
  await close(page);
  await button(page, words.about.heading).click();
  await page.waitForTimeout(300);
  await camera.shot(page, '04-about');
  await page.close();
}

export async function opening(camera: Camera): Promise<void> {
  const { words, button } = new Moves(camera);
  const slow = await camera.page();
  await harden(slow, 2 ** 24);
  await button(slow, words.start.open).click();
  const solve = button(slow, words.preparing.askStart);
  await slow.addLocatorHandler(solve, (asked) => asked.click(), { times: 1 });
  const firstParts = [1, 2, 3, 4, 5, 6].map((hits) => words.preparing.phase.work(hits, 8)).join('|');
  await slow.getByText(new RegExp(firstParts)).waitFor({ timeout: 60_000 });
  await camera.shot(slow, '05-preparing');
  await button(slow, words.cancel).click();
  await slow.removeLocatorHandler(solve);
  await slow.unroute('**/api/v1/challenge');
  await harden(slow, 2 ** 26.9);
  await button(slow, words.start.open).click();
  await solve.waitFor();
  await camera.shot(slow, '06-preparing-asks');
  await slow.close();
  await openingFails(camera);
}

async function openingFails(camera: Camera): Promise<void> {
  const moves = new Moves(camera);
  const { words, button, heading } = moves;
  const { refused } = words;
  const page = await camera.page();
  await page.getByLabel(words.duration(3600), { exact: true }).waitFor();
  camera.door.shut(true);
  await button(page, words.start.open).click();
  await heading(page, refused.create_unreachable.heading).waitFor({ timeout: 60_000 });
  await camera.shot(page, '07-create-unreachable');
  await button(page, words.cancel).click();
  camera.door.shut(false);
  const answers = { draining: refused.create_draining, taken: refused.create_failed } as const;
  for (const [code, { heading: expected }] of Object.entries(answers)) {
    await page.route('**/api/v1/rooms', (route) => {
      const status = code === 'draining' ? 503 : 409;
      const body = JSON.stringify({ type: `urn:pug:error:${code}`, title: 'x', status, code });
      return route.fulfill({ status, contentType: 'application/problem+json', body });
    });
    await button(page, words.start.open).click();
    await heading(page, expected).waitFor({ timeout: 60_000 });
    await camera.shot(page, `08-create-${code}`);
    await button(page, words.cancel).click();
    await page.unroute('**/api/v1/rooms');
  }
  await moves.break(page);
  await button(page, words.start.open).click();
  await heading(page, refused.create_unable.heading).waitFor();
  await camera.shot(page, '08-create-unable');
  await page.close();
}

export async function badLinks(camera: Camera): Promise<void> {
  const good = Buffer.alloc(51, 7);
  good[0] = 1;
  const broken = good.toString('base64url');
  const links = {
    '40-no-key': '/r',
    '41-alphabet': `/r#${broken.slice(0, 20)}%25${broken.slice(20)}`,
    '42-length': `/r#${broken.slice(0, 40)}`,
    '43-check': `/r#${broken}`,
    '44-version': `/r#__${broken.slice(2)}`,
    '45-newer': `/r#Ag${broken.slice(2)}`,
    '46-key-exposed': `/r%23${broken}`,
  };
  for (const [name, path] of Object.entries(links)) {
    const page = await camera.page(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    // The answer to an exposed key is a page of the relay's own, in a sandbox (HT-11).
    await camera.shot(page, name, { isScripted: name !== '46-key-exposed' });
    await page.close();
  }
}

/** `options` are those of the context that `camera` looks through. */
export async function cannotRun(browser: Browser, camera: Camera, options: BrowserContextOptions): Promise<void> {
  const lacking = await browser.newContext(options);
  await lacking.addInitScript(() => {
    // Firefox runs this on its empty first page as well, which is no secure one.
    if (!isSecureContext) return;
    // One of its overloads, whichever.
    const importKey = SubtleCrypto.prototype.importKey as (...args: unknown[]) => Promise<unknown>;
    const lacks = function (this: SubtleCrypto, ...args: unknown[]) {
      return args[2] === 'Ed25519' ? Promise.reject(new DOMException('no')) : importKey.apply(this, args);
    };
    Object.assign(SubtleCrypto.prototype, { importKey: lacks });
  });
  const missing = camera.with(lacking);
  await missing.shot(await missing.page(`/r#${'A'.repeat(68)}`), '50-cannot-run');
  await lacking.close();

  const old = await browser.newContext(options);
  await old.route('**/assets/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: 'const = 1' }));
  const tooOld = camera.with(old);
  const page = await tooOld.page();
  await page.getByRole('heading', { level: 1 }).waitFor();
  // What it says on the console is that the script is none.
  tooOld.problems.splice(0, tooOld.problems.length, ...tooOld.problems.filter((problem) => !isScriptError(problem)));
  await tooOld.shot(page, '51-too-old');
  await old.close();
  if (browser.browserType().name() === 'chromium') await withoutScript(browser, camera, options);
}

const isScriptError = (problem: string) => /SyntaxError|Unexpected token|missing|integrity|digest/i.test(problem);

/** No script can judge this one. */
async function withoutScript(browser: Browser, camera: Camera, options: BrowserContextOptions): Promise<void> {
  const bare = await browser.newContext({ ...options, javaScriptEnabled: false });
  const page: Page = await bare.newPage();
  await page.goto(camera.door.origin);
  await page.screenshot({ path: `${import.meta.dirname}/../screens/52-no-script-${camera.name}.png` });
  await bare.close();
}
