/** The upgrade, the first messages, and everything malformed (spec/socket.md). */
import { randomBytes } from 'node:crypto';
import { encodeClientMessage, maxControlBytes, toBase64url } from '@pug/wire';
import { type Header, headerOf } from '../http.ts';
import { demand, type Peer } from '../peer.ts';
import { type Scenario, scenario } from '../scenario.ts';
import type { Trial } from '../trial.ts';
import { opcodes, RawSocket, upgrade, webSocketFrame } from '../websocket.ts';
import { hasOtherHeaders } from './http.ts';

async function upgrades(trial: Trial): Promise<void> {
  const offers = ['pug.1', 'chat, pug.1', 'pug.1, pug.2'];
  for (const offer of offers) {
    const extensions = 'permessage-deflate; client_max_window_bits';
    const headers: Header[] = [
      ['Sec-WebSocket-Protocol', offer],
      ['Sec-WebSocket-Extensions', extensions],
    ];
    const peer = await trial.open({ headers });
    demand(headerOf(peer.raw, 'sec-websocket-protocol') === 'pug.1', `SK-1: of "${offer}" the relay selects pug.1`);
    demand(headerOf(peer.raw, 'sec-websocket-extensions') === null, 'SK-1: no extension is negotiated');
    peer.cut();
  }
}

/** Spellings of one and the same upgrade (RFC 6455 section 4.2.1). */
const goodUpgrades: readonly (readonly [string, readonly Header[]])[] = [
  ['upper and lower case', [['Upgrade', 'WebSocket']]],
  ['several tokens', [['Connection', 'keep-alive, Upgrade']]],
  ['another case', [['Connection', 'upgrade']]],
  [
    'the subprotocol in a second header',
    [
      ['Sec-WebSocket-Protocol', 'chat'],
      ['Sec-WebSocket-Protocol', 'pug.1'],
    ],
  ],
  ['no space in the list', [['Sec-WebSocket-Protocol', 'chat,pug.1,other']]],
  ['a query', []],
];

async function spellings(trial: Trial): Promise<void> {
  for (const [what, headers] of goodUpgrades) {
    trial.note(`# ${what}`);
    const peer = await trial.open(what === 'a query' ? { path: '/ws?a=b' } : { headers });
    demand(headerOf(peer.raw, 'sec-websocket-protocol') === 'pug.1', `SK-1: ${what}: pug.1 is selected`);
    peer.cut();
  }
}

const badUpgrades: readonly (readonly [string, readonly Header[]])[] = [
  ['no subprotocol', [['Sec-WebSocket-Protocol', '']]],
  ['another subprotocol', [['Sec-WebSocket-Protocol', 'pug.2']]],
  ['a subprotocol that only begins alike', [['Sec-WebSocket-Protocol', 'pug.10, xpug.1']]],
  ['another spelling', [['Sec-WebSocket-Protocol', 'PUG.1']]],
  ['no upgrade', [['Upgrade', '']]],
  ['another upgrade', [['Upgrade', 'h2c']]],
  ['no connection', [['Connection', '']]],
  ['a connection that is kept', [['Connection', 'keep-alive']]],
  ['no key', [['Sec-WebSocket-Key', '']]],
  ['a key of 15 bytes', [['Sec-WebSocket-Key', randomBytes(15).toString('base64')]]],
  ['a key that is not base64', [['Sec-WebSocket-Key', '!!!!!!!!!!!!!!!!!!!!!!==']]],
  ['no version', [['Sec-WebSocket-Version', '']]],
  ['version 8', [['Sec-WebSocket-Version', '8']]],
  ['version 14', [['Sec-WebSocket-Version', '14']]],
];

async function refusedUpgrades(trial: Trial): Promise<void> {
  for (const [why, headers] of badUpgrades) {
    trial.note(`# ${why}`);
    const answer = await upgrade(trial.relay.url, { headers });
    demand(!(answer instanceof RawSocket), `SK-1: ${why} is not upgraded`);
    trial.refused(answer, 'upgrade_refused');
    hasOtherHeaders(answer, `/ws with ${why}`);
  }
  trial.refused(await trial.exchange({ path: '/ws' }), 'upgrade_refused');
  const foreign = await upgrade(trial.relay.url, { headers: [['Origin', 'https://other.example']] });
  demand(!(foreign instanceof RawSocket), 'HT-15: a page of another origin gets no socket');
  trial.refused(foreign, 'origin_refused');
  const own = await trial.open({ headers: [['Origin', trial.relay.url.origin]] });
  own.cut();
}

async function hello(trial: Trial): Promise<void> {
  const peers = await Promise.all(Array.from({ length: 5 }, () => trial.open()));
  const nonces = new Set(peers.map(({ nonce }) => toBase64url(nonce)));
  demand(nonces.size === peers.length, 'SK-3: no two sockets get the same nonce');
}

async function firstMessage(trial: Trial): Promise<void> {
  const { room } = await trial.gathering(1);
  const others: readonly ((peer: Peer) => void)[] = [
    (peer) => peer.say({ type: 'ping' }),
    (peer) => peer.say({ type: 'purge' }),
    (peer) => peer.say({ type: 'lock', locked: true }),
    (peer) => peer.say({ type: 'remove', member: 1 }),
    (peer) => peer.send('before joining'),
    // A good join, but a binary message: that is a frame (SK-2).
    (peer) => peer.sayBytes(Buffer.from(encodeClientMessage(trial.joinMessage(peer, room)))),
    (peer) => peer.sayText(encodeClientMessage(trial.joinMessage(peer, room)).replace('{', '{ ')),
  ];
  for (const speak of others) {
    const peer = await trial.open();
    speak(peer);
    await peer.expectClose('bad_message');
  }
  const member = await trial.join(room);
  member.say(trial.joinMessage(member, room));
  await member.expectClose('bad_message');
}

/** Several at once: a relay may have one join wait for another. */
async function rightBehind(trial: Trial): Promise<void> {
  const crowd = await Promise.all(
    Array.from({ length: 5 }, async () => ({ room: await trial.room(), peer: await trial.open() })),
  );
  for (const { peer, room } of crowd) {
    peer.say(trial.joinMessage(peer, room));
    peer.send('right behind');
    peer.say({ type: 'ping' });
  }
  for (const { peer } of crowd) {
    await peer.expect({ type: 'joined' });
    await peer.expectFrame({ payload: 'right behind' });
    await peer.expect({ type: 'pong' });
  }
}

/** Joins that are not of their one form, made of a good one. */
function badJoins(good: string): readonly (readonly [string, string])[] {
  const fields = Object.entries(JSON.parse(good) as Record<string, string>);
  const spell = (list: readonly (readonly [string, unknown])[]) => JSON.stringify(Object.fromEntries(list));
  const without = (name: string) => spell(fields.filter(([key]) => key !== name));
  const changed = (name: string, change: (value: string) => unknown) =>
    spell(fields.map(([key, value]) => [key, key === name ? change(value) : value]));
  return [
    ...['room', 'joinKey', 'proof', 'type'].map((name) => [`without ${name}`, without(name)] as const),
    ['in another order', spell(fields.toReversed())],
    ['with its last two swapped', spell([...fields.slice(0, -2), ...fields.slice(-2).toReversed()])],
    ['with an unknown field', good.replace('}', ',"x":1}')],
    ['with a name', good.replace('}', ',"name":"Max"}')],
    ['with a field twice', good.replace('"proof"', `"joinKey":"${fields[2]?.[1]}","proof"`)],
    ['with white space', good.replace(',', ', ')],
    ['with a ticket that is null', changed('ticket', () => null)],
    ['with an owner proof that is empty', changed('ownerProof', () => '')],
    ...['room', 'joinKey', 'proof', 'ownerProof', 'ticket'].flatMap((name) =>
      [
        ['cut short', (value: string) => value.slice(0, -2)],
        ['too long', (value: string) => `${value}AAAA`],
        ['padded', (value: string) => `${value}==`],
        ['in the other alphabet', (value: string) => `+/${value.slice(2)}`],
        // Each of these lengths leaves bits over: all of them set is a second spelling.
        ['with bits left over', (value: string) => `${value.slice(0, -1)}_`],
        ['as a number', () => 1],
        ['as a list', (value: string) => [value]],
      ].map(([what, change]) => [`${name} ${what}`, changed(name, change as (value: string) => unknown)] as const),
    ),
  ];
}

async function malformedJoins(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(1);
  const [witness] = members as [Peer];
  const options = { owner: true, ticket: witness.joined.ticket };
  const { length } = badJoins(encodeClientMessage(trial.joinMessage(await trial.open(), room, options)));
  for (let at = 0; at < length; at++) {
    const peer = await trial.open();
    const [what = '', text = ''] = badJoins(encodeClientMessage(trial.joinMessage(peer, room, options)))[at] ?? [];
    trial.note(`# ${what}`);
    peer.sayText(text);
    await peer.expectClose('bad_message');
  }
  await witness.expectQuiet();
}

/** Text messages that are not of the one form, or not for a client to say. */
const badTexts: readonly string[] = [
  ...['', ' ', '{', '}', '{}', '[]', 'null', '1', '"ping"', 'ping', '\u0000', '{"type":"ping"}{"type":"ping"}'],
  ...['{"type":"ping"} ', ' {"type":"ping"}', '{"type": "ping"}', '{"type":"ping",}', '{"type":"ping","type":"ping"}'],
  ...['{"type":"ping","x":1}', '{"type":"Ping"}', '{"type":"p\\u0069ng"}', "{'type':'ping'}", '[{"type":"ping"}]'],
  ...[
    '{"type":"pong"}',
    '{"type":"closing","inSeconds":1}',
    '{"type":"nonsense"}',
    '{"type":1}',
    '{"type":null}',
    '{"type":{}}',
  ],
  ...[
    '{"type":"__proto__"}',
    '{"type":"constructor"}',
    '{"type":"toString"}',
    '{"type":"hasOwnProperty"}',
    '{"__proto__":{"type":"ping"}}',
  ],
  ...[
    '{"type":"lock"}',
    '{"type":"lock","locked":1}',
    '{"type":"lock","locked":"true"}',
    '{"locked":true,"type":"lock"}',
  ],
  ...[
    '{"type":"lock","locked":null}',
    '{"type":"remove"}',
    '{"type":"remove","member":0}',
    '{"type":"remove","member":-1}',
  ],
  ...['{"type":"remove","member":1.0}', '{"type":"remove","member":1e0}', '{"type":"remove","member":"1"}'],
  ...['{"type":"remove","member":4294967296}', '{"type":"remove","member":01}', '{"type":"remove","member":[1]}'],
  ...[
    '{"type":"purge","purge":true}',
    '{"type":"join"}',
    `${'['.repeat(500)}${']'.repeat(500)}`,
    '\ufeff{"type":"ping"}',
  ],
  `{"type":"ping"}${' '.repeat(maxControlBytes)}`,
  'x'.repeat(maxControlBytes),
  'x'.repeat(maxControlBytes + 1),
];

async function badMessages(trial: Trial): Promise<void> {
  const room = await trial.room();
  // The witness is the owner: what is refused here is refused for its form.
  const witness = await trial.join(room);
  for (const text of badTexts) {
    const rude = await trial.join(room, { owner: true });
    await witness.expect({ type: 'join', member: rude.number });
    rude.sayText(text);
    await rude.expectClose('bad_message');
    await witness.expect({ type: 'leave', member: rude.number, why: 'lost' });
  }
  await witness.expectQuiet();
}

async function badFrames(trial: Trial): Promise<void> {
  const room = await trial.room();
  const witness = await trial.join(room);
  for (const bytes of [[], [0], [0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [255, 255, 255, 255]]) {
    const rude = await trial.join(room);
    await witness.expect({ type: 'join' });
    rude.sayBytes(Uint8Array.from(bytes));
    await rude.expectClose('bad_message');
    await witness.expect({ type: 'leave', member: rude.number, why: 'lost' });
  }
  await witness.expectQuiet();
}

async function biggestFrames(trial: Trial): Promise<void> {
  const { maxPayloadBytes } = trial.policy;
  const { members, room } = await trial.gathering(2);
  const payload = randomBytes(maxPayloadBytes);
  members[0]?.send(payload);
  for (const member of members) await member.expectFrame({ member: 1, payload });
  members[0]?.send(payload.subarray(0, 1));
  for (const member of members) await member.expectFrame({ member: 1, payload: payload.subarray(0, 1) });
  members[1]?.cut();
  await members[0]?.expect({ type: 'leave', member: 2 });
  for (const size of [maxPayloadBytes + 1, maxPayloadBytes + 1000, 4 * maxPayloadBytes]) {
    const rude = await trial.join(room);
    await members[0]?.expect({ type: 'join' });
    rude.send(randomBytes(size));
    // A message far over the limit may end before it was read whole (SK-12).
    await rude.expectClose(size > 2 * maxPayloadBytes ? [4413, 1009, 1006] : 'too_large');
    await members[0]?.expect({ type: 'leave', member: rude.number, why: 'lost' });
  }
}

const ping = Buffer.from('{"type":"ping"}');

async function fragmented(trial: Trial): Promise<void> {
  const { members } = await trial.gathering(1);
  const [member] = members as [Peer];
  member.raw.write(webSocketFrame(opcodes.text, ping.subarray(0, 5), { fin: false }));
  member.raw.write(webSocketFrame(opcodes.ping, Buffer.from('between')));
  for (const byte of webSocketFrame(opcodes.continuation, ping.subarray(5))) {
    member.raw.write(Buffer.of(byte));
    await Bun.sleep(1);
  }
  await member.expect({ type: 'pong' });
}

async function notOwner(trial: Trial): Promise<void> {
  const room = await trial.room();
  const witness = await trial.join(room);
  for (const message of [{ type: 'purge' }, { type: 'lock', locked: true }, { type: 'remove', member: 1 }] as const) {
    const rude = await trial.join(room);
    await witness.expect({ type: 'join' });
    demand(!rude.isOwner, 'JN-2: without an owner proof nobody is an owner');
    rude.say(message);
    await rude.expectClose('bad_message');
    await witness.expect({ type: 'leave', member: rude.number, why: 'lost' });
  }
  await witness.expectQuiet();
}

export const socketScenarios: readonly Scenario[] = [
  scenario('SK-1 the relay selects pug.1 and nothing else', upgrades),
  scenario('SK-1 an upgrade may be spelt in every way that RFC 6455 has', spellings),
  scenario('SK-1 HT-15 HT-2 HT-11 other upgrades are refused', refusedUpgrades),
  scenario('SK-3 each socket is greeted with a nonce of its own', hello),
  scenario('SK-4 SK-2 the first message is a join, and there is no second', firstMessage),
  scenario('SK-4 SK-5 what comes right behind a join is heard after it, in order', rightBehind),
  scenario('SK-2 SK-5 SK-13 RM-4 HT-1 a malformed control message ends its connection only', badMessages),
  scenario('SK-5 SK-2 HT-1 JN-5 a join has one form', malformedJoins),
  scenario('SK-7 SK-13 RM-4 a frame without a payload ends its connection only', badFrames),
  scenario('SK-7 SK-8 SK-12 LM-1 payloads up to the limit pass, larger ones are refused', biggestFrames),
  scenario('SK-11 a message that dribbles in is answered', fragmented),
  scenario('SK-15 JN-2 only owners purge, lock and remove', notOwner),
];
