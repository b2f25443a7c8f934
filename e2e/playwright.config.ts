import { defineConfig } from '@playwright/test';
import { browsers } from './src/browsers.ts';

/** Stories that do little but wait: for the time to be up, for a loss to be noticed. */
const waiting = ['expiry', 'network', 'unreachable', 'waiting', 'warning'].map((name) => `${name}.spec.ts`);
const chromium = { browserName: 'chromium', launchOptions: browsers.chromium } as const;
const firefox = { browserName: 'firefox', launchOptions: browsers.firefox } as const;

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../log/e2e',
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // Two browsers at once keep a small machine busy; more would only make it slow, unless they wait.
  workers: 2,
  retries: 0,
  // On a busy machine the work that a room costs takes half a minute by itself.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: { viewport: { width: 1280, height: 800 }, locale: 'en-US', trace: 'off', screenshot: 'off' },
  projects: [
    { name: 'chromium', testIgnore: waiting, use: chromium },
    // WebDriver BiDi can neither switch JavaScript off nor look into the heap.
    { name: 'firefox', testIgnore: [...waiting, 'no-script.spec.ts', 'heap.spec.ts'], use: firefox },
    { name: 'chromium-waits', testMatch: waiting, use: chromium },
    { name: 'firefox-waits', testMatch: waiting, use: firefox },
  ],
});
