import type { Door } from './src/door.ts';
import type { Person } from './src/person.ts';
import { expect, test } from './src/story.ts';

const another = 'Somebody came or went since you compared the safety code';

/** Waits until all of `people` see the same 8 words. @returns these */
async function agreed(people: readonly Person[]): Promise<string> {
  let codes: string[] = [];
  await expect(async () => {
    codes = [];
    for (const person of people) codes.push((await person.safetyWords()).join(' '));
    expect(new Set(codes).size, 'one code for all').toBe(1);
  }).toPass({ timeout: 60_000 });
  return codes[0] ?? '';
}

async function talk(people: readonly Person[], what: string): Promise<void> {
  for (const [at, person] of people.entries()) {
    await person.says(`${what} ${at + 1}`);
    for (const reader of people) await reader.sees(`${what} ${at + 1}`);
  }
}

async function compare(people: readonly Person[]): Promise<string> {
  const code = await agreed(people);
  for (const person of people) await person.saysItMatches();
  return code;
}

/** Everybody is told that the code is not compared any more, once for each change, and nothing says that it is. */
async function notComparedAnyMore(people: readonly Person[], changes: number): Promise<void> {
  for (const person of people) {
    await expect(person.line(another)).toHaveCount(changes);
    await expect(person.button('Verify')).toBeVisible();
    await expect(person.button('Verified')).toHaveCount(0);
  }
}

async function isRemoved(owner: Person, guest: Person, name: string): Promise<void> {
  await owner.button(new RegExp(`^Remove ${name} \\w{4}$`)).click();
  await owner.button('Remove').click();
  await guest.seesHeading('You were removed');
}

async function losesConnection(guest: Person, train: Door): Promise<void> {
  train.shut();
  await expect(guest.page.getByText('What you write waits here.')).toBeVisible();
  train.reopen();
  await guest
    .button('Try now')
    .click({ timeout: 3_000 })
    .catch(() => undefined);
}

test('CR-11 CR-12 CR-15 CR-16 browsers of two makes agree on who can read, while one is removed and one comes back', async ({
  someone,
  door,
}) => {
  test.slow();
  const train = await door();
  const [ada, ben] = [await someone(), await someone({ door: train })];
  const cleo = await someone({ otherBrowser: true });
  const fragment = await ada.opensRoom({ people: 4 });
  await ben.joins(fragment, 'Ben');
  await cleo.joins(fragment, 'Cleo');
  await talk([ada, ben, cleo], 'word of all');
  const code = await compare([ada, ben, cleo]);

  await isRemoved(ada, cleo, 'Cleo');
  await notComparedAnyMore([ada, ben], 1);
  await talk([ada, ben], 'word of two');
  await expect(cleo.page.getByText('word of')).toHaveCount(0);
  expect(await compare([ada, ben]), 'another code for other people').not.toBe(code);

  await losesConnection(ben, train);
  await ada.sees('Ben is back');
  await notComparedAnyMore([ada, ben], 2);
  await talk([ada, ben], 'word after all');
  await agreed([ada, ben]);
});

test('CR-9 CR-12 CR-15 a stranger with the link is announced to everybody before being let in, and reads nothing before', async ({
  someone,
}) => {
  const [ada, ben] = [await someone(), await someone()];
  const fragment = await ada.opensRoom({ people: 4 });
  await ben.joins(fragment, 'Ben');
  await talk([ada, ben], 'word of two');
  const code = await compare([ada, ben]);

  const stranger = await someone({ otherBrowser: true });
  // What the stranger's browser asks of the others waits in its network; the relay has let it in.
  const held: (() => void)[] = [];
  let holds = true;
  await stranger.page.routeWebSocket(/\/ws$/, (route) => {
    const server = route.connectToServer();
    route.onMessage((data) => {
      if (holds && typeof data !== 'string') held.push(() => server.send(data));
      else server.send(data);
    });
  });
  await stranger.joins(fragment, 'Stranger');
  for (const person of [ada, ben]) {
    await person.sees('Person 3 joined');
    await expect(person.page.getByRole('listitem').filter({ hasText: 'being let in' })).toHaveCount(1);
  }
  await expect(stranger.page.getByText('The others are letting you in')).toBeVisible();
  await stranger.writes('let me in');
  await expect(stranger.line('let me in')).toContainText('Waits until you are let in');
  await ada.says('not for strangers');
  await ben.sees('not for strangers');
  expect(await agreed([ada, ben]), 'the circle is as it was').toBe(code);

  holds = false;
  for (const send of held) send();
  for (const person of [ada, ben]) {
    await person.sees('Stranger joined');
    await person.sees('let me in');
  }
  await notComparedAnyMore([ada, ben], 1);
  await expect(stranger.page.getByText('The others are letting you in')).toHaveCount(0);
  await talk([ada, ben, stranger], 'word of three');
  await expect(stranger.page.getByText('not for strangers')).toHaveCount(0);
  expect(await agreed([ada, ben, stranger])).not.toBe(code);
});

/** In the page: when the frame with the first screen began. */
declare const drawnAtMs: number;

function notesFirstScreen(): void {
  new MutationObserver((_, observer) => {
    if (document.querySelector('#app h1') === null) return;
    observer.disconnect();
    requestAnimationFrame((now) => Object.assign(globalThis, { drawnAtMs: now }));
  }).observe(document, { childList: true, subtree: true });
}

test('CR-11 HT-10 CL-3 the ratchet is fetched after the first screen, and again when it was lost or changed on the way', async ({
  someone,
  watch,
}) => {
  const ada = await someone({ before: notesFirstScreen });
  const fragment = await ada.opensRoom();
  const afterMs = await ada.page.evaluate(() => {
    const [script] = performance.getEntriesByType('resource').filter(({ name }) => /\/ratchet-[^/]+\.js$/.test(name));
    return (script?.startTime ?? Number.NaN) - drawnAtMs;
  });
  expect(afterMs).toBeGreaterThanOrEqual(0);

  const ben = await someone();
  watch.forgive(/integrity/);
  let tries = 0;
  await ben.context.route(/\/ratchet-[^/]+\.js$/, (route) => {
    tries++;
    if (tries === 1) return route.abort();
    if (tries > 2) return route.continue();
    return route.fulfill({ contentType: 'text/javascript', body: 'globalThis.changed = true;' });
  });
  await ben.knocks(fragment, 'Ben');
  await ben.isInside();
  expect(tries).toBe(3);
  expect(await ben.page.evaluate(() => 'changed' in globalThis), 'a changed script does not run').toBe(false);
  await talk([ada, ben], 'word of two');
});
