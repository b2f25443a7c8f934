/** Tickets, owners and the seats they stand for: races, chains, and what neither of them buys (JN-2, JN-4, JN-6, JN-7, JN-9). */
import { randomBytes } from 'node:crypto';
import { demand, type Heard, type Peer } from '../peer.ts';
import { type Scenario, scenario } from '../scenario.ts';
import type { Room, Trial } from '../trial.ts';

/** A join whose first answer is the end of the connection. */
async function refused(
  trial: Trial,
  room: Room,
  end: 'locked' | 'full' | 'proof_rejected',
  options = {},
): Promise<void> {
  await (await trial.knock(room, options)).expectClose(end);
}

async function locked(members: readonly Peer[]): Promise<void> {
  members[0]?.say({ type: 'lock', locked: true });
  await Promise.all(members.map((member) => member.expect({ type: 'lock', locked: true })));
}

async function noSeatForTheGone(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2, { capacity: 2 });
  const [stays, goes] = members as [Peer, Peer];
  await goes.leave();
  await stays.expect({ type: 'leave', member: 2, why: 'left' });
  const other = await trial.join(room);
  await stays.expect({ type: 'join', member: 3 });
  // Its seat is taken. A ticket frees only the seat of its own member.
  await refused(trial, room, 'full', { ticket: goes.joined.ticket });
  await refused(trial, room, 'full', { ticket: goes.joined.ticket, owner: true });
  await locked([stays, other]);
  await refused(trial, room, 'full', { ticket: goes.joined.ticket });
  await refused(trial, room, 'full', { owner: true });
  await refused(trial, room, 'locked');
  for (const member of [stays, other]) await member.expectQuiet();
}

/** `joined` among what was heard first, and that nothing else was heard but the end. */
function isIn(heard: Heard): boolean {
  return heard.kind === 'message' && heard.message.type === 'joined';
}

async function oneTicketManySockets(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2, { capacity: 2 });
  const [stays, goes] = members as [Peer, Peer];
  const racers = await Promise.all(Array.from({ length: 8 }, () => trial.open()));
  for (const peer of racers) peer.say(trial.joinMessage(peer, room, { ticket: goes.joined.ticket }));
  const first = await Promise.all(racers.map((peer) => peer.hear()));
  demand(first.every(isIn), 'JN-7: whoever shows the ticket replaces the one who showed it before');
  await goes.expectClose([1000]);
  const numbers = racers.map(({ number }) => number).sort((a, b) => a - b);
  demand(numbers.join() === '3,4,5,6,7,8,9,10', `RM-2: each has a number of its own: ${numbers}`);
  for (const { joined } of racers) {
    demand(joined.members.join() === `1,${joined.member}`, `JN-6: never more than two are in: ${joined.members}`);
  }
  for (const member of numbers) {
    await stays.expect({ type: 'leave', member: member === 3 ? 2 : member - 1, why: 'replaced' });
    await stays.expect({ type: 'join', member });
  }
  const last = racers.find(({ number }) => number === 10);
  for (const peer of racers) if (peer !== last) await peer.expectClose([1000]);
  for (const peer of [stays, last]) await peer?.expectQuiet();
}

async function lateProof(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2, { capacity: 2 });
  const [stays, goes] = members as [Peer, Peer];
  const { ticket } = goes.joined;
  const stranger = await trial.open();
  // The ticket is good and so is the join proof: only the owner proof is not.
  stranger.say({ ...trial.joinMessage(stranger, room, { ticket }), ownerProof: randomBytes(64) });
  await stranger.expectClose('proof_rejected');
  for (const member of [stays, goes]) await member.expectQuiet();
}

async function ownersTogether(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(1, { capacity: 2 });
  const [first] = members as [Peer];
  const second = await trial.join(room, { owner: true });
  await first.expect({ type: 'join', member: 2 });
  second.say({ type: 'lock', locked: true });
  for (const peer of [first, second]) await peer.expect({ type: 'lock', locked: true });
  second.say({ type: 'remove', member: 1 });
  await first.expectClose('removed');
  await second.expect({ type: 'leave', member: 1, why: 'removed' });
  // Being an owner is proven anew each time: a ticket carries it to nobody.
  const { ticket } = second.joined;
  const guest = await trial.join(room, { ticket });
  await second.expectClose([1000]);
  demand(!guest.isOwner, 'JN-2: without an owner proof nobody is an owner, ticket or not');
  guest.say({ type: 'lock', locked: false });
  await guest.expectClose('bad_message');
  const back = await trial.join(room, { owner: true });
  demand(back.isOwner && back.joined.locked, 'JN-7: an owner proof passes a lock, even into an empty room');
}

async function removedTicket(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2, { capacity: 2 });
  const [owner, guest] = members as [Peer, Peer];
  const { ticket } = guest.joined;
  owner.say({ type: 'remove', member: 2 });
  await guest.expectClose('removed');
  await owner.expect({ type: 'leave', member: 2, why: 'removed' });
  // The void ticket has no effect, good or bad (RM-6).
  const again = await trial.join(room, { ticket });
  await owner.expect({ type: 'join', member: 3 });
  await refused(trial, room, 'full', { ticket });
  for (const peer of [owner, again]) await peer.expectQuiet();
}

async function ticketOfBefore(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2, { capacity: 3 });
  const [owner, guest] = members as [Peer, Peer];
  await guest.leave();
  await owner.expect({ type: 'leave', member: 2, why: 'left' });
  const again = await trial.join(room);
  await owner.expect({ type: 'join', member: 3 });
  owner.say({ type: 'remove', member: 3 });
  await again.expectClose('removed');
  await owner.expect({ type: 'leave', member: 3, why: 'removed' });
  await locked([owner]);
  await refused(trial, room, 'locked', { ticket: guest.joined.ticket });
  const back = await trial.join(room, { ticket: owner.joined.ticket, owner: true });
  await owner.expectClose([1000]);
  await back.expectQuiet();
}

async function whoIsReplaced(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2);
  const [stays, goes] = members as [Peer, Peer];
  const back = await trial.join(room, { ticket: goes.joined.ticket });
  await goes.expectClose([1000]);
  for (const type of ['leave', 'join'] as const) await stays.expect({ type });
  // Frames to the number before are for nobody; the number now is heard.
  stays.send('to the past', goes.number);
  stays.send('to the present', back.number);
  await back.expectFrame({ member: 1, seq: 0, payload: 'to the present' });
  back.send('from the present');
  for (const peer of [stays, back]) await peer.expectFrame({ member: 3, seq: 5, payload: 'from the present' });
}

export const ticketScenarios: readonly Scenario[] = [
  scenario('JN-4 JN-7 a ticket of who is gone passes a lock but has no seat of its own', noSeatForTheGone),
  scenario('JN-6 JN-7 RM-2 SK-9 one ticket on many sockets: each replaces the one before', oneTicketManySockets),
  scenario('JN-5 JN-2 JN-4 a ticket has no effect when only the owner proof is bad', lateProof),
  scenario('JN-2 JN-7 SK-15 several may be owners, and a ticket makes nobody one', ownersTogether),
  scenario('JN-9 RM-6 a ticket that was voided has no effect, good or bad', removedTicket),
  scenario(
    'JN-9 JN-7 RM-6 whoever was in twice and is removed does not pass the lock by the other ticket',
    ticketOfBefore,
  ),
  scenario('JN-7 SK-10 RM-3 whoever came back is spoken to by the new number', whoIsReplaced),
];
