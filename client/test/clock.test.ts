// A clock that a person, or the network, sets while a session waits.
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import { Expiry } from '../src/expiry.ts';
import { Stage } from './stage.ts';
import { linesOf, patienceMs, settle, stateOf, until } from './waiting.ts';

setDefaultTimeout(patienceMs);

let stage: Stage;
afterEach(() => stage.leave());

test('CL-4 SK-12 a clock that was set back keeps nobody waiting', async () => {
  stage = await Stage.open();
  for (const [count, code, ms] of [
    [1, 1006, 0],
    [2, 4029, 5_000],
  ] as const) {
    (await stage.socket(count)).ends(code);
    await until(() => stateOf(stage.session) === 'waiting', 'waiting');
    stage.platform.setBack(3_600_000);
    stage.session.wake();
    await stage.platform.pass(ms);
    expect(stage.platform.sockets).toHaveLength(count + 1);
  }
});

/** The relay cannot be reached for the next `ms`. */
async function cutOff(ms: number): Promise<void> {
  const endMs = stage.platform.nowMs + ms;
  let count = stage.platform.sockets.length;
  stage.platform.sockets.at(-1)?.ends(1006);
  await until(() => stateOf(stage.session) !== 'joined', 'the loss is noticed');
  while (stage.platform.nowMs < endMs && !stateOf(stage.session).startsWith('ended')) {
    await stage.platform.pass(Math.min(30_000, endMs - stage.platform.nowMs));
    for (; count < stage.platform.sockets.length; count++) stage.platform.sockets[count]?.ends(1006);
    await settle();
  }
}

test('CL-4 a clock that jumps past the end of the room ends nothing while the relay cannot be reached', async () => {
  stage = await Stage.open();
  await stage.enter();
  await stage.lock(true);
  await until(() => linesOf(stage.session, 'locked').length === 1, 'a line');
  stage.session.send('not yet sent');
  stage.platform.setBack(-86_400_000);
  await cutOff(60_000);
  expect(stateOf(stage.session)).toBe('waiting');
  expect(linesOf(stage.session, 'locked')).toHaveLength(1);
  expect(stage.session.view.pending.map(({ state }) => state)).toEqual(['sending']);
  stage.session.wake();
  await stage.platform.pass(0);
  await stage.enter({ member: 3, members: [1, 3], seq: 9 }, stage.platform.sockets.length);
});

test('CL-4 what passes does, and what the relay then says of a room that it does not find', async () => {
  stage = await Stage.open();
  await stage.enter();
  stage.platform.setBack(86_400_000);
  await cutOff(700_000);
  expect(stateOf(stage.session)).toBe('ended: expired');
  expect(stage.platform.timers).toBe(0);
  stage = await Stage.open();
  const socket = await stage.enter();
  stage.platform.setBack(-86_400_000);
  socket.ends(4004);
  await until(() => stateOf(stage.session) === 'ended: expired', 'expired');
});

test('CL-4 a room of many years does not end at once: timers are shorter than that', async () => {
  const lengths: number[] = [];
  const after = (ms: number, run: () => void) => {
    lengths.push(ms);
    if (lengths.length < 10) run();
    return () => {};
  };
  const expiry = new Expiry({ now: () => 0, after });
  expiry.start(4_294_967_295_000);
  expect(Math.max(...lengths)).toBeLessThan(2 ** 31);
  expect(expiry.timeIsUp).toBe('no');
});
