/** Floods, slow readers, too many sockets, costly lies: what is bounded, and that nobody else notices (spec/limits.md). */
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { decodeSolution, encodeClientMessage, encodeCreateRequest, encodeSolution } from '@pug/wire';
import { demand, describe, type Heard, type Peer } from '../peer.ts';
import { crowd, type Scenario, type Setting, scenario, shared } from '../scenario.ts';
import type { Trial } from '../trial.ts';
import { opcodes, webSocketFrame } from '../websocket.ts';
import { puzzleOf, tryNonce } from '../work.ts';

/** All queues together may hold what one may. */
const hoard: Setting = {
  name: 'hoard',
  flags: [
    ...['--ttl-seconds-max', '3600', '--queue-bytes', '16777216', '--max-queued-bytes', '16777216'],
    ...['--messages-per-second', '5000', '--message-burst', '10000'],
    ...['--bytes-per-second', '67108864', '--byte-burst', '268435456'],
  ],
  misfit: () => 'needs a relay whose queues together may hold what one may',
};

async function messageFlood(trial: Trial): Promise<void> {
  const { messageBurst, messagesPerSecond } = trial.policy;
  const room = await trial.room();
  const witness = await trial.join(room);
  const floods: readonly ((peer: Peer) => void)[] = [
    (peer) => peer.raw.sendText(encodeClientMessage({ type: 'ping' })),
    (peer) => peer.raw.sendBinary(Buffer.of(0, 0, 0, 77, 1)),
  ];
  for (const say of floods) {
    const flooder = await trial.join(room);
    await witness.expect({ type: 'join' });
    for (let time = 0; time < messageBurst + 4 * messagesPerSecond + 10; time++) say(flooder);
    demand((await flooder.untilClosed()) === 4029, 'LM-2: too many messages end with 4029');
    await witness.expect({ type: 'leave', member: flooder.number, why: 'flood' });
  }
  await witness.expectQuiet();
}

/** Pings and pongs of the WebSocket, from a member and from who has not joined. */
async function beatFlood(trial: Trial): Promise<void> {
  const { messageBurst, messagesPerSecond } = trial.policy;
  const room = await trial.room();
  const witness = await trial.join(room);
  for (const opcode of [opcodes.ping, opcodes.pong]) {
    const beat = webSocketFrame(opcode, Buffer.alloc(0));
    const [member, stranger] = [await trial.join(room), await trial.open()];
    await witness.expect({ type: 'join' });
    for (const peer of [member, stranger]) {
      for (let time = 0; time < messageBurst + 4 * messagesPerSecond + 10; time++) peer.raw.write(beat);
      demand((await peer.untilClosed()) === 4029, 'LM-2: too many pings or pongs end with 4029');
    }
    await witness.expect({ type: 'leave', member: member.number, why: 'flood' });
  }
  await witness.expectQuiet();
}

async function byteFlood(trial: Trial): Promise<void> {
  const { byteBurst, bytesPerSecond, maxPayloadBytes, messageBurst } = trial.policy;
  const payload = randomBytes(maxPayloadBytes);
  const count = Math.ceil((byteBurst + bytesPerSecond) / maxPayloadBytes) + 2;
  demand(count < messageBurst, 'the byte rate is exceeded before the message rate');
  const room = await trial.room();
  const witness = await trial.join(room);
  const flooder = await trial.join(room);
  await witness.expect({ type: 'join' });
  for (let time = 0; time < count; time++) flooder.send(payload, 77);
  demand((await flooder.untilClosed()) === 4029, 'LM-2: too many bytes end with 4029');
  await witness.expect({ type: 'leave', member: flooder.number, why: 'flood' });
}

async function withinRates(trial: Trial): Promise<void> {
  const { messageBurst, messagesPerSecond } = trial.policy;
  const { members } = await trial.gathering(1);
  const [member] = members as [Peer];
  for (let time = 0; time < messageBurst - 5; time++) await member.expectQuiet();
  const pauseMs = 1000 / (messagesPerSecond * 0.75);
  for (let time = 0; time < 2 * messagesPerSecond; time++) {
    await Bun.sleep(pauseMs);
    await member.expectQuiet();
  }
}

/** More than the systems of both sides hold for one connection: their buffers grow to 4 and 6 MiB on Linux. */
const systemBytes = 24 * 2 ** 20;

/** Anything but the end of a connection. */
type Told = Exclude<Heard, { kind: 'closed' }>;

/** Speaks once. @returns what came before the answer to a ping behind it: the echo and, wherever it falls, the end of a member */
async function speakOnce(speaker: Peer, payload: Uint8Array): Promise<Told[]> {
  speaker.send(payload);
  speaker.say({ type: 'ping' });
  const told: Told[] = [];
  for (;;) {
    const next = await speaker.hear();
    demand(next.kind !== 'closed', 'LM-3: no other member notices more than the leave');
    if (next.kind === 'message' && next.message.type === 'pong') return told;
    told.push(next);
  }
}

/** @returns whether it is the end of `sleeper`, and not the frame */
function isEndOf(sleeper: Peer, told: Told, seq: number, payload: Uint8Array): boolean {
  if (told.kind === 'message') {
    const leave = { type: 'leave', seq, member: sleeper.number, why: 'slow' };
    demand(isDeepStrictEqual(told.message, leave), `RM-4: it left as slow, not ${describe(told.message)}`);
    return true;
  }
  const { frame } = told;
  demand(frame.seq === seq && frame.member === 1 && isDeepStrictEqual(frame.payload, payload), 'SK-9: all hear it all');
  return false;
}

async function slowReader(trial: Trial): Promise<void> {
  const { maxPayloadBytes, capacity, byteBurst, queueBytes } = trial.policy;
  const { members } = await trial.gathering(3, { capacity: capacity.max });
  const [speaker, listener, sleeper] = members as [Peer, Peer, Peer];
  sleeper.raw.stopReading();
  const payload = randomBytes(maxPayloadBytes);
  // What the systems of both sides buffer comes on top of the relay's bound: go on until the sleeper is gone.
  const most = Math.floor(Math.min(byteBurst, queueBytes + systemBytes) / maxPayloadBytes) - 1;
  let seq = 3;
  let ends = 0;
  for (let time = 0; time < most && ends === 0; time++) {
    const told = await speakOnce(speaker, payload);
    for (const next of told) {
      if (isEndOf(sleeper, next, ++seq, payload)) ends++;
      demand(isDeepStrictEqual(await listener.hear(), next), 'SK-9: all hear the same in the same order');
    }
    demand(told.length === 1 + ends, 'SK-9: the speaker hears its own, once');
  }
  demand(ends === 1, 'LM-3: who does not read is closed, once');
  await Promise.all([speaker.expectQuiet(), listener.expectQuiet()]);
  sleeper.raw.startReading();
  const code = await sleeper.untilClosed();
  demand([4008, 1006].includes(code), `SK-12: too_slow, mostly seen as 1006, not ${code}`);
}

/** Speaks until somebody in the room has become too slow. @returns the bytes that took */
async function speakUntilSlow(speaker: Peer, payload: Uint8Array, mostBytes: number): Promise<number> {
  for (let bytes = payload.length; bytes < mostBytes; bytes += payload.length) {
    for (const next of await speakOnce(speaker, payload)) {
      if (next.kind === 'frame' || next.message.type !== 'leave') continue;
      demand(next.message.why === 'slow', 'RM-4: it left as slow');
      return bytes;
    }
  }
  throw new Error('LM-10: who does not read is closed');
}

async function allQueues(trial: Trial): Promise<void> {
  const { maxPayloadBytes, queueBytes } = trial.policy;
  const payload = randomBytes(maxPayloadBytes);
  const taken: number[] = [];
  for (const sleepers of [1, 4]) {
    const { members } = await trial.gathering(1 + sleepers);
    const [speaker, ...others] = members as [Peer, ...Peer[]];
    for (const sleeper of others) sleeper.raw.stopReading();
    taken.push(await speakUntilSlow(speaker, payload, queueBytes + 2 * systemBytes));
    for (const sleeper of others) sleeper.cut();
  }
  // What the systems of both sides hold is as much for one as for each of four.
  const [alone = 0, together = 0] = taken;
  demand(together < alone - queueBytes / 4, `LM-10: four share what one may leave unread: ${together}, ${alone}`);
}

/** Not in the policy: the default of LM-1. */
const unjoinedFromOnePrefix = 20;

/** One more than may wait: it is let in, and who has waited longest goes (LM-4). */
export async function oneTooMany(newcomer: Promise<Peer>, waiting: Peer[]): Promise<void> {
  waiting.push(await newcomer);
  await waiting.shift()?.expectClose('overloaded');
}

async function manyUnjoined(trial: Trial): Promise<void> {
  const localAddress = trial.address(100);
  const room = await trial.room();
  const waiting: Peer[] = [];
  for (let count = 0; count < unjoinedFromOnePrefix; count++) waiting.push(await trial.open({ localAddress }));
  const neighbour = localAddress.replace(/\.1$/, '.2');
  for (const address of [localAddress, neighbour]) {
    const lies = [
      ['X-Forwarded-For', `192.0.2.${waiting.length}`],
      ['Forwarded', 'for=192.0.2.9'],
    ] as const;
    await oneTooMany(trial.open({ localAddress: address, headers: lies }), waiting);
  }
  (await trial.open({ localAddress: trial.address(101) })).cut();
  const [joiner, leaver] = waiting.splice(5, 2) as [Peer, Peer];
  joiner.say(trial.joinMessage(joiner, room));
  await joiner.expect({ type: 'joined' });
  waiting.push(await trial.open({ localAddress }));
  await leaver.leave();
  waiting.push(await trial.open({ localAddress }));
  await oneTooMany(trial.open({ localAddress }), waiting);
  for (const peer of waiting) {
    peer.sayText('still here');
    await peer.expectClose('bad_message');
  }
  await joiner.expectQuiet();
}

async function sharedListener(trial: Trial): Promise<void> {
  const peers: Peer[] = [];
  for (let count = 0; count < 3 * unjoinedFromOnePrefix; count++) peers.push(await trial.open());
  demand(
    new Set(peers.map(({ nonce }) => Buffer.from(nonce).toString('hex'))).size === peers.length,
    'SK-3: all are greeted',
  );
  for (const peer of peers) {
    peer.sayText('still here');
    await peer.expectClose('bad_message');
  }
}

async function badProofStorm(trial: Trial): Promise<void> {
  const { members } = await trial.gathering(1);
  const [member] = members as [Peer];
  const { request, challenge } = await trial.request();
  const nonces = decodeSolution(request.solution, challenge.k) ?? [];
  // Seven hits and a miss: the costliest lie.
  let miss = (nonces.at(-1) ?? 0) + 1;
  while (await tryNonce(puzzleOf(request), miss, challenge.target)) miss++;
  const body = encodeCreateRequest({ ...request, solution: encodeSolution([...nonces.slice(0, -1), miss]) });
  const connections = await trial.connections(200);
  const storm = Promise.all(connections.map((connection) => trial.post(body, undefined, connection)));
  let slowestMs = 0;
  for (let time = 0; time < 20; time++) {
    const startedMs = performance.now();
    await member.expectQuiet();
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    await Bun.sleep(10);
  }
  const answers = await storm;
  for (const answer of answers) trial.refused(answer, answer.status === 503 ? 'busy' : 'wrong');
  demand(
    answers.some(({ status }) => status === 503),
    'PW-13: more than 66 at once are told busy',
  );
  demand(slowestMs < 500, `PW-13: bad proofs do not slow the rooms, not even by ${Math.round(slowestMs)} ms`);
  trial.created(await trial.post(encodeCreateRequest(request)));
}

export const limitScenarios: readonly Scenario[] = [
  scenario('LM-2 RM-4 a flood of messages ends its connection only', messageFlood),
  scenario('LM-2 RM-4 SK-16 pings and pongs of the WebSocket are messages like others', beatFlood),
  scenario('LM-2 RM-4 a flood of bytes ends its connection only', byteFlood),
  scenario('LM-2 CL-11 three quarters of the rate can go on for ever', withinRates),
  scenario('LM-3 RM-4 SK-9 SK-12 who does not read is closed, and the others miss nothing', slowReader, crowd),
  scenario('LM-10 RM-4 all queues together have a bound', allQueues, hoard),
  scenario(
    'LM-4 LM-5 sockets that do not join are bounded for each address prefix, whatever headers claim',
    manyUnjoined,
  ),
  scenario('LM-6 a shared listener has no such bound', sharedListener, shared),
  scenario('PW-13 a storm of bad proofs is told busy and slows no room', badProofStorm),
];
