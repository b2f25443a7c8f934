/** A relay with few places left: whom it lets in, whom it puts out, and what a crowd pays (LM-7, LM-8, HT-6, PW-16 … PW-18). */
import { type CreateRequest, encodeCreateRequest, floorEffort } from '@pug/wire';
import type { Header } from '../http.ts';
import { demand, type Peer } from '../peer.ts';
import { proxied, type Scenario, type Setting, scenario } from '../scenario.ts';
import { json, type Room, type Trial } from '../trial.ts';

/** Of 40 sockets a tenth may wait to join. */
const doorway: Setting = {
  name: 'doorway',
  flags: ['--max-sockets', '40'],
  misfit: () => 'needs a relay with 40 sockets',
};
const fewSockets: Setting = {
  name: 'few sockets',
  flags: ['--max-sockets', '20'],
  misfit: () => 'needs a relay with 20 sockets',
};
/** Its target is a room in five seconds. */
const fewAtATime: Setting = {
  name: 'few at a time',
  flags: ['--max-pending-rooms', '100'],
  misfit: () => 'needs a relay with a hundred places for rooms',
  waits: true,
};
const fewPending: Setting = {
  name: 'few pending',
  flags: ['--max-pending-rooms', '3'],
  misfit: () => 'needs a relay with few places for rooms',
};
const cheap: Setting = {
  name: 'cheap',
  flags: [...proxied.flags, '--effort-bits-floor', '13'],
  misfit: () => 'needs a relay whose rooms cost next to nothing, that takes this machine for its proxy',
};

async function oldestGoes(trial: Trial): Promise<void> {
  const room = await trial.room();
  const waiting: Peer[] = [];
  for (let count = 0; count < 4; count++) waiting.push(await trial.open());
  const late = await trial.open();
  await waiting[0]?.expectClose('overloaded');
  const later = await trial.knock(room);
  await later.expect({ type: 'joined' });
  await waiting[1]?.expectClose('overloaded');
  // The place of the one that joined is free again.
  const last = await trial.open();
  for (const peer of [waiting[2], waiting[3], late, last]) {
    peer?.sayText('still here');
    await peer?.expectClose('bad_message');
  }
}

/** Fills all but three of the twenty sockets, the two next door included, with members of rooms of six. */
async function seventeenTaken(trial: Trial): Promise<{ fresh: Room; last: Room; member: Peer }> {
  const rooms: Room[] = [];
  for (let count = 0; count < 4; count++) rooms.push(await trial.room({ capacity: 6 }));
  const [one, two, last, fresh] = rooms as [Room, Room, Room, Room];
  const members: Peer[] = [];
  for (const room of [one, two, last]) members.push(await trial.join(room));
  for (let count = 0; count < 5; count++) for (const room of [one, two]) await trial.join(room);
  for (let count = 0; count < 2; count++) await trial.join(last);
  return { fresh, last, member: members[2] as Peer };
}

async function keptForThoseWhoComeBack(trial: Trial): Promise<void> {
  trial.needs(trial.policy.capacity.max >= 6, 'rooms of 6');
  const { fresh, last, member } = await seventeenTaken(trial);
  await (await trial.knock(fresh)).expectClose('overloaded');
  await trial.join(last);
  // One that only waits, so that nineteen are taken whether the next is counted or not.
  await trial.open();
  const stranger = await trial.open();
  stranger.say({ ...trial.joinMessage(stranger, last), proof: new Uint8Array(64) });
  await stranger.expectClose('proof_rejected');
  await (await trial.knock(last)).expectClose('overloaded');
  const back = await trial.join(last, { ticket: member.joined.ticket });
  demand(back.joined.members.length === 4, 'LM-8: the room stayed as it was');
}

async function dearer(trial: Trial): Promise<void> {
  const before = await trial.challenge();
  demand(before.effort === floorEffort && before.raisedBy === 'none', 'PW-16: at rest a room costs the floor');
  for (let count = 0; count < 8; count++) await trial.room();
  // It is counted by periods of 10 s.
  for (let waits = 0; waits < 24; waits++) {
    const { effort, raisedBy } = await trial.challenge();
    if (effort === floorEffort) await Bun.sleep(500);
    else {
      demand(raisedBy === 'load', 'PW-16: it is load that raises it');
      demand(effort <= 3 * floorEffort, `PW-16: by no more than 1.5 bits at once, not to ${effort}`);
      return;
    }
  }
  throw new Error('PW-16: rooms that are made faster than they may become dearer');
}

async function replacedByTheNew(trial: Trial): Promise<void> {
  const rooms: Room[] = [];
  for (let count = 0; count < 4; count++) rooms.push(await trial.room());
  const outcomes = [];
  for (const room of rooms) {
    const heard = await (await trial.knock(room)).hear();
    outcomes.push(heard.kind === 'message' ? heard.message.type : heard.kind === 'closed' ? heard.code : heard.kind);
  }
  const gone = outcomes.filter((outcome) => outcome === 4004).length;
  demand(outcomes.at(-1) === 'joined' && gone === 1, `PW-18: the new room takes the place of one: ${outcomes}`);
}

async function crowdedPrefix(trial: Trial): Promise<void> {
  const from = (address: string): Header => ['X-Forwarded-For', address];
  const asked = async (address: string) => {
    const answer = await trial.exchange({ path: '/api/v1/challenge', headers: [from(address)] });
    return JSON.parse(answer.text) as { effort: number; raisedBy: string };
  };
  for (let count = 1; count <= 9; count++) {
    const { request } = await trial.request();
    trial.created(await trial.post(encodeCreateRequest(request), [json, from(`198.51.100.${count}`)]));
  }
  const [crowd, others] = [await asked('198.51.100.200'), await asked('203.0.113.1')];
  demand(crowd.raisedBy === 'network', `PW-17: after nine rooms a prefix pays more: ${JSON.stringify(crowd)}`);
  demand(crowd.effort >= 2 * floorEffort && crowd.effort > others.effort, 'PW-17: twice the rooms, a bit more');
  demand(others.raisedBy !== 'network', 'PW-17: nobody else pays for it');
}

/** Puzzles are asked for as nobody in particular, and so at the floor; the solutions come from one prefix. */
async function paidBeforeItRose(trial: Trial): Promise<void> {
  const post = (request: CreateRequest) =>
    trial.post(encodeCreateRequest(request), [json, ['X-Forwarded-For', '192.0.2.1']]);
  const { request, keys } = await trial.request();
  const created = trial.created(await post(request));
  for (let count = 0; count < 16; count++) trial.created(await post((await trial.request()).request));
  trial.refused(await post((await trial.request()).request), 'too_easy');
  const member = await trial.join({ keys, created, request }, { owner: true });
  const again = trial.created(await post(request));
  demand(JSON.stringify(again) === JSON.stringify(created), 'HT-6: what was paid for costs nothing more');
  trial.refused(await post({ ...request, capacity: request.capacity + 1 }), 'too_easy');
  member.say({ type: 'purge' });
  await member.expectClose('purged');
  trial.refused(await post(request), 'too_easy');
}

export const crowdedScenarios: readonly Scenario[] = [
  scenario('LM-7 SK-12 LM-1 who has waited longest to join makes room for the next', oldestGoes, doorway),
  scenario('LM-8 SK-12 JN-7 the last sockets are kept for those who come back', keptForThoseWhoComeBack, fewSockets),
  scenario(
    'PW-18 RM-1 when all places are taken a new room takes one of a room nobody joined',
    replacedByTheNew,
    fewPending,
  ),
  scenario('PW-16 HT-3 PW-7 what is made faster than it may be becomes dearer', dearer, fewAtATime),
  scenario(
    'HT-6 PW-9 PW-17 the same request is answered as before when it would cost more now, another is too easy',
    paidBeforeItRose,
    cheap,
  ),
  scenario('PW-17 HT-3 PW-7 a crowded prefix pays more, and nobody else does', crowdedPrefix, proxied),
];
