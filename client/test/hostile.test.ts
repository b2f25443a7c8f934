// A relay that breaks every rule it can. The client drops the connection and comes back; it never crashes, loops or believes.
import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { closeCodes, concat, encodeServerFrame, encodeServerMessage, type ServerMessage, u32 } from '@pug/wire';
import fc from 'fast-check';
import { maxWaiting } from '../src/inbox.ts';
import { type FakeSocket, joinedMessage, startMs, textId } from './fake.ts';
import { Stage } from './stage.ts';
import { linesOf, patienceMs, settle, stateOf, textsOf, until } from './waiting.ts';

setDefaultTimeout(patienceMs);

let stage: Stage;
afterEach(() => stage.leave());

const hello: ServerMessage = { type: 'hello', nonce: new Uint8Array(32), protocol: 1 };
const spell = encodeServerMessage;
const dropped = (): Promise<void> => until(() => stateOf(stage.session) === 'waiting', 'dropped');

describe('before the join', () => {
  const scripts: [string, (socket: FakeSocket) => void][] = [
    ['a frame', (socket) => socket.onmessage?.(encodeServerFrame({ seq: 1, member: 1, payload: u32(1) }))],
    ['joined without a greeting', (socket) => socket.says(joinedMessage())],
    ['an event', (socket) => socket.says({ type: 'join', seq: 1, member: 1, owner: false })],
    ['pong', (socket) => socket.says({ type: 'pong' })],
    ['what is not JSON', (socket) => socket.onmessage?.('{')],
    ['nothing', (socket) => socket.onmessage?.('')],
    ['a field too many', (socket) => socket.onmessage?.(`${spell(hello).slice(0, -1)},"more":1}`)],
    ['white space', (socket) => socket.onmessage?.(` ${spell(hello)}`)],
    ['a greeting without a nonce', (socket) => socket.onmessage?.('{"type":"hello","nonce":"","protocol":1}')],
    ['two greetings', (socket) => [socket.says(hello), socket.says(hello)]],
    ['joined before the join was sent', (socket) => [socket.says(hello), socket.says(joinedMessage())]],
    ['a megabyte', (socket) => socket.onmessage?.('x'.repeat(1_048_577))],
  ];
  test.each(scripts)('CL-10 SK-3 SK-4 %s: dropped', async (_, act) => {
    stage = await Stage.open();
    const socket = await stage.socket();
    socket.opens();
    act(socket);
    await dropped();
    expect(socket.closed).toBe(4900);
    expect(stage.session.diagnostics()).toContain('dropped');
  });

  test.each([2, 3, 999_999_999])('SK-3 a greeting of protocol %d ends: this client is too old', async (protocol) => {
    stage = await Stage.open();
    const socket = await stage.socket();
    socket.opens();
    socket.onmessage?.(spell(hello).replace('"protocol":1', `"protocol":${protocol}`));
    await until(() => stateOf(stage.session) === 'ended: outdated', 'outdated');
  });

  test('SK-12 a relay that answers every join with 4400 is not asked again', async () => {
    stage = await Stage.open();
    (await stage.greet()).ends(closeCodes.bad_message);
    await until(() => stateOf(stage.session) === 'ended: bad_message', 'the end');
    await stage.platform.pass(300_000);
    expect(stage.platform.sockets).toHaveLength(1);
  });
});

describe('joined with absurd numbers', () => {
  const absurd: [string, string][] = [
    ['not among the members', spell(joinedMessage({ member: 2, members: [1] }))],
    ['more members than places', spell(joinedMessage({ member: 9, members: [1, 2, 3, 9], capacity: 3, seq: 9 }))],
    [
      'a list of 70,000',
      spell(joinedMessage({ member: 70_000, members: Array.from({ length: 70_000 }, (_, n) => n + 1), seq: 70_000 })),
    ],
    ['members in no order', spell(joinedMessage({ member: 2, members: [2, 1] }))],
    ['an owner who is not there', spell(joinedMessage({ members: [1, 2], owners: [3] }))],
    ['owners in no order', spell(joinedMessage({ members: [1, 2], owners: [2, 1] }))],
    ['member 0', spell(joinedMessage()).replace('"member":2', '"member":0')],
    ['a number that is none', spell(joinedMessage()).replace('"seq":2', '"seq":1e999')],
    ['a float', spell(joinedMessage()).replace('"seq":2', '"seq":2.5')],
    ['a capacity of 2^32', spell(joinedMessage()).replace('"capacity":6', '"capacity":4294967296')],
    ['an end that is no date', spell(joinedMessage({ expiresAt: Number.MAX_SAFE_INTEGER }))],
    ['beyond exact integers', spell(joinedMessage()).replace('"now":5000', '"now":90071992547409920')],
  ];
  test.each(absurd)('CL-10 SK-6 %s: dropped', async (_, text) => {
    stage = await Stage.open();
    const socket = await stage.greet();
    socket.onmessage?.(text);
    await dropped();
    expect(stage.session.view.room).toBeNull();
  });

  test('SK-6 extremes that are of the form are lived with', async () => {
    stage = await Stage.open();
    const seq = 4_294_967_295;
    const members = Array.from({ length: 65_535 }, (_, n) => seq - 65_534 + n);
    const socket = await stage.answer({
      member: 4_294_967_295,
      members,
      owners: members,
      seq,
      now: 0,
      expiresAt: 4_294_967_295_000,
      capacity: 65_535,
    });
    expect(stage.session.view.room?.members).toHaveLength(65_535);
    expect(new Date(stage.session.view.room?.expiresAtMs ?? Number.NaN).getTime()).toBe(startMs + 4_294_967_295_000);
    socket.onmessage?.(encodeServerFrame({ seq: 0, member: 4_294_967_294, payload: new Uint8Array(1) }));
    await settle();
    expect(stateOf(stage.session)).toBe('joined');
  });
});

describe('in the room', () => {
  const scripts: [string, (socket: FakeSocket) => void][] = [
    ['a jump in seq', (socket) => socket.says({ type: 'lock', seq: 4, locked: true })],
    ['a seq again', (socket) => socket.says({ type: 'lock', seq: 2, locked: true })],
    ['a frame of nobody', (socket) => socket.onmessage?.(encodeServerFrame({ seq: 3, member: 7, payload: u32(0) }))],
    ['a frame of member 0', (socket) => socket.onmessage?.(concat(u32(3), u32(0), u32(0)))],
    ['a frame too short', (socket) => socket.onmessage?.(new Uint8Array(8))],
    ['no bytes', (socket) => socket.onmessage?.(new Uint8Array(0))],
    ['a frame over the limit', (socket) => socket.onmessage?.(concat(u32(3), u32(1), new Uint8Array(65_537)))],
    ['a member that joins twice', (socket) => socket.says({ type: 'join', seq: 3, member: 1, owner: false })],
    ['a join that does not say who', (socket) => socket.onmessage?.('{"type":"join","seq":3,"member":3}')],
    ['a leave of nobody', (socket) => socket.says({ type: 'leave', seq: 3, member: 9, why: 'left' })],
    ['a leave of oneself', (socket) => socket.says({ type: 'leave', seq: 3, member: 2, why: 'left' })],
    ['joined again', (socket) => socket.says(joinedMessage())],
    ['a greeting', (socket) => socket.says(hello)],
    ['a reason that is none', (socket) => socket.onmessage?.('{"type":"leave","seq":3,"member":1,"why":"bored"}')],
    ['a client message', (socket) => socket.onmessage?.('{"type":"purge"}')],
  ];
  test.each(scripts)('CL-10 CL-7 %s: dropped, joined again, with a gap line', async (_, act) => {
    stage = await Stage.open();
    const socket = await stage.enter();
    act(socket);
    await dropped();
    expect(socket.closed).toBe(4900);
    expect(stage.session.view.connection).toMatchObject({ reason: 'lost' });
    stage.session.wake();
    await stage.platform.pass(0);
    await stage.enter({ member: 3, members: [1, 3], seq: 3 }, 2);
    expect(linesOf(stage.session, 'gap')).toHaveLength(1);
    expect(linesOf(stage.session, 'text')).toEqual([]);
  });

  test('CL-10 what came before the broken rule is shown, what came after it is not', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    const receive = socket.onmessage;
    const first = await stage.frame(1, { kind: 'text', id: textId(1), text: 'before' });
    const jump = await stage.frame(1, { kind: 'text', id: textId(2), text: 'after a jump' }, { seq: stage.seq + 5 });
    const next = await stage.frame(1, { kind: 'text', id: textId(3), text: 'after' }, { seq: stage.seq + 6 });
    for (const frame of [first, jump, next]) receive?.(frame);
    await dropped();
    await settle();
    expect(textsOf(stage.session)).toEqual(['before']);
  });

  test('CL-7 CL-10 more frames than can be opened: the connection is dropped and memory stays bounded', async () => {
    stage = await Stage.open();
    const socket = await stage.enter();
    const receive = socket.onmessage;
    await stage.platform.pass(5_000);
    for (let n = 0; n < maxWaiting + 100; n++) {
      receive?.(encodeServerFrame({ seq: stage.seq++, member: 1, payload: new Uint8Array(100).fill(1) }));
    }
    expect(stateOf(stage.session)).toBe('waiting');
    expect(stage.session.diagnostics()).toContain('dropped flood');
    await stage.platform.pass(499);
    await stage.enter({ member: 3, members: [1, 3], seq: 3 }, 2);
    // Nothing of the flood was shown, so what may have been missed begins before it.
    expect(linesOf(stage.session, 'gap').map(({ fromMs }) => fromMs)).toEqual([startMs]);
  });

  test('SK-13 CL-10 no bytes at all bring a session down', async () => {
    stage = await Stage.open();
    await stage.socket();
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom(spell(hello), spell(joinedMessage()), '{"type":"pong"}', '{"type":"closing","inSeconds":0}'),
      fc
        .record({
          type: fc.constantFrom('join', 'leave', 'lock', 'joined', 'hello'),
          seq: fc.integer(),
          member: fc.integer(),
        })
        .map((json) => JSON.stringify(json)),
    );
    const arrivals = fc.array(fc.oneof(texts, fc.uint8Array({ maxLength: 300 })), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(arrivals, fc.boolean(), async (all, inRoom) => {
        const count = stage.platform.sockets.length;
        const socket = inRoom ? await stage.enter({}, count) : await stage.socket(count);
        for (const one of all) socket.onmessage?.(one);
        await Bun.sleep(1);
        if (stateOf(stage.session) === 'ended: outdated') return;
        socket.ends(1006);
        await dropped();
        stage.session.wake();
        await stage.platform.pass(0);
        await stage.socket(count + 1);
      }),
      { numRuns: 60 },
    );
    expect(stateOf(stage.session)).toBe('connecting');
  });
});
