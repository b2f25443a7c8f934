import type { Page } from '@playwright/test';
import { expect, test } from './src/story.ts';

/** In the page: its socket, and the number of the last event that came over it (SK-6, SK-8). */
declare const line: { socket: WebSocket | null; seq: number };

/** Holds on to the page's socket, so that a relay can be played that says more than it was told. */
function holdSocket(): void {
  const state: typeof line = { socket: null, seq: 0 };
  Object.assign(globalThis, { line: state });
  globalThis.WebSocket = class extends WebSocket {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given);
      state.socket = this;
      this.addEventListener('message', ({ data }) => {
        const seq: unknown = typeof data === 'string' ? JSON.parse(data).seq : new DataView(data).getUint32(0);
        if (typeof seq === 'number' && seq > 0) state.seq = seq;
      });
    }
  };
}

/** The relay says over and over that the lock is as it was, and at last that it is `locked`. What the page says meanwhile goes nowhere. */
function lockOften(page: Page, times: number, locked: boolean): Promise<void> {
  return page.evaluate(
    ([count, end]) => {
      const { socket } = line;
      if (socket === null) throw new Error('the page has no socket');
      socket.send = () => undefined;
      for (let left = count; left > 0; left--) {
        const data = JSON.stringify({ type: 'lock', seq: ++line.seq, locked: left === 1 ? end : !end });
        socket.onmessage?.(new MessageEvent('message', { data }));
      }
    },
    [times, locked] as const,
  );
}

test('CL-5 when more happened than a page keeps, it says that the older lines are gone', async ({ someone }) => {
  const person = await someone({ before: holdSocket });
  await person.opensRoom();
  const { page } = person;
  // Its own event, and the group that it founds.
  await expect.poll(() => page.evaluate(() => line.seq)).toBeGreaterThan(1);
  const gone = person.log.getByText('Older lines are gone: this page keeps the newest 5,000');
  for (let lines = 500; lines <= 5_500; lines += 500) {
    // Fewer than may wait to be handled, and all of them handled before the next.
    const locked = lines % 1_000 > 0;
    await lockOften(page, 500, locked);
    await expect(page.getByText('Locked', { exact: true })).toBeVisible({ visible: locked });
    await expect(gone).toHaveCount(lines > 5_000 ? 1 : 0);
  }
  await expect(gone).toBeVisible();
});
