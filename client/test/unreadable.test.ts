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

/** Member 1, who has the link, says things that no ratchet made; waits until they were looked at. */
async function babble(socket: Connected, times = 1): Promise<void> {
  const { frameKey, roomIdBytes } = stage.keys;
  const relay = (payload: Uint8Array) =>
    socket.onmessage?.(encodeServerFrame({ seq: stage.seq++, member: 1, payload }));
  for (let left = times; left > 0; left--) {
    const sealing = { frameKey, roomIdBytes, member: 1, nonce: random(12), type: frameTypes.message };
    relay(await sealNumbered({ ...sealing, counter: 1_000 + stage.seq, body: random(64) }));
  }
  // What does not open is counted and shown nowhere: the mark that all before it is handled.
  const before = stage.session.diagnostics();
  relay(random(64));
  await until(() => stage.session.diagnostics() !== before, 'all is handled');
}

/** Lets so many seconds pass on a connection that answers. */
async function pass(socket: Connected, seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 5) {
    await stage.platform.pass(5_000);
    socket.says({ type: 'pong' });
  }
}

test('CR-6 CR-12 that messages cannot be read is told once in a row and a minute, and again when it goes on', async () => {
  stage = await Stage.open();
  const socket = await stage.enter();
  const told = () => linesOf(stage.session, 'unreadable').map(({ atMs }) => atMs - startMs);
  await babble(socket, 20);
  expect(told()).toEqual([0]);
  await pass(socket, 55);
  await babble(socket);
  expect(told()).toEqual([0]);
  await pass(socket, 5);
  await babble(socket);
  expect(told()).toEqual([0, 60_000]);
  // A clock that is set back tells of it, too.
  stage.platform.setBack(3_600_000);
  await babble(socket);
  expect(told()).toEqual([0, 60_000, 60_000 - 3_600_000]);
});
