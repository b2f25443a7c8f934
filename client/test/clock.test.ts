// A clock that a person, or the network, sets while a session waits.
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import { Stage } from './stage.ts';
import { patienceMs, stateOf, until } from './waiting.ts';

setDefaultTimeout(patienceMs);

let stage: Stage;
afterEach(() => stage.session.leave());

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
