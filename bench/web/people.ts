/** People with browsers in one room: what each of the measurements of the web client begins with. */
import type { Browser, BrowserContext, Page } from 'playwright-core';

export const patienceMs = 60_000;

/** Without a built web client the relay serves no page. */
export async function checkPage(port: number): Promise<void> {
  const { ok } = await fetch(`http://localhost:${port}/`);
  if (!ok) throw new Error('the web client is not built: run "npm run build -w web" first');
}

export function composer(page: Page) {
  return page.getByRole('textbox', { name: 'Message', exact: true });
}

/** A page of its own profile, in which `before` runs ahead of every script. */
export async function newPage(from: Browser | BrowserContext, before?: () => void): Promise<Page> {
  const context = 'newContext' in from ? await from.newContext() : from;
  const page = await context.newPage();
  if (before) await page.addInitScript(before);
  return page;
}

/** Opens a room. @returns the address of its link */
export async function openRoom(page: Page, port: number, people: number): Promise<string> {
  await page.goto(`http://localhost:${port}/`);
  await page.getByLabel('People at most').selectOption(String(people));
  await page.getByRole('button', { name: 'Open the room' }).click();
  const link = await page.getByLabel('Link of this room').inputValue({ timeout: patienceMs });
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await composer(page).waitFor({ timeout: patienceMs });
  return link;
}

export async function joinRoom(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('button', { name: 'Join the room' }).click();
  await composer(page).waitFor({ timeout: patienceMs });
}

/** Says something and waits until it is in the room: then this person was let in. */
export async function sayHello(page: Page): Promise<void> {
  const sent = page.getByRole('img', { name: 'Sent' });
  const before = await sent.count();
  await composer(page).fill('hello');
  await composer(page).press('Enter');
  await sent.nth(before).waitFor({ timeout: patienceMs });
}
