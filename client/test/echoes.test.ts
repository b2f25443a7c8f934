// A relay that gives a member's own frames back other than as they were sent: a text must not be shown as sent when nobody else has it.
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import type { Session } from '@pug/client';
import { frameTypes, openNumbered, sealNumbered } from '@pug/core';
import { decodeClientFrame } from '@pug/wire';
import { allIn, Hub, numberOf } from './hub.ts';
import { random } from './parts.ts';
import { linesOf, patienceMs, stateOf, textsOf, until } from './waiting.ts';

setDefaultTimeout(patienceMs);

let hub: Hub;
afterEach(() => hub.leave());

/** What Ada says next reaches the relay, and nobody else. */
async function withheld(...texts: readonly string[]): Promise<[Session, Session, readonly Uint8Array[]]> {
  hub = new Hub();
  const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
  hub.hold(numberOf(ada));
  for (const text of texts) ada.send(text);
  await until(() => hub.held.get(numberOf(ada))?.length === texts.length, 'the relay has it');
  const held = hub.held.get(numberOf(ada)) ?? [];
  hub.held.delete(numberOf(ada));
  return [ada, bob, held.map((frame) => decodeClientFrame(frame)?.payload ?? new Uint8Array())];
}

/** The relay is honest again, and everybody has all texts. */
async function mended(ada: Session, bob: Session, ...texts: readonly string[]): Promise<void> {
  await until(() => stateOf(ada) === 'waiting', 'Ada drops the connection');
  expect(textsOf(ada)).toEqual([]);
  expect(linesOf(ada, 'dropped')).toHaveLength(1);
  expect(ada.view.pending.map(({ text }) => text)).toEqual([...texts]);
  await hub.pass(500);
  await allIn(ada, bob);
  await until(() => [ada, bob].every((one) => textsOf(one).join() === texts.join()), 'both have it');
  expect(ada.view.pending).toEqual([]);
}

test('CL-5 CL-10 a text given back to its author alone, outside the order, is not taken for sent', async () => {
  const [ada, bob, [payload = new Uint8Array()]] = await withheld('for Bob');
  hub.inject(numberOf(ada), payload, numberOf(ada));
  await mended(ada, bob, 'for Bob');
});

test('CL-5 CL-10 nor is another frame that the relay makes under its number, with the help of the link', async () => {
  const [ada, bob, [payload = new Uint8Array()]] = await withheld('for Bob');
  const { frameKey, roomIdBytes } = await hub.keys();
  const sender = { frameKey, roomIdBytes, member: numberOf(ada) };
  const opened = await openNumbered({ ...sender, payload });
  if (!opened) throw new Error('a thief of the link opens every envelope');
  const { counter } = opened;
  const sealing = { ...sender, nonce: random(12), type: frameTypes.message, counter, body: random(300) };
  hub.inject(numberOf(ada), await sealNumbered(sealing));
  await mended(ada, bob, 'for Bob');
});

test('CL-5 CL-10 a text that the relay leaves out is said again, in its order, as soon as a later one comes back', async () => {
  const [ada, bob, [, second = new Uint8Array()]] = await withheld('first', 'second');
  hub.inject(numberOf(ada), second);
  await until(() => stateOf(ada) === 'waiting', 'Ada drops the connection');
  await hub.pass(500);
  await allIn(ada, bob);
  await until(() => textsOf(ada).length === 2, 'Ada has both');
  expect(textsOf(ada)).toEqual(['first', 'second']);
  // Bob was shown the second first; he has each once.
  await until(() => textsOf(bob).length === 2, 'Bob has both');
  expect(textsOf(bob)).toEqual(['second', 'first']);
});
