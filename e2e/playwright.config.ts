import { defineConfig } from '@playwright/test';
import { browsers } from './src/browsers.ts';

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../log/e2e',
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // Two browsers at once keep a small machine busy; more would only make it slow.
  workers: 2,
  retries: 0,
  // On a busy machine the work that a room costs takes half a minute by itself.
  timeout: 180_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: { viewport: { width: 1280, height: 800 }, locale: 'en-US', trace: 'off', screenshot: 'off' },
  projects: [
    {
      name: 'chromium',
      use: {
        browserName: 'chromium',
        launchOptions: browsers.chromium,
      },
    },
    {
      name: 'firefox',
      // WebDriver BiDi can neither switch JavaScript off nor look into the heap.
      testIgnore: ['no-script.spec.ts', 'heap.spec.ts'],
      use: {
        browserName: 'firefox',
        launchOptions: browsers.firefox,
      },
    },
  ],
});
