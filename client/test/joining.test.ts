// What a join takes comes at the same time as the connection: in whatever order it comes, nothing is sent too early, and the reason told is true.
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import type { Answer } from '@pug/client';
import type { RatchetMaker } from '@pug/core';
import { closeCodes, defaultPolicy, encodePolicy, encodeServerFrame } from '@pug/wire';
import { joinedMessage } from './fake.ts';
import { ratchet } from './parts.ts';
import { Stage } from './stage.ts';
import { linesOf, patienceMs, settle, stateOf, until } from './waiting.ts';

setDefaultTimeout(patienceMs);

const good: Answer = { status: 200, text: encodePolicy(defaultPolicy) };

let stage: Stage;
afterEach(() => stage.leave());

/** A session whose relay answers the request for its policy when the test lets it. */
async function withPolicyLater(loadRatchet?: () => Promise<RatchetMaker>) {
  const { promise: answer, resolve, reject } = Promise.withResolvers<Answer>();
  const asked: Promise<Answer>[] = [answer];
  // Whatever is asked later is answered at once.
  const opened = { answer: () => asked.shift() ?? Promise.resolve(good), ...(loadRatchet && { loadRatchet }) };
  stage = await Stage.open(opened);
  return { comes: () => resolve(good), fails: () => reject(new Error('no route')), is: resolve };
}

const reasonOf = ({ session }: Stage) => {
  const { connection } = session.view;
  return connection.state === 'waiting' ? connection.reason : connection.state;
};

test('CL-11 HT-8 the socket is opened and greeted before the policy is known, and nothing is sent until it is', async () => {
  const policy = await withPolicyLater();
  const socket = await stage.socket(1);
  socket.hello();
  await settle();
  expect(socket.sent).toEqual([]);
  expect(stage.session.view.connection).toEqual({ state: 'connecting', attempt: 1 });
  policy.comes();
  await until(() => socket.messages.length === 1, 'the join');
  socket.says(joinedMessage());
  await until(() => stateOf(stage.session) === 'joined', 'joined');
  expect(stage.platform.sockets).toHaveLength(1);
});

test('CL-10 HT-8 the bound of payloads is that of a policy that came after the greeting', async () => {
  const policy = await withPolicyLater();
  const socket = await stage.socket(1);
  socket.hello();
  policy.is({ status: 200, text: encodePolicy({ ...defaultPolicy, maxPayloadBytes: 32_768 }) });
  await until(() => socket.messages.length === 1, 'the join');
  socket.says(joinedMessage());
  await until(() => stateOf(stage.session) === 'joined', 'joined');
  const zeros = (bytes: number, seq: number) => encodeServerFrame({ seq, member: 1, payload: new Uint8Array(bytes) });
  socket.onmessage?.(zeros(32_768, 3));
  await until(() => stage.session.diagnostics().includes('frames ignored: 1'), 'the longest is taken');
  socket.onmessage?.(zeros(32_769, 4));
  await until(() => reasonOf(stage) === 'lost', 'a frame over the limit is no frame');
  expect(stage.session.diagnostics()).toContain('dropped malformed');
});

test.each([
  ['not open yet', () => {}],
  ['open', (socket: Awaited<ReturnType<Stage['socket']>>) => socket.opens()],
  ['greeted', (socket: Awaited<ReturnType<Stage['socket']>>) => socket.hello()],
])('CL-4 HT-8 a policy that does not come ends the attempt while the socket is %s', async (_, act) => {
  const policy = await withPolicyLater();
  const socket = await stage.socket(1);
  act(socket);
  await settle();
  policy.fails();
  await until(() => stateOf(stage.session) === 'waiting', 'waiting');
  expect(reasonOf(stage)).toBe('unreachable');
  expect(socket).toMatchObject({ sent: [], closed: 4900, onmessage: null, onclose: null });
  await stage.platform.pass(499);
  (await stage.greet(2)).says(joinedMessage());
  await until(() => stateOf(stage.session) === 'joined', 'the next attempt');
});

test('CL-4 HT-8 a policy for which a greeted socket waits 10 s in vain is the reason that is told', async () => {
  await withPolicyLater();
  const socket = await stage.socket(1);
  await stage.platform.pass(5_000);
  socket.hello();
  await stage.platform.pass(4_999);
  expect(stateOf(stage.session)).toBe('connecting');
  await stage.platform.pass(1);
  expect(reasonOf(stage)).toBe('unreachable');
  expect(socket.sent).toEqual([]);
});

test.each([
  ['does not open', 1006, 'opening', 'unreachable'],
  ['is closed by a relay that drains', closeCodes.restarting, 'opening', 'restarting'],
  ['is lost after the greeting', 1006, 'joining', 'lost'],
  ['waited too long for the join', closeCodes.join_timeout, 'joining', 'join_timeout'],
] as const)(
  'CL-4 SK-12 a socket that %s before the policy is there is tried again for its own reason',
  async (_, code, stageOf, reason) => {
    const policy = await withPolicyLater();
    const socket = await stage.socket(1);
    if (stageOf === 'joining') socket.hello();
    await settle();
    socket.ends(code);
    await until(() => stateOf(stage.session) === 'waiting', 'waiting');
    expect(reasonOf(stage)).toBe(reason);
    // What comes too late for this attempt is neither its end nor lost: the next one asks for nothing.
    policy.comes();
    await settle();
    expect(reasonOf(stage)).toBe(reason);
    await stage.platform.pass(499);
    await stage.greet(2);
    expect(stage.platform.asked).toEqual(['GET /api/v1/policy']);
    expect(socket.sent).toEqual([]);
  },
);

test('CL-4 a policy that fails after its attempt does not end the next one', async () => {
  const policy = await withPolicyLater();
  (await stage.socket(1)).ends(1006);
  await until(() => stateOf(stage.session) === 'waiting', 'waiting');
  await stage.platform.pass(499);
  const socket = await stage.greet(2);
  policy.fails();
  await settle();
  socket.says(joinedMessage());
  await until(() => stateOf(stage.session) === 'joined', 'joined');
});

test('SK-14 a warning before the join waits its turn and changes nothing; the close behind it tells why', async () => {
  const policy = await withPolicyLater();
  const socket = await stage.socket(1);
  socket.hello();
  socket.says({ type: 'closing', inSeconds: 8 });
  socket.ends(closeCodes.restarting);
  policy.comes();
  await until(() => stateOf(stage.session) === 'waiting', 'waiting');
  expect(reasonOf(stage)).toBe('restarting');
  expect(linesOf(stage.session, 'dropped')).toEqual([]);
  expect(socket.sent).toEqual([]);
});

test.each([
  ['a frame', new Uint8Array(9)],
  ['a join that was not asked', '{"type":"pong"}'],
  ['nonsense', '{"type":'],
])('CL-10 %s before the policy is known is no conversation', async (_, data) => {
  await withPolicyLater();
  const socket = await stage.socket(1);
  socket.hello();
  socket.onmessage?.(data);
  await until(() => stateOf(stage.session) === 'waiting', 'waiting');
  expect(socket.sent).toEqual([]);
  expect(stage.session.view.room).toBeNull();
});

test('RM-4 who leaves before the policy is known closes the socket, and whatever still comes begins nothing', async () => {
  const policy = await withPolicyLater();
  const socket = await stage.socket(1);
  socket.hello();
  stage.session.leave();
  policy.comes();
  await settle();
  expect(stateOf(stage.session)).toBe('ended: left');
  expect(socket).toMatchObject({ sent: [], closed: 1000, onmessage: null });
  expect(stage.platform.sockets).toHaveLength(1);
  expect(stage.platform.timers).toBe(0);
});

test('CL-4 CL-13 without the ratchet no socket is opened, and that it is missing is told of a relay that answers', async () => {
  let loads = 0;
  stage = await Stage.open({ loadRatchet: () => (loads++ === 0 ? Promise.reject(new Error('blocked')) : ratchet) });
  await until(() => stateOf(stage.session) === 'waiting', 'waiting');
  expect(reasonOf(stage)).toBe('incomplete');
  expect(stage.platform.sockets).toHaveLength(0);
  await stage.platform.pass(499);
  (await stage.greet(1)).says(joinedMessage());
  await until(() => stateOf(stage.session) === 'joined', 'joined');
});

test('CL-4 CL-13 a relay that does not answer is the reason, also where the ratchet is missing', async () => {
  const policy = await withPolicyLater(() => Promise.reject(new Error('no route')));
  await settle();
  expect(reasonOf(stage)).toBe('connecting');
  policy.fails();
  await until(() => stateOf(stage.session) === 'waiting', 'waiting');
  expect(reasonOf(stage)).toBe('unreachable');
});

test('LM-7 a ratchet that is long in coming takes no place at the door', async () => {
  const { promise, resolve } = Promise.withResolvers<RatchetMaker>();
  stage = await Stage.open({ loadRatchet: () => promise });
  await stage.platform.pass(15_000);
  expect(stage.platform.sockets).toHaveLength(0);
  expect(stateOf(stage.session)).toBe('connecting');
  resolve(await ratchet);
  await stage.greet(1);
});
