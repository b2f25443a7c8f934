import { expect, test } from 'bun:test';

// The clock is that of the page, which also knows where its relay is. This browser cannot tell when it is idle.
Object.assign(globalThis, { location: { protocol: 'http:', host: 'relay.example' } });
const { getReady } = await import('../src/state/readiness.ts');

test('nothing is made ready while somebody waits, and all of it afterwards, in order', async () => {
  let waits = true;
  const made: string[] = [];
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const steps = [() => made.push(`one, waiting: ${waits}`), () => made.push(`two, waiting: ${waits}`), () => resolve()];
  getReady(() => waits, steps);
  await Bun.sleep(1_000);
  expect(made).toEqual([]);
  waits = false;
  await done;
  expect(made).toEqual(['one, waiting: false', 'two, waiting: false']);
});
