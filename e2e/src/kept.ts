/** Everything that a page could have put away for later. */
import type { Page } from '@playwright/test';

/** What each place holds, as text; every place of a page that keeps nothing is as in `nothing`. */
export async function keptBy(page: Page): Promise<Record<string, string>> {
  const inPage = await page.evaluate(async () => {
    const files: string[] = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
    return {
      historyState: JSON.stringify(history.state),
      windowName: window.name,
      localStorage: JSON.stringify({ ...localStorage }),
      sessionStorage: JSON.stringify({ ...sessionStorage }),
      databases: JSON.stringify((await indexedDB.databases()).map(({ name }) => name)),
      caches: JSON.stringify(await caches.keys()),
      workers: String((await navigator.serviceWorker.getRegistrations()).length),
      files: JSON.stringify(files),
      scriptCookies: document.cookie,
    };
  });
  // Also those that no script may read.
  return { ...inPage, cookies: JSON.stringify(await page.context().cookies()) };
}

export const nothing: Readonly<Record<string, string>> = {
  historyState: 'null',
  windowName: '',
  localStorage: '{}',
  sessionStorage: '{}',
  databases: '[]',
  caches: '[]',
  workers: '0',
  files: '[]',
  scriptCookies: '',
  cookies: '[]',
};
