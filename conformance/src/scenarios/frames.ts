/** One room, one stream: who hears what, in which order (SK-7 … SK-10, RM-3). */
import { randomBytes } from 'node:crypto';
import { demand, type Peer } from '../peer.ts';
import { crowd, type Scenario, scenario } from '../scenario.ts';
import type { Trial } from '../trial.ts';

/** Hears `count` things, all of which must be events with the next number. @returns them as text */
async function events(peer: Peer, count: number, afterSeq: number): Promise<string[]> {
  const heard: string[] = [];
  for (let seq = afterSeq + 1; seq <= afterSeq + count; seq++) {
    const next = await peer.hear();
    demand(next.kind !== 'closed', `${peer.name} hears ${count} events`);
    const event = next.kind === 'frame' ? next.frame : next.message;
    demand('seq' in event && event.seq === seq, `SK-9: ${peer.name} hears event ${seq} next`);
    heard.push(
      next.kind === 'frame' ? `${next.frame.member}:${Buffer.from(next.frame.payload)}` : JSON.stringify(event),
    );
  }
  return heard;
}

async function oneOrder(trial: Trial): Promise<void> {
  const count = Math.min(5, trial.policy.capacity.max);
  const each = 40;
  const { members } = await trial.gathering(count);
  for (let round = 0; round < each; round++) for (const member of members) member.send(`${member.number}.${round}`);
  const logs = await Promise.all(members.map((member) => events(member, each * count, count)));
  for (const log of logs)
    demand(log.join() === logs[0]?.join(), 'SK-9: every member hears the same events in the same order');
  for (const member of members) {
    const own = (logs[0] ?? []).filter((line) => line.startsWith(`${member.number}:`));
    const said = Array.from({ length: each }, (_, round) => `${member.number}:${member.number}.${round}`);
    demand(own.join() === said.join(), `SK-9: what member ${member.number} said is heard once, in its order`);
  }
}

async function joinAmidTalk(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(3, { capacity: 20 });
  const late: Peer[] = [];
  for (let round = 0; round < 15; round++) {
    const peer = await trial.open({ localAddress: trial.address(40 + round) });
    for (const member of members) for (let time = 0; time < 20; time++) member.send(`${round}.${time}`);
    peer.say(trial.joinMessage(peer, room));
    for (const member of members) for (let time = 20; time < 40; time++) member.send(`${round}.${time}`);
    await peer.expect({ type: 'joined' });
    late.push(peer);
  }
  const lastSeq = 3 + 15 * (1 + 3 * 40);
  const [witness] = members as [Peer];
  const log = await events(witness, lastSeq - 3, 3);
  for (const peer of late) {
    const { seq } = peer.joined;
    const own = await events(peer, lastSeq - seq, seq);
    demand(
      own.join() === log.slice(seq - 3).join(),
      `SK-9: ${peer.name} hears what follows its join, and nothing before`,
    );
  }
}

async function directed(trial: Trial): Promise<void> {
  const { members } = await trial.gathering(Math.min(3, trial.policy.capacity.max));
  const [first, second, third] = members as [Peer, Peer, Peer | undefined];
  const seq = members.length;
  first.send('for two', 2);
  first.send('for nobody', 77);
  first.send('for nobody', 4294967295);
  first.send('for all');
  await second.expectFrame({ member: 1, seq: 0, payload: 'for two' });
  for (const member of members) await member.expectFrame({ member: 1, seq: seq + 1, payload: 'for all' });
  await second.leave();
  await first.expect({ type: 'leave', member: 2, seq: seq + 2 });
  first.send('too late', 2);
  await first.expectQuiet();
  await third?.expect({ type: 'leave', member: 2 });
  await third?.expectQuiet();
}

async function directedAndPublic(trial: Trial): Promise<void> {
  const { members } = await trial.gathering(2);
  const [first, second] = members as [Peer, Peer];
  for (let round = 0; round < 25; round++) {
    first.send(`all ${round}`);
    first.send(`two ${round}`, 2);
  }
  for (let round = 0; round < 25; round++) {
    await first.expectFrame({ payload: `all ${round}`, member: 1, seq: 3 + round });
    await second.expectFrame({ payload: `all ${round}`, member: 1, seq: 3 + round });
    await second.expectFrame({ payload: `two ${round}`, member: 1, seq: 0 });
  }
}

async function anyBytes(trial: Trial): Promise<void> {
  const { members } = await trial.gathering(2);
  const payloads = [
    Buffer.of(0),
    Buffer.alloc(300),
    randomBytes(5000),
    Buffer.from('{"type":"purge"}'),
    Buffer.alloc(200, 0xff),
  ];
  for (const payload of payloads) {
    members[1]?.send(payload);
    for (const member of members) await member.expectFrame({ member: 2, payload });
  }
}

async function nothingEarlier(trial: Trial): Promise<void> {
  const room = await trial.room();
  const early = await trial.join(room);
  for (let time = 0; time < 10; time++) early.send(`before ${time}`);
  for (let time = 0; time < 10; time++) await early.expectFrame({ payload: `before ${time}`, seq: 2 + time });
  const late = await trial.join(room);
  demand(late.joined.seq === 12, 'SK-9: joined carries the number of its own join');
  await late.expectQuiet();
  early.send('after');
  await late.expectFrame({ payload: 'after', member: 1, seq: 13 });
}

async function pings(trial: Trial): Promise<void> {
  const { members } = await trial.gathering(1);
  for (let time = 0; time < 20; time++) await members[0]?.expectQuiet();
}

export const frameScenarios: readonly Scenario[] = [
  scenario('SK-9 SK-8 RM-3 all members, the sender included, hear one order without a gap', oneOrder),
  scenario('SK-9 a join amid talk hears all that follows and nothing before', joinAmidTalk, crowd),
  scenario('SK-10 SK-7 RM-3 a directed frame is heard by one, outside the order, without an echo', directed),
  scenario('SK-10 SK-9 directed and public frames do not disturb each other', directedAndPublic),
  scenario('RM-3 RL-3 a payload is any bytes, and comes out as it went in', anyBytes),
  scenario('SK-9 who comes late is sent nothing that was said before', nothingEarlier),
  scenario('SK-11 each ping has one pong', pings),
];
