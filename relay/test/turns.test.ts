import { expect, test } from 'bun:test';
import { Turns } from '../src/turns.ts';

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

test('PW-13 the first work is done at once, and each further one in a turn of its own, in the order of arrival', async () => {
  const { done, work } = started();
  for (const name of ['a', 'b', 'c']) work(name);
  const seen = [done.join('')];
  for (let turn = 0; turn < 3; turn++) {
    await pass(1);
    seen.push(done.join(''));
  }
  expect(seen).toEqual(['a', 'ab', 'abc', 'abc']);
});

test('PW-13 what comes while others wait is not done before them', async () => {
  const { done, work } = started();
  work('a');
  work('b');
  await pass(1);
  work('c');
  expect(done).toEqual(['a', 'b']);
  await pass(1);
  expect(done).toEqual(['a', 'b', 'c']);
});

test('PW-13 after a turn without work the next is done at once again', async () => {
  const { done, work } = started();
  work('a');
  await pass(2);
  work('b');
  expect(done).toEqual(['a', 'b']);
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
  expect(count).toBeWithin(2, 6);
});
