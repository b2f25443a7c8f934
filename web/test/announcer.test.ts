import { expect, test } from 'bun:test';

// The announcer's clock is that of the page, which also knows where its relay is.
Object.assign(globalThis, { location: { protocol: 'http:', host: 'relay.example' } });
const { hush, say, sayInstead, saySoon, spoken } = await import('../src/state/announcer.ts');

/** Until something else is said. */
const nextSaid = () =>
  new Promise<readonly string[]>((resolve) => {
    const { key } = spoken.value;
    const stop = spoken.subscribe((now) => {
      if (now.key === key) return;
      queueMicrotask(() => stop());
      resolve(now.texts);
    });
  });

test('what is known better by the time it is said is said instead', async () => {
  saySoon('Person 2 joined', 7);
  saySoon('Person 3 joined', 8);
  sayInstead('Ben joined', 7);
  expect(await nextSaid()).toEqual(['Ben joined', 'Person 3 joined']);
});

test('what has been said is not said again because it is known better', async () => {
  saySoon('Person 2 joined', 7);
  expect(await nextSaid()).toEqual(['Person 2 joined']);
  sayInstead('Ben joined', 7);
  saySoon('Ben: hello', 9);
  expect(await nextSaid()).toEqual(['Ben: hello']);
});

test('a burst is only counted', async () => {
  for (let at = 0; at < 5; at++) saySoon(`Ben: ${at}`, at);
  expect(await nextSaid()).toEqual(['5 new events in the room']);
});

test('what cannot wait is said after what happened before it', () => {
  saySoon('The server stops in 8 s and may come back.');
  say('The server is restarting.');
  expect(spoken.value.texts).toEqual(['The server stops in 8 s and may come back.', 'The server is restarting.']);
});

test('what was about to be said when a room ends is not said', async () => {
  saySoon('Ben: bye', 1);
  hush();
  sayInstead('Ben: bye bye', 1);
  saySoon('You left', 2);
  expect(await nextSaid()).toEqual(['You left']);
});
