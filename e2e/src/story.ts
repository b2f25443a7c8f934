/** What every story is told with: a relay of its own, people with browsers, and a watch over every page (CL-3). */
import { type Browser, type BrowserContextOptions, test as base, chromium, expect, firefox } from '@playwright/test';
import { browsers } from './browsers.ts';
import { Door } from './door.ts';
import { Person } from './person.ts';
import { Relay } from './relay.ts';
import { Watch } from './watch.ts';

interface Arrival extends BrowserContextOptions {
  /** The network this person is on; without one it is the relay's own machine. */
  readonly door?: Door;
  /** Runs before any script of the page. */
  readonly before?: () => void;
  /** With the other make of browser than the one the story is told in. */
  readonly otherBrowser?: boolean;
}

export interface Story {
  /** How the relay of this file is started: test.use({ flags: […] }). */
  flags: readonly string[];
  relay: Relay;
  watch: Watch;
  /** Somebody new, with a browser profile of their own. */
  someone: (arrival?: Arrival) => Promise<Person>;
  /** A network of its own before the relay. */
  door: () => Promise<Door>;
}

/** The make is told in full, or the channel of this one would be taken for it. */
function launchOther(browser: Browser): Promise<Browser> {
  return browser.browserType().name() === 'chromium'
    ? firefox.launch(browsers.firefox)
    : chromium.launch({ ...browsers.chromium, channel: 'chromium' });
}

export const test = base.extend<Story>({
  flags: [[], { option: true }],

  relay: async ({ flags }, use) => {
    const relay = await Relay.start(flags);
    await use(relay);
    await relay.stop();
    expect(relay.printed, 'the relay logged no fault of its own').not.toContain('"level":"error"');
  },

  watch: [
    // biome-ignore lint/correctness/noEmptyPattern: the runner reads the names of other fixtures from this pattern.
    async ({}, use) => {
      const watch = new Watch();
      await use(watch);
      expect(watch.problems, 'CL-3: no request elsewhere, no violated policy, no error').toEqual([]);
    },
    { auto: true },
  ],

  door: async ({ relay }, use) => {
    const doors: Door[] = [];
    await use(async () => {
      const door = await Door.before(relay.port);
      doors.push(door);
      return door;
    });
    for (const door of doors) door.stop();
  },

  someone: async ({ browser, relay, watch }, use) => {
    const people: Person[] = [];
    const started: Browser[] = [];
    const other = async () => {
      if (started.length === 0) started.push(await launchOther(browser));
      return started[0] ?? browser;
    };
    await use(async ({ door, before, otherBrowser, ...options } = {}) => {
      const { origin } = door ?? relay;
      const context = await (otherBrowser ? await other() : browser).newContext(options);
      watch.allow(origin);
      await watch.on(context);
      if (before) await context.addInitScript(before);
      const person = new Person(await context.newPage(), origin);
      people.push(person);
      return person;
    });
    for (const { context } of people) await context.close();
    for (const other of started) await other.close();
  },
});

export { expect };
