// Sessions whose clock and relay are played by the test: what happens when.
import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Content } from '@pug/core';
import { decodeServerFrame, encodeServerFrame } from '@pug/wire';
import { joinedMessage, startMs, textId } from './fake.ts';
import { Stage } from './stage.ts';
import { linesOf, patienceMs, settle, stateOf, textsOf, until } from './waiting.ts';

setDefaultTimeout(patienceMs);

let stage: Stage;
afterEach(() => stage.leave());

describe('CL-4 connecting', () => {
  test('CL-4 SK-1 opens a socket with the subprotocol, joins with the proof, and is in the room', async () => {
    stage = await Stage.open();
    expect(stage.session.view.connection).toEqual({ state: 'connecting', attempt: 1 });
    const socket = await stage.enter();
    expect(socket.protocol).toBe('pug.1');
    const [join] = socket.messages;
    expect(join).toMatchObject({ type: 'join', room: stage.keys.roomId });
    expect(join).not.toHaveProperty('ticket');
    expect(join).not.toHaveProperty('ownerProof');
    expect(stage.session.view.room).toMatchObject({ self: 2, expiresAtMs: startMs + 600_000 });
  });

  test('CL-4 the room and the connection are told of together, before a key is made', async () => {
    stage = await Stage.open();
    const socket = await stage.greet();
    const frames = () => socket.sent.filter((data) => typeof data !== 'string').length;
    const seen: unknown[] = [];
    // What is drawn is drawn after the call that told of it.
    const look = () => seen.push([stage.session.view.room !== null, stateOf(stage.session), frames()]);
    stage.session.subscribe(() => queueMicrotask(look));
    socket.says(joinedMessage({}));
    await until(() => frames() > 0, 'a key package');
    expect(seen[0]).toEqual([true, 'joined', 0]);
  });

  test('CL-4 tries again without end, the waits doubling to 30 s', async () => {
    stage = await Stage.open();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt++) {
      const socket = await stage.socket(attempt);
      socket.ends(1006);
      await until(() => stateOf(stage.session) === 'waiting', 'waiting');
      const { connection } = stage.session.view;
      if (connection.state !== 'waiting') throw new Error(connection.state);
      expect(connection).toMatchObject({ attempt: attempt + 1, reason: 'unreachable' });
      waits.push(connection.retryAtMs - stage.platform.now());
      await stage.platform.pass(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([499, 999, 1999, 3999, 7999, 15_999, 29_999, 29_999, 29_999]);
  });

  test('CL-4 after a stable minute the waits start over, before it they do not', async () => {
    stage = await Stage.open();
    const waitAfter = async (ms: number, count: number): Promise<number> => {
      const socket = await stage.enter({}, count);
      const pong = (): void => socket.says({ type: 'pong' });
      for (let passed = 0; passed < ms; passed += 5_000) {
        await stage.platform.pass(5_000);
        pong();
      }
      socket.ends(1006);
      await until(() => stateOf(stage.session) === 'waiting', 'waiting');
      const { connection } = stage.session.view;
      const wait = connection.state === 'waiting' ? connection.retryAtMs - stage.platform.now() : Number.NaN;
      await stage.platform.pass(wait);
      return wait;
    };
    expect(await waitAfter(5_000, 1)).toBe(499);
    expect(await waitAfter(55_000, 2)).toBe(999);
    expect(await waitAfter(60_000, 3)).toBe(499);
  });

  test('CL-4 tries at once when woken, but not within five seconds of flooding (SK-12)', async () => {
    stage = await Stage.open();
    (await stage.socket(1)).ends(1006);
    await until(() => stateOf(stage.session) === 'waiting', 'waiting');
    stage.session.wake();
    await stage.platform.pass(0);
    (await stage.socket(2)).ends(4029);
    await until(() => stateOf(stage.session) === 'waiting', 'waiting');
    expect(stage.session.view.connection).toMatchObject({ reason: 'flooding' });
    stage.session.wake();
    await stage.platform.pass(4_999);
    expect(stage.platform.sockets).toHaveLength(2);
    await stage.platform.pass(1);
    expect(stage.platform.sockets).toHaveLength(3);
  });

  test.each([
    ['does not open', () => {}],
    ['opens and never greets', (one: Awaited<ReturnType<Stage['socket']>>) => one.opens()],
    ['greets and never answers the join', (one: Awaited<ReturnType<Stage['socket']>>) => one.hello()],
  ])('CL-4 a socket that %s is given up after 10 s', async (_, act) => {
    stage = await Stage.open();
    const socket = await stage.socket(1);
    act(socket);
    await stage.platform.pass(9_999);
    expect(stateOf(stage.session)).toBe('connecting');
    await stage.platform.pass(1);
    expect(stateOf(stage.session)).toBe('waiting');
    expect(socket.closed).not.toBeNull();
    expect(socket.closed).not.toBe(1000);
    // Whatever it still says is nobody's business.
    expect(socket.onmessage).toBeNull();
  });

  test('CL-4 RM-4 a connection on which nothing answers a ping is dropped as lost, not left', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    stage.silent = true;
    await stage.platform.pass(20_000);
    expect(socket.messages.at(-1)).toEqual({ type: 'ping' });
    await stage.platform.pass(10_000);
    // It stands in line behind what is still being handled.
    await until(() => stateOf(stage.session) === 'waiting', 'waiting');
    expect(stage.session.view.connection).toMatchObject({ reason: 'lost' });
    expect(socket.closed).toBe(4900);
  });

  test('CL-4 being woken tests a connection that seems to stand, and replaces an attempt that hangs', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    stage.session.wake();
    expect(socket.messages.at(-1)).toEqual({ type: 'ping' });
    await stage.platform.pass(10_000);
    await stage.platform.pass(500);
    expect(stage.platform.sockets).toHaveLength(2);
    stage.session.wake();
    expect(stage.platform.sockets).toHaveLength(2);
    await stage.platform.pass(5_000);
    stage.session.wake();
    await stage.socket(3);
    expect(stage.platform.sockets[1]?.closed).not.toBeNull();
  });

  test.each([
    ['tells nothing', async () => ({ status: 404, text: '' })],
    ['cannot be reached', () => Promise.reject(new Error('no route'))],
    ['never answers', () => new Promise<never>(() => {})],
  ])('HT-8 CL-4 a relay that, asked for its policy, %s is tried again', async (_, answer) => {
    stage = await Stage.open({ answer });
    await stage.platform.pass(10_000);
    await until(() => stateOf(stage.session) === 'waiting', 'waiting');
    expect(stage.session.view.connection).toMatchObject({ reason: 'unreachable' });
    await stage.platform.pass(120_000);
    expect(stage.platform.asked.length).toBeGreaterThan(4);
    expect(stage.platform.sockets.every(({ sent }) => sent.length === 0)).toBe(true);
  });
});

describe('CL-6 CL-7 CL-10 receiving', () => {
  test('CL-6 SK-9 texts are shown once, in the order of the room', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    const frames = [
      await stage.frame(1, { kind: 'text', id: textId(1), text: 'x'.repeat(16_000) }),
      await stage.frame(1, { kind: 'text', id: textId(2), text: 'b' }),
      await stage.frame(1, { kind: 'text', id: textId(1), text: 'again' }),
      await stage.frame(1, { kind: 'text', id: textId(3), text: 'c' }),
    ];
    for (const frame of frames) socket.onmessage?.(frame);
    await until(() => textsOf(stage.session).length === 3, 'three texts');
    await settle();
    expect(textsOf(stage.session).map((text) => text[0])).toEqual(['x', 'b', 'c']);
  });

  test('CR-5 CR-6 a replayed or altered frame changes nothing but a count, and only the altered one is told', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    const text = await stage.frame(1, { kind: 'text', id: textId(1), text: 'once' }, { counter: 7 });
    const altered = await stage.frame(1, { kind: 'text', id: textId(3), text: 'altered' }, { counter: 8 });
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
    const last = await stage.frame(1, { kind: 'text', id: textId(4), text: 'last' }, { counter: 9 });
    const old = await stage.frame(1, { kind: 'text', id: textId(2), text: 'old' }, { counter: 7 });
    for (const frame of [text, altered, last, old]) socket.onmessage?.(frame);
    await until(() => stage.session.diagnostics().includes('frames ignored: 2'), 'both are ignored');
    expect(linesOf(stage.session, 'unreadable').map(({ member }) => member)).toEqual([1]);
    expect(textsOf(stage.session)).toEqual(['once', 'last']);
  });

  test('CL-7 coming back shows a gap from the last thing received to the join, and who came and went', async () => {
    stage = await Stage.open();
    const socket = await stage.enter({ member: 3, members: [1, 2, 3], seq: 3 });
    socket.onmessage?.(await stage.frame(1, { kind: 'name', name: 'Ada' }));
    await until(() => stage.session.view.room?.members[0]?.name === 'Ada', 'a name');
    await stage.platform.pass(4_000);
    socket.onmessage?.(await stage.frame(2, { kind: 'text', id: textId(1), text: 'last words' }));
    await until(() => textsOf(stage.session).length === 1, 'a text');
    const heardMs = stage.platform.now();
    const nameOfSecond = await stage.derivedName(2);
    await stage.platform.pass(3_000);
    socket.ends(1006);
    await until(() => stateOf(stage.session) === 'waiting', 'waiting');
    expect(stage.session.view.room?.members).toHaveLength(3);
    await stage.platform.pass(499);
    await stage.enter({ member: 5, members: [1, 4, 5], seq: 20 }, 2);
    // Who joined meanwhile is known by the key that it was let in with (CR-16).
    const derived = await stage.derivedName(4);
    const news = stage.session.view.lines.slice(-3);
    expect(news).toMatchObject([
      { kind: 'gap', fromMs: heardMs, toMs: stage.platform.now() },
      { kind: 'left', member: 2, name: nameOfSecond },
      { kind: 'joined', member: 4, name: derived, back: false },
    ]);
    expect(stage.session.view.room?.members.map(({ name }) => name)).toEqual(['Ada', derived, 'Me']);
  });

  test('CL-7 the first join has no gap', async () => {
    stage = await Stage.open();
    await stage.enter();
    expect(stage.session.view.lines).toEqual([]);
  });

  test('CL-9 JN-7 the latest ticket is shown on every return, also when an answer was lost', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    await stage.lose(socket);
    await stage.platform.pass(499);
    const second = await stage.greet(2);
    expect(second.messages[0]).toMatchObject({ ticket: new Uint8Array(16).fill(2) });
    await stage.lose(second);
    await stage.platform.pass(999);
    const third = await stage.enter({ member: 4, members: [1, 4] }, 3);
    expect(third.messages[0]).toMatchObject({ ticket: new Uint8Array(16).fill(2) });
    await stage.lose(third);
    await stage.platform.pass(1_999);
    expect((await stage.greet(4)).messages[0]).toMatchObject({ ticket: new Uint8Array(16).fill(4) });
  });

  test('CL-9 a room full of the seat that a lost answer may hold is tried again until it must be free', async () => {
    stage = await Stage.open();
    (await stage.greet(1)).ends(1006);
    await stage.platform.pass(499);
    (await stage.greet(2)).ends(4009);
    await until(() => stateOf(stage.session) === 'waiting', 'waiting');
    await stage.platform.pass(75_000);
    (await stage.greet()).ends(4009);
    await until(() => stateOf(stage.session) === 'ended: full', 'full');
  });

  test('SK-14 RoomView says when the relay will stop', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    socket.says({ type: 'closing', inSeconds: 8 });
    await until(() => stage.session.view.room?.closingAtMs === startMs + 8_000, 'closing');
    socket.ends(1012);
    await until(() => stateOf(stage.session) === 'waiting', 'waiting');
    expect(stage.session.view.connection).toMatchObject({ reason: 'restarting' });
  });
});

describe('CL-8 names', () => {
  const namesIn = async (socket: Awaited<ReturnType<Stage['enter']>>, member: number): Promise<string[]> => {
    const all = await Promise.all(socket.frames.map((frame) => stage.read(frame, member)));
    return all.flatMap(({ to, content }: { to: number; content: Content }) =>
      content.kind === 'name' ? [`${to}:${content.name}`] : [],
    );
  };

  test('CL-8 the own name goes to everybody after joining, then to each who joins later', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    await until(() => socket.frames.length === 1, 'the name');
    await stage.arrive(3);
    await until(() => socket.frames.length === 2, 'the name again');
    expect(await namesIn(socket, 2)).toEqual(['0:Me', '3:Me']);
    expect(stage.session.rename('  ')).toBe('empty');
    expect(stage.session.rename('New')).toBe('ok');
    expect(stage.session.view.room?.members.find(({ self }) => self)?.name).toBe('New');
    await until(() => socket.frames.length === 3, 'the new name');
    expect((await namesIn(socket, 2)).at(-1)).toBe('0:New');
    await stage.echo();
    await until(() => linesOf(stage.session, 'renamed').length === 1, 'the rename in the log');
  });

  test('CL-8 SK-10 a name that comes directed, after its member spoke, is put into what was shown', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    const changed: number[] = [];
    stage.session.subscribe((change) => {
      if (change.type === 'line_changed') changed.push(change.line.key);
    });
    socket.onmessage?.(await stage.frame(1, { kind: 'text', id: textId(1), text: 'hi' }));
    const derived = await stage.derivedName(1);
    await until(() => linesOf(stage.session, 'text')[0]?.name === derived, 'a line under the name that its key gives');
    socket.onmessage?.(await stage.frame(1, { kind: 'name', name: ' A\u202eda ' }, { seq: 0 }));
    await until(() => linesOf(stage.session, 'text')[0]?.name === 'Ada', 'its name');
    expect(changed).toEqual([1]);
    expect(linesOf(stage.session, 'renamed')).toEqual([]);
    await stage.depart(1, 'slow');
    await until(() => linesOf(stage.session, 'left')[0]?.name === 'Ada', 'the name of who left');
  });

  test('SK-10 a directed text, and a directed frame of somebody who is not there, are ignored', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    socket.onmessage?.(await stage.frame(1, { kind: 'text', id: textId(1), text: 'psst' }, { seq: 0 }));
    const ghost = decodeServerFrame(await stage.frame(1, { kind: 'name', name: 'Ghost' }, { seq: 0 }));
    socket.onmessage?.(encodeServerFrame({ seq: 0, member: 9, payload: ghost?.payload ?? new Uint8Array() }));
    socket.onmessage?.(await stage.frame(1, { kind: 'text', id: textId(2), text: 'hello all' }));
    await until(() => textsOf(stage.session).length === 1, 'the text to all');
    expect(textsOf(stage.session)).toEqual(['hello all']);
    expect(stateOf(stage.session)).toBe('joined');
  });
});

describe('owners', () => {
  test('JN-2 RM-5 RM-6 RM-7 what an owner asked is asked again after coming back, until it is done', async () => {
    stage = await Stage.open({ ownerSeed: new Uint8Array(32).fill(9) });
    const socket = await stage.enter({ owners: [2] });
    expect(socket.messages[0]).toHaveProperty('ownerProof');
    stage.session.lock(true);
    stage.session.remove(1);
    const asked = (one: typeof socket) => one.messages.filter(({ type }) => type === 'lock' || type === 'remove');
    await until(() => asked(socket).length === 2, 'both are asked');
    await stage.depart(1, 'removed');
    await until(() => stage.session.view.room?.members.length === 1, 'the removal');
    await stage.lose(socket);
    await stage.platform.pass(499);
    const second = await stage.enter({ member: 3, members: [3], owners: [3] }, 2);
    await until(() => asked(second).length === 1, 'the lock is asked again');
    expect(asked(second)).toEqual([{ type: 'lock', locked: true }]);
    await stage.lock(true);
    await until(() => stage.session.view.room?.locked === true, 'the lock');
    stage.session.purge();
    await until(() => second.messages.some(({ type }) => type === 'purge'), 'the purge');
  });

  test('RM-5 RM-6 RM-7 what an owner asks without a connection is shown to wait until it is done', async () => {
    stage = await Stage.open({ ownerSeed: new Uint8Array(32).fill(9) });
    const socket = await stage.enter({ owners: [2] });
    const wishes = () => stage.session.view.room?.wishes;
    const heard: string[] = [];
    stage.session.subscribe(({ type }) => heard.push(type));
    await stage.lose(socket);
    heard.length = 0;
    stage.session.lock(true);
    stage.session.remove(1);
    stage.session.purge();
    expect(heard).toEqual(['room', 'room', 'room']);
    expect(stage.session.view.room?.locked).toBe(false);
    expect(wishes()).toEqual({ purge: true, lock: true, remove: [1] });
    await stage.platform.pass(499);
    await stage.enter({ member: 3, members: [1, 3], owners: [3] }, 2);
    await stage.depart(1, 'removed');
    await stage.lock(true);
    await until(() => stage.session.view.room?.locked === true, 'the lock');
    expect(wishes()).toEqual({ purge: true, lock: null, remove: [] });
  });

  test('SK-15 somebody who is no owner asks nothing', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    stage.session.purge();
    stage.session.lock(true);
    stage.session.remove(1);
    await settle();
    expect(socket.messages.map(({ type }) => type)).toEqual(['join']);
  });
});

describe('listeners and diagnostics', () => {
  test('CL-5 a listener that throws stops neither the session nor the other listeners', async () => {
    stage = await Stage.open();
    const heard: string[] = [];
    stage.session.subscribe(() => {
      throw new Error('broken view');
    });
    const stop = stage.session.subscribe(({ type }) => heard.push(type));
    await stage.enter();
    expect(heard).toContain('room');
    await expect(stage.platform.pass(0)).rejects.toThrow('broken view');
    stop();
    const before = heard.length;
    stage.session.send('more');
    expect(heard).toHaveLength(before);
  });

  test('CL-1 diagnostics name codes and times, and no link, key, name, text or room', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    socket.onmessage?.(await stage.frame(1, { kind: 'name', name: 'Marker-Name' }));
    stage.session.send('Marker-Text');
    await until(() => socket.frames.length === 2, 'sent');
    socket.ends(1006);
    await until(() => stateOf(stage.session) === 'waiting', 'waiting');
    const text = stage.session.diagnostics();
    expect(text).toContain('closed 1006');
    expect(text).toContain('waiting lost');
    for (const secret of ['Marker', stage.keys.roomId, 'AQEBAQ', 'Me\n']) expect(text).not.toContain(secret);
    expect(text).toMatch(/^[\w .,:\n]+$/);
  });
});
