/** Who gets in: proofs, the order of checks, races, tickets (spec/join.md). */
import { randomBytes } from 'node:crypto';
import { type CloseName, joinProofInput, ownerProofInput, toBase64url } from '@pug/wire';
import { hasManyAddresses } from '../dial.ts';
import { newRoomKeys, newSigner, roomIdOf } from '../keys.ts';
import { demand, type Peer } from '../peer.ts';
import { type Scenario, scenario } from '../scenario.ts';
import type { JoinOptions, Room, Trial } from '../trial.ts';

type JoinMessage = ReturnType<Trial['joinMessage']>;

/** A join changed by `change` on a fresh socket must end so. */
async function refuses(
  trial: Trial,
  room: Room,
  end: CloseName,
  change: (message: JoinMessage, peer: Peer) => Partial<JoinMessage>,
  options: JoinOptions = {},
) {
  const peer = await trial.open();
  const good = trial.joinMessage(peer, room, options);
  peer.say({ ...good, ...change(good, peer) });
  await peer.expectClose(end);
}

const flip = (bytes: Uint8Array, at: number) => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));

async function badProofs(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(1);
  const stranger = newRoomKeys();
  const order = Buffer.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'hex');
  const rejected = (change: (message: JoinMessage, peer: Peer) => Partial<JoinMessage>) =>
    refuses(trial, room, 'proof_rejected', change);
  await rejected(({ proof }) => ({ proof: flip(proof, 0) }));
  await rejected(({ proof }) => ({ proof: flip(proof, 32) }));
  await rejected(() => ({ proof: new Uint8Array(64) }));
  await rejected(() => ({ proof: randomBytes(64) }));
  // JN-3: the same S, one group order higher.
  await rejected(({ proof }) => ({ proof: plus(proof, order) }));
  await rejected((_, { nonce }) => ({ proof: stranger.signJoin(nonce) }));
  await rejected((_, { nonce }) => ({ joinKey: stranger.joinKey, proof: stranger.signJoin(nonce) }));
  await rejected((_, { nonce }) => ({ joinKey: stranger.joinKey, proof: room.keys.signJoin(nonce) }));
  // Signed for this very room, by a key that is not the one it is named after (LK-5).
  const impostor = newSigner();
  const id = roomIdOf(room.keys.joinKey);
  await rejected((_, { nonce }) => ({
    joinKey: impostor.publicKey,
    proof: impostor.sign(joinProofInput(id, nonce)),
  }));
  await rejected(() => ({ joinKey: new Uint8Array(32) }));
  await rejected((_, { nonce }) => ({ proof: room.keys.signOwner(nonce) }));
  await rejected(() => ({ proof: room.keys.signJoin(randomBytes(32)) }));
  await members[0]?.expectQuiet();
}

/** A signature whose S is raised by the group order. */
function plus(signature: Uint8Array, order: Uint8Array): Uint8Array {
  const sum = Uint8Array.from(signature);
  let carry = 0;
  for (let at = 0; at < 32; at++) {
    carry += (sum[32 + at] ?? 0) + (order[at] ?? 0);
    sum[32 + at] = carry & 255;
    carry >>= 8;
  }
  return sum;
}

/** Signed by somebody who has the link, but under another label or for another room: the domain of each signature counts. */
async function otherDomains(trial: Trial): Promise<void> {
  const signer = newSigner();
  const id = roomIdOf(signer.publicKey);
  const keys = {
    roomId: toBase64url(id),
    joinKey: signer.publicKey,
    ownerKey: signer.publicKey,
    signJoin: (nonce: Uint8Array) => signer.sign(joinProofInput(id, nonce)),
    signOwner: (nonce: Uint8Array) => signer.sign(ownerProofInput(id, nonce)),
  };
  const room = await trial.room({ keys });
  await refuses(trial, room, 'proof_rejected', (_, { nonce }) => ({ proof: keys.signOwner(nonce) }));
  await refuses(trial, room, 'proof_rejected', (_, { nonce }) => ({ ownerProof: keys.signJoin(nonce) }));
  const otherId = randomBytes(16);
  await refuses(trial, room, 'proof_rejected', (_, { nonce }) => ({
    proof: signer.sign(joinProofInput(otherId, nonce)),
  }));
  const member = await trial.join(room, { owner: true });
  demand(member.isOwner, 'JN-2: whoever proves it is an owner');
}

async function replayedProof(trial: Trial): Promise<void> {
  const room = await trial.room();
  const peer = await trial.open();
  const message = trial.joinMessage(peer, room, { owner: true });
  peer.say(message);
  await peer.expect({ type: 'joined', owners: [1] });
  await refuses(trial, room, 'proof_rejected', () => message);
  await refuses(trial, room, 'proof_rejected', () => ({ ownerProof: message.ownerProof ?? new Uint8Array(64) }));
  await peer.expectQuiet();
}

async function wrongOwner(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(1);
  const stranger = newRoomKeys();
  const usurper = newSigner();
  const id = roomIdOf(room.keys.joinKey);
  await refuses(trial, room, 'proof_rejected', (_, { nonce }) => ({ ownerProof: stranger.signOwner(nonce) }));
  await refuses(trial, room, 'proof_rejected', (_, { nonce }) => ({
    ownerProof: usurper.sign(ownerProofInput(id, nonce)),
  }));
  await refuses(trial, room, 'proof_rejected', () => ({ ownerProof: randomBytes(64) }));
  await refuses(
    trial,
    room,
    'proof_rejected',
    ({ ownerProof }) => ({ ownerProof: flip(ownerProof ?? new Uint8Array(64), 63) }),
    { owner: true },
  );
  await members[0]?.expectQuiet();
  const second = await trial.join(room, { owner: true });
  demand(second.isOwner, 'JN-2: the owner key works again on another socket');
}

async function ownersTold(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2);
  const [owner, guest] = members as [Peer, Peer];
  demand(owner.isOwner && guest.joined.owners.join() === '1', 'SK-6: a guest is told who proved to be an owner');
  await guest.leave();
  await owner.expect({ type: 'leave', member: 2 });
  const second = await trial.join(room, { owner: true });
  demand(second.joined.owners.join() === '1,3', 'SK-6: owners lists all of them, ascending');
  await owner.expect({ type: 'join', member: 3, owner: true });
  await owner.leave();
  await second.expect({ type: 'leave', member: 1 });
  const back = await trial.join(room, { ticket: owner.joined.ticket });
  demand(back.joined.owners.join() === '3', 'JN-7: a ticket makes no owner, and who is gone is none');
  await second.expect({ type: 'join', member: 4, owner: false });
}

async function orderOfChecks(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2, { capacity: 2 });
  const [owner, guest] = members as [Peer, Peer];
  const bad = () => ({ proof: randomBytes(64), ownerProof: randomBytes(64) });
  const unknown = toBase64url(randomBytes(16));
  await refuses(trial, room, 'not_found', () => ({ ...bad(), room: unknown }));
  await refuses(trial, room, 'full', () => ({ proof: randomBytes(64) }));
  await refuses(trial, room, 'full', () => bad(), { owner: true });
  owner.say({ type: 'lock', locked: true });
  await Promise.all(members.map((member) => member.expect({ type: 'lock', locked: true })));
  await refuses(trial, room, 'locked', () => ({ proof: randomBytes(64) }));
  await guest.leave();
  await owner.expect({ type: 'leave', member: guest.number, why: 'left' });
  await refuses(trial, room, 'locked', () => ({}));
  await refuses(trial, room, 'proof_rejected', bad);
  await refuses(trial, room, 'proof_rejected', () => ({ proof: randomBytes(64), ticket: guest.joined.ticket }));
  owner.say({ type: 'purge' });
  await owner.expectClose('purged');
  await refuses(trial, room, 'not_found', () => ({}));
}

async function nothingBeforeProof(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2, { capacity: 2 });
  const { ticket } = (members[1] as Peer).joined;
  for (let time = 0; time < 5; time++) {
    await refuses(trial, room, 'proof_rejected', () => ({ proof: randomBytes(64), ticket }));
  }
  for (const member of members) await member.expectQuiet();
  const back = await trial.join(room, { ticket });
  await members[0]?.expect({ type: 'leave', member: 2, why: 'replaced' });
  await members[0]?.expect({ type: 'join', member: back.number });
}

async function lastSeat(trial: Trial): Promise<void> {
  const isNear = hasManyAddresses(trial.relay.url);
  // The limit of LM-4 is not what this is about: a few from each prefix, or where there is one prefix only, a few.
  const racers = isNear ? 100 : 15;
  const capacity = Math.min(5, trial.policy.capacity.max);
  const room = await trial.room({ capacity });
  const from = (at: number) => (isNear ? { localAddress: trial.address(10 + Math.floor(at / 10)) } : {});
  const peers = await Promise.all(Array.from({ length: racers }, (_, at) => trial.open(from(at))));
  for (const peer of peers) peer.say(trial.joinMessage(peer, room));
  const first = await Promise.all(peers.map((peer) => peer.hear()));
  const inside = first.filter((heard) => heard.kind === 'message' && heard.message.type === 'joined');
  const full = first.filter((heard) => heard.kind === 'closed' && heard.code === 4009);
  demand(inside.length === capacity, `JN-6: ${capacity} of ${racers} get in, not ${inside.length}`);
  demand(full.length === racers - capacity, `JN-6: all others are told full, not ${full.length}`);
  const members = peers.filter((_, at) => inside.includes(first[at] as (typeof inside)[number]));
  const last = members.find(({ number }) => number === capacity);
  demand(last?.joined.members.length === capacity, 'JN-6: the last to come sees every seat taken');
}

async function ticketOfTheListed(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2, { capacity: 2 });
  const [stays, goes] = members as [Peer, Peer];
  stays.say({ type: 'lock', locked: true });
  await Promise.all(members.map((member) => member.expect({ type: 'lock', locked: true })));
  const back = await trial.join(room, { ticket: goes.joined.ticket });
  await goes.expectClose([1000]);
  const { seq } = await stays.expect({ type: 'leave', member: goes.number, why: 'replaced' });
  await stays.expect({ type: 'join', member: back.number, seq: seq + 1 });
  demand(back.number === 3 && back.joined.seq === seq + 1, 'RM-2, SK-9: a new number, the next event');
  demand(back.joined.members.join() === '1,3', 'JN-7: who is replaced is not a member any more');
  // As if the answer to that join had been lost: the first ticket still works, and so does the newest.
  const again = await trial.join(room, { ticket: goes.joined.ticket });
  await back.expectClose([1000]);
  const newest = await trial.join(room, { ticket: again.joined.ticket });
  await again.expectClose([1000]);
  demand(newest.number === 5, 'JN-7: a ticket of a member that was replaced is one of its successor');
}

async function ticketOfTheGone(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2, { capacity: 2 });
  const [owner, guest] = members as [Peer, Peer];
  owner.say({ type: 'lock', locked: true });
  await Promise.all(members.map((member) => member.expect({ type: 'lock', locked: true })));
  guest.cut();
  await owner.expect({ type: 'leave', member: 2, why: 'lost' });
  const back = await trial.join(room, { ticket: guest.joined.ticket });
  demand(back.joined.locked, 'JN-7: a ticket passes a lock');
  await owner.expect({ type: 'join', member: back.number });
  owner.cut();
  await back.expect({ type: 'leave', member: 1, why: 'lost' });
  const ownerBack = await trial.join(room, { owner: true });
  demand(ownerBack.isOwner, 'JN-7: an owner proof passes a lock');
}

async function uselessTickets(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2, { capacity: 2 });
  const elsewhere = await trial.gathering(1);
  const foreign = (elsewhere.members[0] as Peer).joined.ticket;
  for (const ticket of [randomBytes(16), foreign, new Uint8Array(16)]) {
    await refuses(trial, room, 'full', () => ({ ticket }));
  }
  members[0]?.say({ type: 'lock', locked: true });
  await Promise.all(members.map((member) => member.expect({ type: 'lock', locked: true })));
  await refuses(trial, room, 'locked', () => ({ ticket: foreign }));
  await elsewhere.members[0]?.expectQuiet();
  const free = await trial.room();
  const guest = await trial.join(free, { ticket: randomBytes(16) });
  demand(guest.number === 1, 'JN-7: a ticket that the room does not know has no effect');
}

async function ticketsKept(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(1, { capacity: 2 });
  const [owner] = members as [Peer];
  const tickets: Uint8Array[] = [];
  for (let time = 0; time <= 8; time++) {
    const last = tickets.at(-1);
    const guest = await trial.join(room, last === undefined ? {} : { ticket: last });
    tickets.push(guest.joined.ticket);
  }
  await owner.untilSeq(18);
  owner.say({ type: 'lock', locked: true });
  await owner.expect({ type: 'lock' });
  // Ten tickets were given, eight are kept: the owner's and the guest's first are forgotten.
  await refuses(trial, room, 'locked', () => ({ ticket: tickets[0] ?? new Uint8Array(16) }));
  await refuses(trial, room, 'locked', () => ({ ticket: owner.joined.ticket }));
  const back = await trial.join(room, { ticket: tickets[1] ?? new Uint8Array(16) });
  await owner.expect({ type: 'leave', why: 'replaced' });
  await owner.expect({ type: 'join', member: back.number });
}

async function removalVoids(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2);
  const [owner, guest] = members as [Peer, Peer];
  const successor = await trial.join(room, { ticket: guest.joined.ticket });
  await owner.expect({ type: 'leave', why: 'replaced' });
  await owner.expect({ type: 'join' });
  owner.say({ type: 'lock', locked: true });
  await owner.expect({ type: 'lock' });
  owner.say({ type: 'remove', member: successor.number });
  await owner.expect({ type: 'leave', member: successor.number, why: 'removed' });
  for (const ticket of [guest.joined.ticket, successor.joined.ticket]) {
    await refuses(trial, room, 'locked', () => ({ ticket }));
  }
}

async function priceOfATicket(trial: Trial): Promise<void> {
  const { room, members } = await trial.gathering(2);
  const [stays, goes] = members as [Peer, Peer];
  await goes.leave();
  await stays.expect({ type: 'leave', member: goes.number, why: 'left' });
  const stranger = await trial.join(room);
  // The one event of its coming: without a ticket nothing ties it to the member that left.
  await stays.expect({ type: 'join', member: stranger.number });
  await stays.expectQuiet();
  const known = await trial.join(room, { ticket: stranger.joined.ticket });
  await stays.expect({ type: 'leave', member: stranger.number, why: 'replaced' });
  await stays.expect({ type: 'join', member: known.number });
}

export const joinScenarios: readonly Scenario[] = [
  scenario('JN-1 JN-3 LK-5 proofs that are not of this key, room and nonce are rejected', badProofs),
  scenario('JN-1 JN-2 a signature made for one purpose serves no other', otherDomains),
  scenario('JN-1 a proof cannot be replayed on another socket', replayedProof),
  scenario('JN-2 an owner proof that does not verify is rejected, even with a good join proof', wrongOwner),
  scenario('JN-2 JN-7 SK-6 everybody is told who proved to be an owner', ownersTold),
  scenario('JN-4 RM-5 a join is judged in one order', orderOfChecks),
  scenario('JN-5 until the proof has verified nothing changes', nothingBeforeProof),
  scenario('JN-6 of many sockets racing for five places five get in', lastSeat),
  scenario('JN-7 SK-9 a ticket replaces its member in a full, locked room, also a second time', ticketOfTheListed),
  scenario('JN-7 a ticket of a member that is gone passes a lock, as does an owner proof', ticketOfTheGone),
  scenario('JN-7 tickets that this room does not know have no effect', uselessTickets),
  scenario('JN-8 at most four tickets for each seat are kept, the oldest forgotten first', ticketsKept),
  scenario('JN-9 RM-6 removing a member voids its tickets', removalVoids),
  scenario('JN-10 a ticket is what ties two members together', priceOfATicket),
];
