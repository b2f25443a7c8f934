/** The one order of a room while everything happens at once (SK-9), and what stays out of it (SK-10). */
import { demand, describe, type Heard, type Peer } from '../peer.ts';
import { type Scenario, scenario } from '../scenario.ts';
import type { Trial } from '../trial.ts';

/** The number of an event, or null for what has none: answers, directed frames. */
function seqOf(heard: Heard): number | null {
  if (heard.kind === 'frame') return heard.frame.seq === 0 ? null : heard.frame.seq;
  return heard.kind === 'message' && 'seq' in heard.message && heard.message.type !== 'joined'
    ? heard.message.seq
    : null;
}

/** Hears until a frame says `last`; the events must be numbered on from `after`. @returns the events as text */
async function eventsUntil(peer: Peer, last: string, after: number): Promise<string[]> {
  const heard: string[] = [];
  for (let seq = after; ; ) {
    const next = await peer.hear();
    demand(next.kind !== 'closed', `${peer.name} hears on, and not ${describe(next)}`);
    const number = seqOf(next);
    if (number === null) continue;
    demand(number === seq + 1, `SK-9: ${peer.name} hears event ${seq + 1} next, not ${number}`);
    seq = number;
    const payload = next.kind === 'frame' ? Buffer.from(next.frame.payload).toString() : '';
    heard.push(next.kind === 'frame' ? `${seq} ${next.frame.member} ${payload}` : describe(next));
    if (payload === last) return heard;
  }
}

/** Frames, directed frames, locks, comings, goings and removals of people who all go on without waiting for each other. */
async function everythingAtOnce(trial: Trial): Promise<void> {
  const count = 4;
  const { room, members } = await trial.gathering(count, { capacity: trial.policy.capacity.max });
  const [owner, second, third] = members as [Peer, Peer, Peer];
  trial.needs(trial.policy.capacity.max > count, `rooms of ${count + 1}`);
  trial.needs(trial.policy.messageBurst >= 40, 'bursts of 40 messages');
  const passers: Peer[] = [];
  const pass = async () => {
    for (let time = 0; time < 6; time++) {
      const passer = await trial.join(room);
      passers.push(passer);
      passer.send(`passer ${time}`);
      if (time % 2 === 0) await passer.leave();
      else owner.say({ type: 'remove', member: passer.number });
      if (time % 2 === 1) await passer.untilClosed();
    }
  };
  const passing = pass();
  // What goes wrong in it is told where it is awaited, and must not end the process before.
  passing.catch(() => undefined);
  for (let time = 0; time < 10; time++) {
    for (const member of members) member.send(`${member.number}.${time}`);
    owner.say({ type: 'lock', locked: false });
    second.send(`to three ${time}`, 3);
    third.send(`to nobody ${time}`, 4_000_000_000);
    await Bun.sleep(5);
  }
  await passing;
  owner.send('the end');
  const logs = await Promise.all(members.map((member) => eventsUntil(member, 'the end', count)));
  demand(new Set(logs.map((log) => log.join('\n'))).size === 1, 'SK-9: all hear the same events in the same order');
  // Each passer came, spoke (or was gone before it was heard), and left; ten locks; ten frames of each member; the end.
  const leaves = logs[0]?.filter((line) => line.includes('"type":"leave"')).length;
  const locks = logs[0]?.filter((line) => line.includes('"type":"lock"')).length;
  demand(leaves === passers.length && locks === 10, `SK-9: nothing is left out: ${leaves} leave, ${locks} locks`);
}

async function toOneself(trial: Trial): Promise<void> {
  const { members } = await trial.gathering(2);
  const [first, second] = members as [Peer, Peer];
  first.send('to myself', 1);
  await first.expectFrame({ member: 1, seq: 0, payload: 'to myself' });
  first.send('to all');
  for (const peer of [first, second]) await peer.expectFrame({ member: 1, seq: 3, payload: 'to all' });
}

async function seqOfEveryKind(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2, { capacity: 2 });
  const [owner, guest] = members as [Peer, Peer];
  owner.send('three');
  for (const member of members) await member.expectFrame({ member: 1, seq: 3, payload: 'three' });
  guest.send('no number', 1);
  owner.say({ type: 'ping' });
  owner.say({ type: 'lock', locked: true });
  const rest = [await owner.hear(), await owner.hear(), await owner.hear()];
  const numbers = rest.map(seqOf).filter((seq) => seq !== null);
  demand(numbers.join() === '4', `SK-10, SK-11: a directed frame and a pong have no number: ${numbers}`);
  await guest.expect({ type: 'lock', seq: 4 });
  const back = await trial.join(room, { ticket: guest.joined.ticket });
  await owner.expect({ type: 'leave', seq: 5, member: 2, why: 'replaced' });
  await owner.expect({ type: 'join', seq: 6, member: 3 });
  demand(back.joined.seq === 6, 'SK-9: joined carries the number of its own join');
  await (await trial.knock(room)).expectClose('locked');
  back.cut();
  await owner.expect({ type: 'leave', seq: 7, member: 3, why: 'lost' });
  owner.send('eight');
  await owner.expectFrame({ member: 1, seq: 8, payload: 'eight' });
}

/** Two rooms know nothing of each other. */
async function twoRooms(trial: Trial): Promise<void> {
  const [one, two] = [await trial.gathering(2), await trial.gathering(2)];
  for (const [at, { members }] of [one, two].entries()) {
    members[0]?.send(`room ${at}`);
    members[0]?.send(`room ${at}, to two`, 2);
  }
  for (const [at, { members }] of [one, two].entries()) {
    for (const member of members) await member.expectFrame({ member: 1, seq: 3, payload: `room ${at}` });
    await members[1]?.expectFrame({ member: 1, seq: 0, payload: `room ${at}, to two` });
    for (const member of members) await member.expectQuiet();
  }
  one.members[0]?.say({ type: 'purge' });
  for (const member of one.members) await member.expectClose('purged');
  for (const member of two.members) await member.expectQuiet();
}

export const orderScenarios: readonly Scenario[] = [
  scenario(
    'SK-9 SK-6 SK-10 RM-5 RM-6 numbers are consecutive and alike for all while everything happens at once',
    everythingAtOnce,
  ),
  scenario(
    'SK-9 SK-10 SK-11 RM-4 RM-5 JN-7 each kind of event takes one number, and what is no event takes none',
    seqOfEveryKind,
  ),
  scenario('SK-10 SK-7 a directed frame to oneself arrives like any other', toOneself),
  scenario('RM-3 RM-7 RM-2 two rooms know nothing of each other', twoRooms),
];
