import type { Page } from '@playwright/test';
import type { Person } from './src/person.ts';
import { expect, test } from './src/story.ts';

type Call = 'deriveBits' | 'generateKey' | 'sign';
/** In the page: which call of its Web Crypto fails. */
declare const device: { failsAt: Call | null };

/** A device whose Web Crypto fails when it is told to. */
function mayFail(): void {
  // Firefox runs this on its empty first page as well, which is no secure one.
  if (!isSecureContext) return;
  const state: typeof device = { failsAt: null };
  Object.assign(globalThis, { device: state });
  for (const call of ['deriveBits', 'generateKey', 'sign'] as const) {
    const own = SubtleCrypto.prototype[call];
    Object.defineProperty(SubtleCrypto.prototype, call, {
      value: function (this: SubtleCrypto, ...given: unknown[]) {
        if (state.failsAt === call) return Promise.reject(new DOMException('the device fails', 'OperationError'));
        return Reflect.apply(own, this, given);
      },
    });
  }
}

function fails(page: Page, call: Call | null): Promise<void> {
  return page.evaluate((at) => {
    device.failsAt = at;
  }, call);
}

/** Presses Join on a device that fails at `call` from then on. */
async function joinsFailing(guest: Person, fragment: string, call: Call): Promise<void> {
  await guest.opensLink(fragment);
  await guest.page.getByLabel('Your name in this room').fill('Ben');
  await fails(guest.page, call);
  await guest.button('Join the room').click();
}

test('CL-13 CL-5 a browser that cannot make the keys of a room says so, keeps the link, and can try again', async ({
  someone,
}) => {
  const [owner, guest] = [await someone(), await someone({ before: mayFail })];
  const fragment = await owner.opensRoom();
  await joinsFailing(guest, fragment, 'deriveBits');
  await guest.seesHeading('This browser could not open the room');
  const kept = guest.page.getByLabel('Your link, to open it there');
  await expect(kept).toHaveValue(`${guest.origin}/r#${fragment}`);
  await fails(guest.page, null);
  await guest.button('Try again').click();
  await guest.isInside();
  await owner.sees('Ben joined');
});

test('CL-13 a browser that fails at a link that is pasted says so, and gives it back', async ({ someone }) => {
  const guest = await someone({ before: mayFail });
  const fragment = await (await someone()).opensRoom();
  const link = `${guest.origin}/r#${fragment}`;
  await guest.page.goto(guest.origin);
  await fails(guest.page, 'generateKey');
  const look = async () => {
    await guest.page.getByLabel('Paste it here').fill(link);
    await guest.button('Look at the invitation').click();
  };
  await look();
  await guest.seesHeading('This browser could not open the room');
  await expect(guest.page.getByLabel('Your link, to open it there')).toHaveValue(link);
  await fails(guest.page, null);
  await look();
  await guest.button('Join the room').click();
  await guest.isInside();
});

test('CL-4 CL-13 a browser that cannot prove the link says so, blames no connection, and keeps trying', async ({
  someone,
}) => {
  const [owner, guest] = [await someone(), await someone({ before: mayFail })];
  const fragment = await owner.opensRoom();
  await joinsFailing(guest, fragment, 'sign');
  await guest.seesHeading('Not in the room yet');
  await expect(guest.page.getByRole('main').getByText('Something failed in this page or this browser.')).toBeVisible();
  await expect(guest.page.getByText('You have not joined. This page keeps trying.')).toBeVisible();
  await expect(guest.page.getByText('Check your connection.')).toHaveCount(0);
  await fails(guest.page, null);
  await guest.isInside();
});

const steps = { deriveBits: 'make the keys of a new room', generateKey: 'make its own key for a new room' } as const;
for (const call of ['deriveBits', 'generateKey'] as const) {
  test(`CL-13 a browser that cannot ${steps[call]} says so, and can try again`, async ({ someone }) => {
    const person = await someone({ before: mayFail });
    const { page } = person;
    // A busy device may be taken for a slow one, and asked.
    const solve = person.button('Solve it');
    await page.addLocatorHandler(solve, () => solve.click());
    await page.goto(person.origin);
    await expect(person.button('Open the room')).toBeVisible();
    await fails(page, call);
    await person.button('Open the room').click();
    await expect(page.getByRole('heading', { name: 'This browser could not open a room' })).toBeVisible({
      timeout: 60_000,
    });
    await fails(page, null);
    await person.button('Try again').click();
    await expect(page.getByLabel('Link of this room')).toBeVisible({ timeout: 60_000 });
  });
}
