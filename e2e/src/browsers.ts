/** The browsers that stories are told in, and how each is started. */
import type { LaunchOptions } from '@playwright/test';

export const browsers = {
  chromium: {
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-quic',
    ],
  },
  // Over WebDriver BiDi, which drives an unpatched Firefox.
  firefox: { channel: 'moz-firefox', executablePath: '/usr/bin/firefox-esr', args: [] },
} satisfies Record<string, LaunchOptions>;
