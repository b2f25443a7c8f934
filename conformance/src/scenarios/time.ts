/** What ends by itself: joins that do not come, rooms that are full of nothing, time up (needs short times). */
import { encodeCreateRequest } from '@pug/wire';
import { demand, type Peer } from '../peer.ts';
import { brief, instant, patient, type Scenario, scenario } from '../scenario.ts';
import type { Room, Trial } from '../trial.ts';
import { opcodes, webSocketFrame } from '../websocket.ts';

async function joinTimeout(trial: Trial): Promise<void> {
  const waitMs = trial.policy.joinTimeoutSeconds * 1000;
  const peer = await trial.open();
  const startedMs = performance.now();
  await peer.expectClose('join_timeout', waitMs + 3000);
  demand(performance.now() - startedMs > waitMs - 200, 'SK-4: a socket is given its time to join');
}

/** Silence is watched by coarse timers: some count in steps of 4 s. */
const coarseMs = 4_500;

async function idle(trial: Trial): Promise<void> {
  const waitMs = trial.policy.idleTimeoutSeconds * 1000;
  const { members } = await trial.gathering(3);
  const [alive, dead, mute] = members as [Peer, Peer, Peer];
  dead.raw.answersPings = false;
  const startedMs = performance.now();
  let left = false;
  while (!left) {
    demand(performance.now() - startedMs < waitMs + 10_000, 'SK-11: a socket on which nothing arrives is closed');
    await Bun.sleep(Math.min(500, waitMs / 4));
    // Says nothing, but its WebSocket does.
    mute.raw.write(webSocketFrame(opcodes.pong, Buffer.alloc(0)));
    alive.say({ type: 'ping' });
    const heard = await alive.hear();
    left = heard.kind === 'message' && heard.message.type === 'leave' && heard.message.why === 'lost';
  }
  demand(performance.now() - startedMs > waitMs - coarseMs, 'SK-11: and not before its time');
  await alive.expect({ type: 'pong' });
  await mute.expect({ type: 'leave', member: dead.number, why: 'lost' });
  for (const member of [alive, mute]) await member.expectQuiet();
}

async function pending(trial: Trial): Promise<void> {
  const room = await trial.room();
  const kept = await trial.room();
  const member = await trial.join(kept);
  await Bun.sleep(trial.policy.pendingRoomSeconds * 1000 + 1500);
  await (await trial.knock(room)).expectClose('not_found');
  trial.refused(await trial.post(encodeCreateRequest(room.request)), 'replayed');
  await member.expectQuiet();
}

async function empty(trial: Trial): Promise<void> {
  const waitMs = trial.policy.emptyRoomSeconds * 1000;
  const room = await trial.room();
  const first = await trial.join(room);
  await first.leave();
  await Bun.sleep(waitMs / 2);
  const second = await trial.join(room);
  demand(second.number === 2 && second.joined.seq === 3, 'RM-9: who comes in time finds the same room');
  await Bun.sleep(waitMs + 500);
  await second.expectQuiet();
  second.cut();
  await Bun.sleep(waitMs + 1500);
  await (await trial.knock(room)).expectClose('not_found');
}

async function expiry(trial: Trial): Promise<void> {
  const ttlSeconds = Math.max(2, trial.policy.ttlSeconds.min);
  const { room, members } = await trial.gathering(2, { ttlSeconds });
  const unlocked = await trial.room({ ttlSeconds });
  await Promise.all(members.map((member) => member.expectClose('expired', (ttlSeconds + 3) * 1000)));
  const lateMs = Date.now() - room.created.expiresAt;
  demand(Math.abs(lateMs) < 1000, `RM-8: members are closed within a second of expiresAt, not ${lateMs} ms after`);
  await (await trial.knock(room)).expectClose('not_found');
  await (await trial.knock(room, { owner: true })).expectClose('not_found');
  await Bun.sleep(1000);
  await (await trial.knock(unlocked)).expectClose('not_found');
}

/** The moment a room's time is up nobody gets in, whether its end has been done already or not. */
async function theMoment(trial: Trial): Promise<void> {
  const ttlSeconds = Math.max(2, trial.policy.ttlSeconds.min);
  const { room, members } = await trial.gathering(1, { ttlSeconds });
  // On the relay's clock, and late by what `joined` took to come.
  const aheadMs = (members[0]?.joined.now ?? 0) - Date.now();
  const untilEnd = (afterMs: number) => Bun.sleep(room.created.expiresAt - aheadMs - Date.now() + afterMs);
  await untilEnd(-300); // No socket may wait long for its join.
  const late = await trial.open();
  const join = trial.joinMessage(late, room);
  await untilEnd(50);
  late.say(join);
  await late.expectClose('not_found');
}

/** A room made anew with the keys of one that ended: nothing of the old one is in it. */
async function reborn(trial: Trial, { keys }: Room): Promise<void> {
  const member = await trial.join(await trial.room({ keys }), { owner: true });
  const { joined } = member;
  demand(joined.member === 1 && joined.seq === 1 && !joined.locked, 'RM-10: nothing of the room before is left');
  member.cut();
}

async function atOnce(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2);
  const [owner, guest] = members as [Peer, Peer];
  owner.say({ type: 'lock', locked: true });
  for (const member of members) await member.expect({ type: 'lock' });
  await guest.leave();
  await owner.expect({ type: 'leave', member: 2, why: 'left' });
  await owner.leave();
  for (const options of [{}, { owner: true }, { ticket: guest.joined.ticket }]) {
    await (await trial.knock(room, options)).expectClose('not_found');
  }
  await reborn(trial, room);
  const alone = await trial.gathering(1);
  alone.members[0]?.say({ type: 'remove', member: 1 });
  await alone.members[0]?.expectClose('removed');
  await (await trial.knock(alone.room)).expectClose('not_found');
}

/** A room's time is up whoever is in it, came back to it, or is not there: activity prolongs nothing. */
async function noLongerLife(trial: Trial): Promise<void> {
  const ttlSeconds = Math.max(2, trial.policy.ttlSeconds.min);
  const room = await trial.room({ ttlSeconds });
  const left = await trial.room({ ttlSeconds });
  await (await trial.join(left)).leave();
  const first = await trial.join(room, { owner: true });
  first.say({ type: 'lock', locked: true });
  await first.expect({ type: 'lock' });
  while (Date.now() < room.created.expiresAt - 500) {
    await Bun.sleep(200);
    await first.expectQuiet();
  }
  const second = await trial.join(room, { ticket: first.joined.ticket });
  await first.expectClose([1000]);
  await second.expectClose('expired');
  await Bun.sleep(500);
  for (const gone of [room, left]) await (await trial.knock(gone, { owner: true })).expectClose('not_found');
  await reborn(trial, room);
}

export const timeScenarios: readonly Scenario[] = [
  scenario('SK-4 SK-12 a socket that does not join is closed in time', joinTimeout, patient),
  scenario('SK-11 RM-4 a socket on which nothing arrives is closed', idle, patient),
  scenario('RM-1 RM-10 PW-10 a room that nobody joined is forgotten, its solution is not', pending, patient),
  scenario('RM-9 RM-10 an empty room waits a while for somebody to come back', empty, brief),
  scenario('RM-8 RM-10 JN-4 time up closes everybody, and the room is unknown', expiry, brief),
  scenario('RM-8 JN-4 nobody gets in the moment the time is up', theMoment, brief),
  scenario('RM-8 RM-10 HT-5 nothing prolongs a life, and the id can begin anew', noLongerLife, brief),
  scenario('RM-9 RM-10 JN-4 with no wait an empty room ends with its last member', atOnce, instant),
];
