/** The life of a room: numbers, leaving, locking, removing, purging (spec/room.md). */
import { randomBytes } from 'node:crypto';
import type { LeaveReason } from '@pug/wire';
import { demand, type Peer } from '../peer.ts';
import { type Scenario, scenario } from '../scenario.ts';
import type { Trial } from '../trial.ts';
import { opcodes, webSocketFrame } from '../websocket.ts';

async function numbers(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2);
  const [stays] = members as [Peer, Peer];
  demand(stays.joined.seq === 1 && stays.joined.members.join() === '1', 'SK-9: the first event is number 1');
  let gone = members[1] as Peer;
  for (let number = 3; number <= 6; number++) {
    await gone.leave();
    await stays.expect({ type: 'leave', member: number - 1, why: 'left', seq: 2 * number - 3 });
    gone = await trial.join(room);
    demand(gone.number === number, `RM-2: the next member is ${number}, not ${gone.number}`);
    demand(gone.joined.members.join() === `1,${number}`, 'SK-6: members lists all of them, ascending');
    await stays.expect({ type: 'join', member: number, seq: 2 * number - 2 });
  }
  const { now, expiresAt, capacity } = gone.joined;
  demand(expiresAt === room.created.expiresAt, 'SK-6: joined tells when the room expires');
  demand(Math.abs(now - Date.now()) < 30_000, 'SK-6: now is on the clock of the relay');
  demand(capacity === room.created.capacity, 'SK-6: joined tells the capacity');
}

async function leaving(trial: Trial): Promise<void> {
  const room = await trial.room();
  const stays = await trial.join(room);
  const ways: readonly (readonly [LeaveReason, string, (peer: Peer) => void])[] = [
    ['left', 'closes with 1000', (peer) => peer.raw.close(1000)],
    ['lost', 'closes with 1001', (peer) => peer.raw.close(1001)],
    ['lost', 'closes with a code of its own', (peer) => peer.raw.close(4000)],
    ['lost', 'closes without a code', (peer) => peer.raw.write(webSocketFrame(opcodes.close, Buffer.alloc(0)))],
    ['lost', 'sends a frame that is too large', (peer) => peer.send(randomBytes(trial.policy.maxPayloadBytes + 1))],
    ['lost', 'commands without owning', (peer) => peer.say({ type: 'lock', locked: true })],
    ['lost', 'is cut', (peer) => peer.cut()],
    ['lost', 'says what is malformed', (peer) => peer.sayText('{')],
    ['lost', 'joins twice', (peer) => peer.say(trial.joinMessage(peer, room))],
  ];
  for (const [why, what, go] of ways) {
    trial.note(`# a member ${what}`);
    const goes = await trial.join(room);
    await stays.expect({ type: 'join', member: goes.number });
    go(goes);
    await stays.expect({ type: 'leave', member: goes.number, why });
  }
  await stays.expectQuiet();
}

async function locks(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2);
  const [owner, guest] = members as [Peer, Peer];
  let seq = 2;
  for (const locked of [true, true, false, false, true]) {
    owner.say({ type: 'lock', locked });
    seq++;
    for (const member of members) await member.expect({ type: 'lock', locked, seq });
  }
  await guest.leave();
  await owner.expect({ type: 'leave', why: 'left' });
  await (await trial.knock(room)).expectClose('locked');
  const back = await trial.join(room, { ticket: guest.joined.ticket });
  demand(back.joined.locked, 'SK-6: who comes into a locked room is told that it is');
  await owner.expect({ type: 'join' });
  await back.leave();
  await owner.expect({ type: 'leave', why: 'left' });
  owner.say({ type: 'lock', locked: false });
  await owner.expect({ type: 'lock', locked: false });
  const late = await trial.join(room);
  demand(!late.joined.locked, 'RM-5: an unlocked room lets people in and says so');
}

async function removing(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2);
  const [owner, guest] = members as [Peer, Peer];
  for (const member of [99, 4294967295]) owner.say({ type: 'remove', member });
  await owner.expectQuiet();
  owner.say({ type: 'remove', member: guest.number });
  await guest.expectClose('removed');
  await owner.expect({ type: 'leave', member: guest.number, why: 'removed', seq: 3 });
  const back = await trial.join(room);
  await owner.expect({ type: 'join', member: 3 });
  owner.say({ type: 'remove', member: guest.number });
  await owner.expectQuiet();
  owner.say({ type: 'remove', member: owner.number });
  await owner.expectClose('removed');
  await back.expect({ type: 'leave', member: owner.number, why: 'removed' });
  await back.expectQuiet();
}

async function purging(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2);
  const [owner, guest] = members as [Peer, Peer];
  const text = randomBytes(20).toString('hex');
  guest.send(text);
  for (const member of members) await member.expectFrame({ member: guest.number, payload: text });
  owner.say({ type: 'purge' });
  owner.send('after the end');
  for (const member of members) await member.expectClose('purged');
  for (const options of [{}, { owner: true }, { ticket: guest.joined.ticket }]) {
    await (await trial.knock(room, options)).expectClose('not_found');
  }
}

export const roomScenarios: readonly Scenario[] = [
  scenario('RM-2 SK-6 SK-9 members are numbered in order, and no number comes twice', numbers),
  scenario('RM-4 SK-13 a member leaves once, with the reason that fits', leaving),
  scenario('RM-5 SK-6 a lock is an event and refuses joins until it is cleared', locks),
  scenario('RM-6 removing closes that member, others go on, the removed may come back', removing),
  scenario('RM-7 RM-10 JN-4 purging closes everybody, and the room is unknown at once', purging),
];
