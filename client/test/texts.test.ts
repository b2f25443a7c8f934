// Own texts, from typing to echo, over connections that the test plays.
import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { defaultPolicy } from '@pug/wire';
import { maxInFlight } from '../src/outbox.ts';
import { textId } from './fake.ts';
import { Stage } from './stage.ts';
import { linesOf, patienceMs, settle, stateOf, textsOf, until } from './waiting.ts';

setDefaultTimeout(patienceMs);

let stage: Stage;
afterEach(() => stage.leave());

const pendingOf = (): readonly string[] => stage.session.view.pending.map(({ text, state }) => `${text} ${state}`);

describe('CL-5 texts', () => {
  test('CL-5 is pending until its own echo, then a line', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    expect(stage.session.send('  ')).toBe('empty');
    expect(stage.session.send('x'.repeat(16_385))).toBe('too_long');
    expect(stage.session.send('hello')).toBe('ok');
    expect(pendingOf()).toEqual(['hello sending']);
    await until(() => socket.frames.length === 2, 'name and text');
    expect(textsOf(stage.session)).toEqual([]);
    await stage.echo();
    await until(() => textsOf(stage.session).length === 1, 'the echo');
    expect(pendingOf()).toEqual([]);
    expect(linesOf(stage.session, 'text')[0]).toMatchObject({ own: true, name: 'Me', member: 2 });
  });

  test('CL-5 CL-6 what has no echo is sent again after coming back: same id, same order, under the new number', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    for (const text of ['one', 'two', 'three']) stage.session.send(text);
    await until(() => socket.frames.length === 4, 'three texts');
    const before = await stage.texts(socket, 2);
    await stage.echo(2);
    await until(() => textsOf(stage.session).join() === 'one', 'the first echo');
    socket.ends(1006);
    await until(() => stateOf(stage.session) === 'waiting', 'waiting');
    stage.session.send('four');
    expect(pendingOf()).toEqual(['two sending', 'three sending', 'four sending']);
    stage.session.wake();
    await stage.platform.pass(0);
    const second = await stage.enter({ member: 3, members: [1, 3], seq: 9 }, 2);
    await until(() => second.frames.length === 4, 'the rest');
    const after = await stage.texts(second, 3);
    expect(after.map(({ text }) => text)).toEqual(['two', 'three', 'four']);
    // After the key package and the name.
    expect(after.map(({ counter }) => counter)).toEqual([3, 4, 5]);
    expect(after.slice(0, 2).map(({ id }) => id)).toEqual(before.slice(1).map(({ id }) => id));
    await stage.echo();
    await until(() => pendingOf().length === 0, 'all echoes');
    expect(textsOf(stage.session)).toEqual(['one', 'two', 'three', 'four']);
  });

  test('CL-5 CL-6 nobody takes a text away by saying another under its id', async () => {
    stage = await Stage.open();
    const socket = await stage.enter({ member: 3, members: [1, 2, 3], seq: 9 });
    stage.session.send('mine');
    await until(() => socket.frames.length === 2, 'name and text');
    const [mine] = await stage.texts(socket, 3);
    // Whoever has read a text may be faster than the echo that its author gets after coming back.
    for (const id of [mine?.id ?? textId(0), textId(1)])
      socket.onmessage?.(await stage.frame(1, { kind: 'text', id, text: 'another' }));
    socket.onmessage?.(await stage.frame(2, { kind: 'text', id: textId(1), text: 'theirs' }));
    await until(() => textsOf(stage.session).includes('theirs'), 'the text whose id was taken');
    await stage.echo();
    await until(() => pendingOf().length === 0, 'the echo');
    expect(textsOf(stage.session)).toEqual(['another', 'another', 'theirs', 'mine']);
  });

  test('CR-11 CR-4 what calls itself a name, so that nobody misses it, is not shown as a text', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    const text = (n: number) => ({ kind: 'text', id: textId(n), text: `text ${n}` }) as const;
    socket.onmessage?.(await stage.frame(1, text(1), { kind: 'name' }));
    socket.onmessage?.(await stage.frame(1, text(2)));
    await until(() => textsOf(stage.session).length === 1, 'the honest one');
    expect(textsOf(stage.session)).toEqual(['text 2']);
    expect(stage.session.diagnostics()).toContain('frames ignored: 1');
  });

  test.each([
    [4000, 'purged'],
    [4001, 'expired'],
    [4011, 'removed'],
    [4400, 'bad_message'],
    [4413, 'too_large'],
  ])(
    'CL-5 SK-12 when the room ends by %d, unsent texts are not sent and can still be read; all else is forgotten',
    async (code, end) => {
      stage = await Stage.open();
      const socket = await stage.enter();
      socket.onmessage?.(await stage.frame(1, { kind: 'text', id: textId(1), text: 'secret' }));
      await until(() => textsOf(stage.session).length === 1, 'a line');
      stage.session.send('mine');
      socket.ends(code);
      await until(() => stateOf(stage.session) === `ended: ${end}`, end);
      expect(pendingOf()).toEqual(['mine not_sent']);
      expect(stage.session.view.lines).toEqual([]);
      expect(stage.session.view.room).toBeNull();
      expect(stage.session.send('more')).toBe('ended');
      stage.session.wake();
      await stage.platform.pass(120_000);
      expect(stage.platform.sockets).toHaveLength(1);
      expect(stage.platform.timers).toBe(0);
    },
  );

  test('CL-5 a text too long for this relay is said to be, also when it was typed before the relay had told', async () => {
    stage = await Stage.open({ policy: { ...defaultPolicy, maxPayloadBytes: 8_192 } });
    expect(stage.session.send('x'.repeat(10_000))).toBe('ok');
    const socket = await stage.enter();
    expect(pendingOf()).toEqual([`${'x'.repeat(10_000)} not_sent`]);
    const { maxTextBytes } = stage.session.view;
    expect(maxTextBytes).toBe(3_840);
    expect(stage.session.send('x'.repeat(maxTextBytes + 1))).toBe('too_long');
    expect(stage.session.send('short')).toBe('ok');
    await until(() => socket.frames.length === 2, 'name and text');
    expect((await stage.texts(socket, 2)).map(({ text }) => text)).toEqual(['short']);
  });

  test('CL-5 no more than a bounded number is on its way without an echo', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    for (let n = 0; n < maxInFlight + 5; n++) stage.session.send(`t${n}`);
    await until(() => socket.frames.length === 1 + maxInFlight, 'as many as may');
    await settle();
    expect(socket.frames).toHaveLength(1 + maxInFlight);
    await stage.echo();
    await until(() => socket.frames.length === 1 + maxInFlight + 5, 'the rest');
  });

  test('CL-11 sends no faster than three quarters of the rate', async () => {
    stage = await Stage.open({ policy: { ...defaultPolicy, messagesPerSecond: 4, messageBurst: 4 } });
    const socket = await stage.enter();
    await until(() => socket.frames.length === 1, 'the name');
    // Until the last timer of coming in has run out.
    await stage.platform.pass(2_500);
    for (let n = 0; n < 9; n++) stage.session.send(`t${n}`);
    // Ten frames with the name: three at once, then one every third of a second, as the pacer's timer runs out.
    const idle = stage.platform.timers;
    for (let gone = 4; gone < 10; gone++) {
      await until(() => stage.platform.timers === idle + 1, 'the next waits');
      expect(socket.frames).toHaveLength(gone);
      await stage.platform.pass(334);
      await until(() => socket.frames.length === gone + 1, 'one more');
    }
    await settle();
    expect(stage.platform.timers).toBe(idle);
  });

  test('CL-5 leaving closes with 1000, at once, and nothing comes back to life', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    const frame = await stage.frame(1, { kind: 'text', id: textId(1), text: 'in the middle' });
    const receive = socket.onmessage;
    receive?.(frame);
    stage.session.send('unsent');
    stage.session.leave();
    receive?.(await stage.frame(1, { kind: 'text', id: textId(2), text: 'after' }));
    await stage.platform.pass(60_000);
    expect(socket.closed).toBe(1000);
    expect(stage.session.view).toMatchObject({ connection: { state: 'ended', end: 'left' }, room: null, lines: [] });
    expect(pendingOf()).toEqual(['unsent not_sent']);
    expect(stage.platform.timers).toBe(0);
    expect([...stage.link.roomSecret, ...stage.link.linkKey]).toEqual([...Array(16).fill(1), ...Array(32).fill(2)]);
  });
});
