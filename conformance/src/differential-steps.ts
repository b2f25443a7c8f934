/** What is done in random sessions, alike to both relays: every step by the same numbers. */
import { decodeToken, encodeClientFrame, encodeClientMessage, encodeCreateRequest, encodeToken } from '@pug/wire';
import { comparable, type Guest, type Stage } from './differential-stage.ts';
import { mutatedText, type Pick } from './mutate.ts';
import { json } from './trial.ts';
import { opcodes, webSocketFrame } from './websocket.ts';

const mostGuests = 6;

export type Step = (stage: Stage, pick: Pick) => Promise<void>;

const open: Step = async (stage) => {
  const here = stage.guests.filter(({ state }) => state !== 'gone');
  if (here.length < mostGuests) stage.guests.push(await stage.open(`guest ${stage.guests.length + 1}`));
};

const joinWays: readonly ((stage: Stage, pick: Pick) => Parameters<Stage['join']>[1])[] = [
  () => ({}),
  () => ({}),
  () => ({ owner: true }),
  (stage, pick) => {
    const ticket = stage.tickets[pick(Math.max(1, stage.tickets.length))];
    return ticket ? { ticket } : {};
  },
  () => ({ ticket: new Uint8Array(16) }),
  () => ({ spoil: 'proof' }),
  () => ({ owner: true, spoil: 'ownerProof' }),
  () => ({ spoil: 'room' }),
];

/** A guest comes and asks to be let in. */
export async function arrive(stage: Stage, how: Parameters<Stage['join']>[1]): Promise<void> {
  const guest = await stage.open(`guest ${stage.guests.length + 1}`);
  stage.guests.push(guest);
  stage.join(guest, how);
  await stage.answer(guest);
  await stage.settleAll(null);
}

const join: Step = async (stage, pick) => {
  const guest = stage.pickGuest(pick, 'greeted');
  const way = joinWays[pick(joinWays.length)];
  if (!guest || !way) return;
  stage.join(guest, way(stage, pick));
  await stage.answer(guest);
  await stage.settleAll(null);
};

/** A member does something to which it may be closed. */
const asMember =
  (act: (guest: Guest, pick: Pick, stage: Stage) => void): Step =>
  async (stage, pick) => {
    const guest = stage.pickGuest(pick, 'joined');
    if (!guest) return;
    act(guest, pick, stage);
    await stage.settle(guest);
    await stage.settleAll(guest.state === 'gone' ? guest : null);
  };

const control = asMember(({ raw }, pick, stage) => {
  const numbers = [...stage.guests.map(({ member }) => member), 99, 4294967295].filter((number) => number > 0);
  const texts = [
    ...[true, false].map((locked) => encodeClientMessage({ type: 'lock', locked })),
    ...numbers.map((member) => encodeClientMessage({ type: 'remove', member })),
    encodeClientMessage({ type: 'ping' }),
    ...(pick(10) === 0 ? [encodeClientMessage({ type: 'purge' })] : []),
  ];
  raw.sendText(texts[pick(texts.length)] ?? '');
});

const frame = asMember(({ raw }, pick, stage) => {
  const to = pick(3) === 0 ? pick(stage.guests.length + 4) : 0;
  raw.sendBinary(encodeClientFrame({ to, payload: Buffer.alloc(1 + pick(300), pick(256)) }));
});

const corpus: readonly string[] = [
  ...['{"type":"ping"}', '{"type":"purge"}', '{"type":"lock","locked":true}', '{"type":"remove","member":3}'],
  `{"type":"join","room":"${'A'.repeat(22)}","joinKey":"${'A'.repeat(43)}","proof":"${'A'.repeat(86)}"}`,
];

const junkText = asMember(({ raw }, pick) => raw.sendText(mutatedText(pick, corpus)));
const junkBytes = asMember(({ raw }, pick) => raw.sendBinary(Buffer.alloc(pick(9), pick(3))));

const stranger: Step = async (stage, pick) => {
  const guest = stage.pickGuest(pick, 'greeted');
  if (!guest) return;
  const text = mutatedText(pick, corpus);
  if (pick(3) === 0) guest.raw.sendBinary(Buffer.alloc(pick(9)));
  else guest.raw.sendText(text);
  await stage.answer(guest);
};

const ping = Buffer.from('{"type":"ping"}');
const part = (opcode: number, payload: Uint8Array, fin: boolean) => webSocketFrame(opcode, payload, { fin });
/** Allowed by RFC 6455, whole or in pieces. */
const allowed: readonly Buffer[] = [
  part(opcodes.ping, Buffer.from('x'), true),
  part(opcodes.pong, Buffer.alloc(0), true),
  Buffer.concat([part(opcodes.text, ping.subarray(0, 4), false), part(opcodes.continuation, ping.subarray(4), true)]),
  Buffer.concat([
    part(opcodes.binary, Buffer.alloc(6), false),
    part(opcodes.ping, Buffer.alloc(125), true),
    part(opcodes.continuation, Buffer.alloc(0), false),
    part(opcodes.continuation, Buffer.of(7), true),
  ]),
];
/** Forbidden by it. */
const forbidden: readonly Buffer[] = [
  webSocketFrame(opcodes.text, ping, { masked: false }),
  webSocketFrame(opcodes.text, ping, { rsv: 4 }),
  webSocketFrame(3, ping),
  webSocketFrame(11, ping),
  part(opcodes.continuation, ping, true),
  part(opcodes.ping, ping, false),
  part(opcodes.ping, Buffer.alloc(126), true),
  part(opcodes.close, Buffer.of(3), true),
  part(opcodes.close, Buffer.of(0x03, 0xed), true),
  part(opcodes.text, Buffer.of(0xff, 0xfe), true),
  Buffer.of(0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4),
  Buffer.concat([part(opcodes.text, ping, false), part(opcodes.text, ping, true)]),
];

const fragments = asMember(({ raw }, pick) => raw.write(allowed[pick(allowed.length)] ?? Buffer.alloc(0)));

const goes =
  (go: (guest: Guest, pick: Pick) => void): Step =>
  async (stage, pick) => {
    const guest = stage.pickGuest(pick, pick(4) === 0 ? 'greeted' : 'joined');
    if (!guest) return;
    const { member } = guest;
    go(guest, pick);
    await stage.untilGone(guest);
    await stage.settleAll(member > 0 ? guest : null);
  };

const violate = goes(({ raw }, pick) => raw.write(forbidden[pick(forbidden.length)] ?? Buffer.alloc(0)));
const close = goes(({ raw }, pick) => raw.close([1000, 1000, 1001, 3000, 4000, 4999][pick(6)]));
const tooLarge = goes(({ raw }, pick) => raw.sendBinary(Buffer.alloc(4 + 65_536 + 1 + pick(50))));

const cut: Step = async (stage, pick) => {
  const guest = stage.pickGuest(pick, pick(3) === 0 ? 'greeted' : 'joined');
  if (guest) await stage.cut(guest);
};

const paths = ['/', '/r', '/healthz', '/readyz', '/api/v1/policy', '/api/v1/challenge', '/api/v1/rooms', '/ws', '/no'];
const odd = [
  '/r/',
  '//',
  '/api',
  '/r%23x',
  '/%72',
  '/healthz?x=1',
  '/assets/',
  '/index.html',
  '/r%2523',
  '/r#x',
  '/healthz?a%23b',
];
const methods = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'DELETE'];
const origins = [[], [], ['https://other.example'], ['null'], [''], ['http://127.0.0.1']] as const;

const request: Step = async (stage, pick) => {
  const path = pick(4) === 0 ? odd[pick(odd.length)] : paths[pick(paths.length)];
  const method = methods[pick(methods.length)] ?? 'GET';
  const headers = (origins[pick(origins.length)] ?? []).map((origin) => ['Origin', origin] as const);
  const worker = pick(20) === 0 ? [['Service-Worker', 'script'] as const] : [];
  const answer = await stage.trial.exchange({ method, path: path ?? '/', headers: [...headers, ...worker] });
  const told = answer.headers.filter(
    ([name]) => !['date', 'connection', 'keep-alive', 'content-length'].includes(name),
  );
  stage.lines.push(`${method} ${path} ${answer.status} ${told.sort().join(' | ')} ${comparable(answer.text)}`);
};

const create: Step = async (stage, pick) => {
  const { request } = stage.room;
  const token = decodeToken(request.token);
  if (!token) throw new Error('its own token cannot be read');
  const changes = [
    ...[{ version: 2 }, { algorithm: 0 }, { k: 7 }, { keyId: token.keyId ^ 0x80 }, { issuedAt: token.issuedAt + 600 }],
    ...[{ issuedAt: token.issuedAt - 600 }, { target: 2 ** 32 - 1 }, { ttl: 1 }, { audience: 1 }, {}, {}],
  ];
  const changed = { ...request, token: encodeToken({ ...token, ...changes[pick(changes.length)] }) };
  const body = encodeCreateRequest({ ...changed, capacity: pick(4) === 0 ? 3 : request.capacity });
  const text = pick(3) === 0 ? mutatedText(pick, ['{"token":"","solution":""}', '{}']) : body;
  const answer = await stage.trial.post(text, pick(8) === 0 ? [] : [json]);
  stage.lines.push(`create ${answer.status} ${comparable(answer.text)}`);
};

/** Each as often as it stands here. */
export const steps: readonly Step[] = [
  ...[open, open, open, join, join, join, join, control, control, frame, frame, frame],
  ...[junkText, junkBytes, stranger, fragments, violate, close, tooLarge, cut, cut, request, request, create],
];
