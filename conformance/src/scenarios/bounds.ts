/** Limits at the very bound and one beyond (LM-1, LM-2, LM-5, LM-6): what is allowed must pass, and nothing more. */
import { randomBytes } from 'node:crypto';
import { closeCodes, encodeCreateRequest } from '@pug/wire';
import { demand, type Peer } from '../peer.ts';
import { cramped, proxied, type Scenario, scenario } from '../scenario.ts';
import type { Room, Trial } from '../trial.ts';
import { oneTooMany } from './limits.ts';

/** How a message shows that it passed, and how the end of its sender does. */
interface Probe {
  readonly what: string;
  readonly send: (sender: Peer, other: Peer) => void;
  /** Hears the answer to one message; false when the sender was closed as flooding instead. */
  readonly hear: (sender: Peer, other: Peer) => Promise<boolean>;
}

const pauseMs = 1000;

/**
 * Empties the bucket, lets it fill for a second, and asks for more than can be in it. Both sides measure the time on clocks of their own, so the
 * upper bound takes all of it: from before the join to the close.
 */
async function bucket(trial: Trial, burst: number, perSecond: number, { what, send, hear }: Probe) {
  const { room, members } = await trial.gathering(1);
  const [other] = members as [Peer];
  const startedMs = performance.now();
  const flooder = await trial.join(room);
  await other.expect({ type: 'join' });
  // How many of so many pass.
  const ask = async (count: number) => {
    for (let time = 0; time < count; time++) send(flooder, other);
    for (let heard = 0; heard < count; heard++) if (!(await hear(flooder, other))) return heard;
    return count;
  };
  const first = await ask(burst);
  demand(first === burst, `LM-2: a new member may send ${burst} ${what} at once, not ${first}`);
  await Bun.sleep(pauseMs);
  const refilled = Math.floor((perSecond * pauseMs) / 1000);
  // Twice what there can be, however long it took to ask.
  const asked = 2 * (refilled + burst);
  const second = await ask(asked);
  const most = burst + Math.ceil((perSecond * (performance.now() - startedMs)) / 1000);
  demand(second < asked, `LM-2: who sends more ${what} is closed`);
  demand(second >= refilled, `LM-2: after a second ${refilled} more ${what} pass, not ${second}`);
  demand(first + second <= most, `LM-2: no more than ${most} ${what} pass in that time, not ${first + second}`);
  return { flooder, other };
}

async function messageBucket(trial: Trial): Promise<void> {
  const { messageBurst, messagesPerSecond } = trial.policy;
  trial.needs(messageBurst <= 500 && messagesPerSecond <= 500, 'rates that can be exceeded in a second');
  // Control messages and frames come out of one bucket.
  let count = 0;
  const { flooder, other } = await bucket(trial, messageBurst, messagesPerSecond, {
    what: 'messages',
    send: ({ raw, number }) => {
      if (count++ % 2 === 0) raw.sendText('{"type":"ping"}');
      else raw.sendBinary(Buffer.of(0, 0, 0, number, 1));
    },
    hear: async ({ raw }) => {
      const next = await raw.next();
      demand(next.kind !== 'closed' || next.code === closeCodes.flooding, 'LM-2: too much is flooding');
      return next.kind !== 'closed';
    },
  });
  await other.untilLeave(flooder.number, 'flood');
}

async function byteBucket(trial: Trial): Promise<void> {
  const { byteBurst, bytesPerSecond, maxPayloadBytes, messageBurst } = trial.policy;
  const size = maxPayloadBytes + 4;
  const [burst, perSecond] = [Math.floor(byteBurst / size), bytesPerSecond / size];
  trial.needs(4 * (burst + perSecond) < messageBurst + 40, 'a byte rate that is exceeded before the message rate');
  const payload = randomBytes(maxPayloadBytes);
  // To the other: of what still waits for whoever is closed, most is dropped (LM-3).
  const { flooder } = await bucket(trial, burst, perSecond, {
    what: `frames of ${size} bytes`,
    send: ({ raw }, { number }) => raw.sendBinary(Buffer.concat([Buffer.of(0, 0, 0, number), payload])),
    hear: async (sender, other) => {
      const heard = await other.hear();
      if (heard.kind === 'frame') return true;
      const isEnd = heard.kind === 'message' && heard.message.type === 'leave' && heard.message.why === 'flood';
      demand(isEnd, `RM-4: ${sender.name} leaves as flood`);
      return false;
    },
  });
  await flooder.expectClose('flooding');
}

async function fullOfRooms(trial: Trial): Promise<void> {
  // One is next door.
  const rooms: Room[] = [];
  for (let count = 0; count < 4; count++) rooms.push(await trial.room());
  const [one, two, three, late] = rooms as [Room, Room, Room, Room];
  const owner = await trial.join(one, { owner: true });
  for (const room of [two, three]) await trial.join(room);
  await (await trial.knock(late)).expectClose('overloaded');
  const { request } = await trial.request();
  const problem = trial.refused(await trial.post(encodeCreateRequest(request)), 'busy');
  demand(problem.challenge === undefined, 'PW-14: busy asks for no other proof');
  owner.say({ type: 'purge' });
  await owner.expectClose('purged');
  trial.created(await trial.post(encodeCreateRequest(request)));
  await trial.join(late);
}

/** Not in the policy: the default of LM-1. */
const unjoinedFromOnePrefix = 20;

async function behindAProxy(trial: Trial): Promise<void> {
  const from = (forwardedFor: string) => ({ headers: [['X-Forwarded-For', forwardedFor]] as const });
  const prefixes = [
    // A /24, and a /56: the last byte of the fourth group is not of it.
    { within: (at: number) => `192.0.2.${at}`, beyond: '192.0.3.1' },
    { within: (at: number) => `2001:db8:0:${at.toString(16)}::1`, beyond: '2001:db8:0:100::1' },
  ];
  for (const { within, beyond } of prefixes) {
    const waiting: Peer[] = [];
    for (let at = 1; at <= unjoinedFromOnePrefix; at++) waiting.push(await trial.open(from(within(at))));
    await oneTooMany(trial.open(from(within(77))), waiting);
    await trial.open(from(beyond));
    // Whatever a client wrote to the left of what its proxy saw is a claim.
    await oneTooMany(trial.open(from(`${beyond}, ${within(78)}`)), waiting);
    await trial.open(from(`${within(79)}, ${beyond}`));
  }
}

export const boundScenarios: readonly Scenario[] = [
  scenario('LM-2 LM-1 RM-4 SK-12 messages pass at the rate and burst that are published, and no faster', messageBucket),
  scenario('LM-2 LM-1 RM-4 SK-12 bytes pass at the rate and burst that are published, and no faster', byteBucket),
  scenario(
    'LM-1 SK-12 HT-2 PW-14 a relay that is full of rooms tells the next one, and the proof stays good',
    fullOfRooms,
    cramped,
  ),
  scenario(
    'LM-5 LM-4 a proxy that was named is believed, and what a client claims to it is not',
    behindAProxy,
    proxied,
  ),
];
