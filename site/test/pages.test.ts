// Every page in a browser, as people meet it: under the policy, on a phone, by night, without JavaScript.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { portOf } from '../src/started.ts';
import { type Served, serveSite } from './served.ts';

setDefaultTimeout(120_000);

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const executablePath = '/usr/bin/chromium';
const phone = { width: 320, height: 700 };
const desk = { width: 1280, height: 800 };
/** Together they have every kind of element, and a colour is a token's: what is readable here by night is so everywhere. */
const kinds = ['index', 'faq', 'encryption', 'configuration', 'client-library', 'repository', 'room-lifecycle'];

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

let site: Served;
let browser: Browser;

beforeAll(async () => {
  site = await serveSite('/some/where/docs/');
  // As root Chromium refuses to start with its sandbox.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  browser = await chromium.launch({ executablePath, args });
});
afterAll(async () => {
  await browser?.close();
  site?.stop();
});

/** A page of a browser of its own, and everything it complained about: broken policies, failed requests, errors. */
async function visitor(
  options: BrowserContextOptions,
  home = site.address,
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  // Chromium on Linux does not know a feature that HT-10 names for the browsers that do.
  const isKnown = (text: string) => text.includes("Unrecognized feature: 'web-share'");
  page.on('console', (message) => {
    if (!isKnown(message.text())) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('requestfailed', (request) => complaints.push(`${page.url()}: failed: ${request.url()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(home)) complaints.push(`${page.url()}: asks elsewhere: ${request.url()}`);
  });
  return { page, complaints };
}

async function judge(page: Page, rules?: readonly string[]): Promise<string[]> {
  await page.evaluate(axeSource);
  const only = rules ? `{ runOnly: ${JSON.stringify(rules)} }` : '{}';
  // axe is there since the line before.
  const { violations } = (await page.evaluate(`axe.run(document, ${only})`)) as AxeResults;
  return violations.map(({ id, nodes }) => `${page.url()}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

describe('every page', () => {
  test('keeps the policy of HT-10, asks nothing elsewhere, and has no fault that axe finds, by day on a desk', async () => {
    const { page, complaints } = await visitor({ viewport: desk, colorScheme: 'light' });
    const faults: string[] = [];
    for (const name of site.pages) {
      await page.goto(site.address + name);
      faults.push(...(await judge(page)));
    }
    expect(complaints).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('by night has enough contrast, and on the narrowest phone nothing scrolls sideways', async () => {
    const { page, complaints } = await visitor({ viewport: phone, colorScheme: 'dark' });
    const faults: string[] = [];
    for (const name of site.pages) {
      await page.goto(site.address + name);
      // A string, because the program of this page is not ours to type: the document is the browser's.
      const widthPx = await page.evaluate('document.documentElement.scrollWidth');
      if (Number(widthPx) > phone.width) faults.push(`${name} is ${widthPx} px wide`);
      const hidden = await page
        .locator('.table, pre')
        .evaluateAll((boxes) => boxes.filter((box) => box.scrollWidth > box.clientWidth).length);
      if (hidden > 0) faults.push(`${name}: ${hidden} tables or listings scroll sideways`);
      const isKind = kinds.includes(name.replace('.html', ''));
      if (isKind) faults.push(...(await judge(page, ['color-contrast', 'scrollable-region-focusable'])));
    }
    expect(complaints).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('is whole without JavaScript', async () => {
    const { page, complaints } = await visitor({ viewport: phone, javaScriptEnabled: false });
    for (const name of site.pages) {
      await page.goto(site.address + name);
      expect(await page.locator('main h1').isVisible(), name).toBe(true);
      expect(await page.locator('.search').isVisible(), name).toBe(false);
    }
    await page.goto(site.address);
    await page.getByRole('link', { name: 'All pages' }).click();
    await page.getByRole('navigation', { name: 'All pages' }).getByRole('link', { name: 'Trust model' }).click();
    expect(await page.locator('h1').textContent()).toBe('Trust model');
    await page.getByText('On this page').click();
    await page.getByRole('link', { name: 'What is not covered', exact: true }).click();
    expect(page.url()).toEndWith('#what-is-not-covered');
    expect(complaints).toEqual([]);
  });
});

describe('searching', () => {
  test('finds a heading by a word below it, and Enter leads there', async () => {
    const { page, complaints } = await visitor({ viewport: desk });
    await page.goto(site.address);
    expect(site.requested.some((path) => path.includes('index-'))).toBe(false);
    const field = page.getByRole('searchbox', { name: 'Search these pages' });
    await field.fill('subpoe');
    await page.getByRole('listitem').getByRole('link', { name: 'Why no message history?' }).waitFor();
    await field.press('Enter');
    await page.waitForURL(/faq\.html#why-no-message-history$/);
    expect(await page.locator('h1').textContent()).toBe('Questions and answers');
    expect(complaints).toEqual([]);
  });

  test('finds a rule by its id', async () => {
    const { page } = await visitor({ viewport: desk });
    await page.goto(`${site.address}faq.html`);
    await page.getByRole('searchbox').fill('CR-13');
    await page.getByRole('search').getByRole('link').first().waitFor();
    const targets = await page
      .getByRole('search')
      .getByRole('link')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    expect(String(targets)).toContain('encryption.html');
  });

  test('says when there is nothing, and Escape clears', async () => {
    const { page } = await visitor({ viewport: desk });
    await page.goto(site.address);
    const field = page.getByRole('searchbox');
    await field.fill('xyzzyxyzzy');
    await page.getByText('Nothing found').waitFor();
    await field.press('Escape');
    expect(await field.inputValue()).toBe('');
  });
});

describe('served by the relay', () => {
  let relay: Bun.Subprocess<'ignore', 'pipe', 'ignore'>;
  let origin: string;
  beforeAll(async () => {
    const program = [process.execPath, 'relay/src/main.ts', '--host', '127.0.0.1', '--port', '0'];
    relay = Bun.spawn(program, { cwd: join(import.meta.dir, '..', '..'), stdout: 'pipe', stderr: 'ignore' });
    origin = `http://127.0.0.1:${await portOf(relay.stdout)}`;
  });
  afterAll(() => relay.kill('SIGKILL'));

  test('HT-18 HT-10 its pages keep the policy, lead to each other, search, and lead to the app', async () => {
    const { page, complaints } = await visitor({ viewport: desk }, `${origin}/docs`);
    await page.goto(`${origin}/docs`);
    expect(page.url()).toBe(`${origin}/docs/`);
    await page.getByRole('navigation', { name: 'All pages' }).getByRole('link', { name: 'Trust model' }).click();
    expect(page.url()).toBe(`${origin}/docs/trust-model.html`);
    await page.getByRole('searchbox').fill('escrow');
    await page.getByRole('search').getByRole('link').first().waitFor();
    const app = page.getByRole('link', { name: 'Open the app' });
    expect(await app.evaluate((link) => (link instanceof HTMLAnchorElement ? link.href : ''))).toBe(`${origin}/`);
    expect(complaints).toEqual([]);
  });

  test('HT-18 whatever a page links or loads is there', async () => {
    const linked = new Set<string>();
    for (const name of site.pages) {
      const address = new URL(name === 'index.html' ? '' : name, `${origin}/docs/`);
      const html = await (await fetch(address)).text();
      for (const [, url = ''] of html.matchAll(/\s(?:href|src)="([^"#]+)/g)) linked.add(new URL(url, address).href);
    }
    const own = [...linked].filter((url) => url.startsWith(origin));
    expect(own.length).toBeGreaterThan(site.pages.length);
    const answers = await Promise.all(own.map(async (url) => `${(await fetch(url)).status} ${new URL(url).pathname}`));
    expect(answers.filter((answer) => !answer.startsWith('200 '))).toEqual([]);
  });
});

test('the list of all pages begins where this one stands, and the text at its top', async () => {
  const { page } = await visitor({ viewport: desk });
  await page.goto(`${site.address}operations.html`);
  const here = page.getByRole('navigation', { name: 'All pages' }).getByRole('link', { name: 'Operations' });
  await page.waitForFunction("document.querySelector('.pages').scrollTop > 0");
  const box = await here.boundingBox();
  expect(box?.y).toBeLessThan(desk.height);
  expect(await page.evaluate('scrollY')).toBe(0);
});

test('"Open the app" leads above the pages', async () => {
  const { page } = await visitor({ viewport: desk });
  await page.goto(`${site.address}faq.html`);
  const target = await page
    .getByRole('link', { name: 'Open the app' })
    .evaluate((link) => (link instanceof HTMLAnchorElement ? link.href : ''));
  expect(String(target)).toBe(site.address.replace(/docs\/$/, ''));
});
