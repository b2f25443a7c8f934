import { expect, test } from 'bun:test';
import { paced } from '../src/pace.ts';
import { inSlices, perTurn, Turns } from '../src/turns.ts';

/** What is done, with what the event loop does in between. */
function started() {
  const turns = new Turns();
  const done: string[] = [];
  return { turns, done, work: (name: string) => turns.take(() => void done.push(name)) };
}

/** Resolves after so many turns of the event loop. */
async function pass(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** The numbers up to `count`, as they are noted when they are done. */
const upTo = (count: number) => Array.from({ length: count }, (_, at) => String(at));

test('PW-13 a few are done at once, and as many in each further turn, in the order of arrival', async () => {
  const { done, work } = started();
  for (const name of upTo(2 * perTurn + 1)) work(name);
  const seen = [done.length];
  for (let turn = 0; turn < 3; turn++) {
    await pass(1);
    seen.push(done.length);
  }
  expect(seen).toEqual([perTurn, 2 * perTurn, 2 * perTurn + 1, 2 * perTurn + 1]);
  expect(done).toEqual(upTo(2 * perTurn + 1));
});

test('PW-13 what comes while others wait is not done before them', async () => {
  const { done, work } = started();
  const names = upTo(2 * perTurn + 2);
  for (const name of names.slice(0, -1)) work(name);
  await pass(1);
  work(names.at(-1) ?? '');
  expect(done).toEqual(names.slice(0, 2 * perTurn));
  await pass(1);
  expect(done).toEqual(names);
});

test('PW-13 after a turn without work the next are done at once again', async () => {
  const { done, work } = started();
  for (const name of upTo(perTurn)) work(name);
  await pass(2);
  work('next');
  expect(done).toEqual([...upTo(perTurn), 'next']);
});

test('PW-13 work that asks for more does not keep the event loop from going on', async () => {
  const { turns } = started();
  let count = 0;
  const again = () => {
    count++;
    if (count < 1000) turns.take(again);
  };
  turns.take(again);
  await pass(3);
  expect(count).toBeWithin(perTurn, 5 * perTurn + 1);
});

/** Takes half a millisecond for each. */
function* slowly(count: number): Generator<number> {
  for (let at = 0; at < count; at++) {
    const endMs = performance.now() + 0.5;
    while (performance.now() < endMs);
    yield at;
  }
}

test('RM-8 what has to be done for many at once lets the event loop turn again and again', async () => {
  const done: number[] = [];
  inSlices(slowly(40), (at) => void done.push(at));
  const seen = [done.length];
  for (; done.length < 40; seen.push(done.length)) await pass(1);
  expect(done).toEqual(Array.from({ length: 40 }, (_, at) => at));
  // Each turn did two at most, but for one that the machine interrupted.
  expect(seen[0]).toBeLessThanOrEqual(2);
  expect(seen.length).toBeGreaterThanOrEqual(20);
});

test('HT-2 OP-10 an answer that fails while it waits for its turn fails for whoever asked, and does not end the process', async () => {
  const answer = paced(() => Promise.reject(new Error('a fault')));
  // One that nobody had looked at yet would fail this test, as it ends a relay.
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => answer()));
  expect(outcomes.map(({ status }) => status)).toEqual(Array(10).fill('rejected'));
});
