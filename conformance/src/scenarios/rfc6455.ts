/** The WebSocket itself (RFC 6455): what a server owes every client, and how it ends with one that breaks it (SK-12, SK-13, SK-16). */
import { randomBytes } from 'node:crypto';
import { demand, describe, type Heard, type Peer } from '../peer.ts';
import { type Scenario, scenario } from '../scenario.ts';
import type { Trial } from '../trial.ts';
import { opcodes, webSocketFrame } from '../websocket.ts';

const ping = Buffer.from('{"type":"ping"}');
const { text, binary, continuation, close } = opcodes;

/** A close frame that carries `code` (2 bytes) and `reason`. */
function closing(code: number, reason: Uint8Array = Buffer.alloc(0)): Buffer {
  return webSocketFrame(close, Buffer.concat([Buffer.of(code >> 8, code & 255), reason]));
}

function closeWith(code: number, reason?: Uint8Array) {
  return [`a close frame with the code ${code}${reason ? ' and a broken reason' : ''}`, closing(code, reason)] as const;
}

type Violation = readonly [what: string, bytes: Buffer];

/** Ended with 1002 (sections 5 and 7). */
const protocolErrors: readonly Violation[] = [
  ['an unmasked frame', webSocketFrame(text, ping, { masked: false })],
  ...[1, 2, 4, 7].map((rsv) => [`reserved bits ${rsv}`, webSocketFrame(binary, ping, { rsv })] as const),
  ['a compressed text', webSocketFrame(text, ping, { rsv: 4 })],
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => [`opcode ${opcode}`, webSocketFrame(opcode, ping)] as const),
  ['a continuation of nothing', webSocketFrame(continuation, ping)],
  ['a fragmented ping', webSocketFrame(opcodes.ping, ping, { fin: false })],
  ['a fragmented pong', webSocketFrame(opcodes.pong, ping, { fin: false })],
  ['a fragmented close', webSocketFrame(close, Buffer.of(3, 232), { fin: false })],
  ['a ping over 125 bytes', webSocketFrame(opcodes.ping, Buffer.alloc(126))],
  ['a close frame of one byte', webSocketFrame(close, Buffer.of(3))],
  ...[0, 999, 1004, 1005, 1006, 1015].map((code) => closeWith(code)),
  ['a text begun inside a text', Buffer.concat([ping, ping].map((part) => webSocketFrame(text, part, { fin: false })))],
  ['a frame begun inside a text', Buffer.concat([text, binary].map((it) => webSocketFrame(it, ping, { fin: false })))],
  ['noise that reads as reserved bits', Buffer.alloc(512, 0xff)],
];

/** Ended with 1007: text is UTF-8 (section 8.1). Parts of a text are one text. */
const notUtf8: readonly Violation[] = [
  ['bytes that no text has', webSocketFrame(text, Buffer.of(0xff, 0xfe))],
  ['a second spelling of U+0000', webSocketFrame(text, Buffer.of(0xc0, 0x80))],
  ['half a surrogate pair', webSocketFrame(text, Buffer.of(0x22, 0xed, 0xa0, 0x80, 0x22))],
  ['a character beyond the last', webSocketFrame(text, Buffer.of(0xf4, 0x90, 0x80, 0x80))],
  [
    'a character cut off at the end of the last part',
    Buffer.concat([webSocketFrame(text, ping, { fin: false }), webSocketFrame(continuation, Buffer.of(0xe2, 0x82))]),
  ],
];

/**
 * The end of a connection that broke the WebSocket. A server SHOULD say why and MAY drop the connection instead (RFC 6455 section 7.1.7), which
 * the client sees as 1006: so that is never wrong.
 */
async function violations(trial: Trial, list: readonly Violation[], ...codes: readonly number[]): Promise<void> {
  const room = await trial.room();
  const witness = await trial.join(room);
  for (const [what, bytes] of list) {
    trial.note(`# ${what}`);
    const rude = await trial.join(room);
    await witness.expect({ type: 'join', member: rude.number });
    rude.raw.write(bytes);
    await rude.expectClose([...codes, 1006]);
    await witness.expect({ type: 'leave', member: rude.number, why: 'lost' });
  }
  await witness.expectQuiet();
}

/** The reason of a close is UTF-8, too, and a close that is not of its form is a protocol error (section 5.5.1): either may be told. */
const brokenReason: readonly Violation[] = [closeWith(1000, Buffer.of(0xff, 0xfe))];

/** Lengths that nobody will ever send: the connection ends, nobody waits for the rest. */
async function endlessLengths(trial: Trial): Promise<void> {
  const room = await trial.room();
  const witness = await trial.join(room);
  for (const size of ['8000000000000000', '7fffffffffffffff', '0000000100000000']) {
    const rude = await trial.join(room);
    await witness.expect({ type: 'join', member: rude.number });
    rude.raw.write(Buffer.concat([Buffer.of(0x82, 0xff), Buffer.from(size, 'hex'), Buffer.of(0, 0, 0, 0, 1, 2, 3)]));
    await rude.expectClose([1002, 1009, 4413, 1006]);
    await witness.expect({ type: 'leave', member: rude.number, why: 'lost' });
  }
}

/** `bytes` as the parts of one message, with a ping between every two. */
function inParts(opcode: number, bytes: Uint8Array, sizes: readonly number[]): Buffer[] {
  const parts: Buffer[] = [];
  let at = 0;
  for (const [index, size] of sizes.entries()) {
    const fin = index === sizes.length - 1;
    const part = bytes.subarray(at, fin ? bytes.length : at + size);
    parts.push(webSocketFrame(index === 0 ? opcode : continuation, part, { fin }));
    if (!fin) parts.push(webSocketFrame(opcodes.ping, Buffer.of(index)));
    at += size;
  }
  return parts;
}

async function fragments(trial: Trial): Promise<void> {
  const { members } = await trial.gathering(2);
  const [speaker, listener] = members as [Peer, Peer];
  for (const part of inParts(text, ping, [5, 0, 1, 9])) speaker.raw.write(part);
  await speaker.expect({ type: 'pong' });
  const payload = randomBytes(3000);
  const frame = Buffer.concat([Buffer.alloc(4), payload]);
  // Inside the header, nothing, inside the payload.
  for (const part of inParts(binary, frame, [2, 0, 1, 1000, 1])) speaker.raw.write(part);
  for (const member of [speaker, listener]) await member.expectFrame({ member: 1, payload, seq: 3 });
  const pongs = speaker.raw.pongs.map((pong) => pong.toString('hex')).join();
  demand(pongs === '00,01,02,00,01,02,03', `SK-16: each ping between the parts is answered: ${pongs}`);
}

/**
 * What holds nothing makes no message longer. A relay that sees parts counts these (LM-2); one whose runtime puts messages together does not, and
 * hears a message in the end. In neither does anybody else notice.
 */
async function emptyParts(trial: Trial): Promise<void> {
  const { members } = await trial.gathering(2);
  const [witness, rude] = members as [Peer, Peer];
  const nothing = webSocketFrame(continuation, Buffer.alloc(0), { fin: false });
  rude.raw.write(webSocketFrame(text, Buffer.alloc(0), { fin: false }));
  for (let time = 0; time < 20; time++) {
    rude.raw.write(Buffer.concat(Array<Buffer>(5000).fill(nothing)));
    witness.say({ type: 'ping' });
    const heard = await witness.hear();
    if (heard.kind === 'message' && heard.message.type === 'pong') continue;
    demand(isFlood(heard, rude.number), `LM-2: too many parts are a flood and nothing else: ${describe(heard)}`);
    await witness.expect({ type: 'pong' });
    await rude.expectClose([4029, 1006]);
    return;
  }
  rude.raw.write(webSocketFrame(continuation, ping));
  await rude.expect({ type: 'pong' });
}

function isFlood(heard: Heard, member: number): boolean {
  if (heard.kind !== 'message' || heard.message.type !== 'leave') return false;
  return heard.message.member === member && heard.message.why === 'flood';
}

async function fragmentsTooLong(trial: Trial): Promise<void> {
  const { maxPayloadBytes } = trial.policy;
  const { room, members } = await trial.gathering(1);
  const rude = await trial.join(room);
  await members[0]?.expect({ type: 'join' });
  const frame = Buffer.concat([Buffer.alloc(4), randomBytes(maxPayloadBytes + 1)]);
  for (const part of inParts(binary, frame, [1000, maxPayloadBytes / 2, 1])) rude.raw.write(part);
  await rude.expectClose([4413, 1009, 1006]);
  await members[0]?.expect({ type: 'leave', member: rude.number, why: 'lost' });
}

async function pongs(trial: Trial): Promise<void> {
  const { members } = await trial.gathering(1);
  const [member] = members as [Peer];
  const unjoined = await trial.open();
  const payloads = [Buffer.alloc(0), Buffer.from('x'), randomBytes(125)];
  for (const payload of payloads) {
    for (const { raw } of [member, unjoined]) raw.write(webSocketFrame(opcodes.ping, payload));
    // A pong nobody asked for is fine.
    member.raw.write(webSocketFrame(opcodes.pong, payload));
  }
  await member.expectQuiet();
  for (let waits = 0; unjoined.raw.pongs.length < payloads.length && waits < 100; waits++) await Bun.sleep(20);
  for (const { name, raw } of [member, unjoined]) {
    const same = raw.pongs.length === payloads.length && payloads.every((it, at) => raw.pongs[at]?.equals(it));
    demand(same, `SK-16: ${name} is answered with pongs that carry what its pings carried`);
  }
}

async function closeHandshake(trial: Trial): Promise<void> {
  const room = await trial.room();
  const witness = await trial.join(room);
  for (const [code, why] of [
    [1000, 'left'],
    [1001, 'lost'],
    [3000, 'lost'],
    [4999, 'lost'],
  ] as const) {
    const goes = await trial.join(room);
    await witness.expect({ type: 'join', member: goes.number });
    goes.raw.write(Buffer.concat([closing(code, Buffer.from('bye')), webSocketFrame(binary, Buffer.alloc(9))]));
    await goes.expectEnd(code);
    await witness.expect({ type: 'leave', member: goes.number, why });
  }
  const goes = await trial.join(room);
  await witness.expect({ type: 'join', member: goes.number });
  goes.raw.write(webSocketFrame(close, Buffer.alloc(0)));
  // 1005 stands for a close frame without a code (RFC 6455 section 7.1.5). A relay may answer it with 1000.
  await goes.expectEnd(1005, 1000);
  await witness.expect({ type: 'leave', member: goes.number, why: 'lost' });
  // What was said after saying goodbye was not heard.
  await witness.expectQuiet();
}

export const rfc6455Scenarios: readonly Scenario[] = [
  scenario('SK-12 SK-13 RM-4 violations of the WebSocket end their connection with 1002, and only theirs', (trial) =>
    violations(trial, protocolErrors, 1002),
  ),
  scenario('SK-12 SK-13 RM-4 text that is not UTF-8 ends its connection with 1007, and only its', (trial) =>
    violations(trial, notUtf8, 1007),
  ),
  scenario('SK-12 SK-13 RM-4 a close whose reason is not UTF-8 ends its connection as a fault', (trial) =>
    violations(trial, brokenReason, 1002, 1007),
  ),
  scenario('SK-12 SK-13 LM-1 a length that will never come ends its connection', endlessLengths),
  scenario('SK-16 SK-7 messages may come in parts, with pings between them', fragments),
  scenario('SK-16 SK-12 a message in parts has the same limit', fragmentsTooLong),
  scenario('LM-2 SK-13 SK-16 parts that hold nothing, a hundred thousand of them, touch nobody else', emptyParts),
  scenario('SK-16 SK-11 a WebSocket ping is answered with what it carried', pongs),
  scenario('SK-16 SK-12 RM-4 a close is answered, and nothing is heard after it', closeHandshake),
];
