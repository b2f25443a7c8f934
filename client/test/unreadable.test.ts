// Messages that cannot be read: how often a person is told.
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import { frameTypes, sealNumbered } from '@pug/core';
import { encodeServerFrame } from '@pug/wire';
import { startMs } from './fake.ts';
import { random } from './parts.ts';
import { Stage } from './stage.ts';
import { linesOf, patienceMs, until } from './waiting.ts';

setDefaultTimeout(patienceMs);

let stage: Stage;
afterEach(() => stage.leave());

type Connected = Awaited<ReturnType<Stage['enter']>>;

const ignored = () => Number(/frames ignored: (\d+)/.exec(stage.session.diagnostics())?.[1]);

/** Member 1 says something that no ratchet made, in an envelope or without. */
async function nonsense(isEnveloped: boolean): Promise<Uint8Array> {
  const { frameKey, roomIdBytes } = stage.keys;
  const body = random(64);
  const sealing = { frameKey, roomIdBytes, member: 1, nonce: random(12), type: frameTypes.message };
  return isEnveloped ? sealNumbered({ ...sealing, counter: 1_000 + stage.seq, body }) : body;
}

/** Member 1 says it so many times; waits until all was looked at. */
async function babble(socket: Connected, times: number, isEnveloped: boolean): Promise<void> {
  const relay = (payload: Uint8Array, seq = stage.seq++) =>
    socket.onmessage?.(encodeServerFrame({ seq, member: 1, payload }));
  const before = ignored();
  for (let left = times; left > 0; left--) relay(await nonsense(isEnveloped));
  // What is directed and does not open is counted and shown nowhere: the mark that all before it is handled.
  relay(random(64), 0);
  await until(() => ignored() === before + (isEnveloped ? 0 : times) + 1, 'all is handled');
}

/** Lets so many seconds pass on a connection that answers. */
async function pass(socket: Connected, seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 5) {
    await stage.platform.pass(5_000);
    socket.says({ type: 'pong' });
  }
}

test.each([
  ['texts that cannot be read are', true],
  ['what does not open is', false],
])('CR-6 CR-12 %s told once in a row and a minute, and again when it goes on', async (_what, isEnveloped) => {
  stage = await Stage.open();
  const socket = await stage.enter();
  const told = () => linesOf(stage.session, 'unreadable').map(({ atMs }) => atMs - startMs);
  await babble(socket, 20, isEnveloped);
  expect(told()).toEqual([0]);
  await pass(socket, 55);
  await babble(socket, 1, isEnveloped);
  expect(told()).toEqual([0]);
  await pass(socket, 5);
  await babble(socket, 1, isEnveloped);
  expect(told()).toEqual([0, 60_000]);
  // A clock that is set back tells of it, too.
  stage.platform.setBack(3_600_000);
  await babble(socket, 1, isEnveloped);
  expect(told()).toEqual([0, 60_000, 60_000 - 3_600_000]);
});

test('CR-6 nobody is told of what was directed to them alone and does not open', async () => {
  stage = await Stage.open();
  await babble(await stage.enter(), 0, false);
  expect(linesOf(stage.session, 'unreadable')).toEqual([]);
});
