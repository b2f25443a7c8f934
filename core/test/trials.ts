/**
 * What must happen at once, or after exactly so long, in a room that agrees, whatever its members have been through. Beats and time-outs mend
 * nearly everything in the end, and so would hide a machine that does nothing by itself: a trial leaves them no time.
 */
import { frameTypes, openNumbered, type Ratchet } from '../src/index.ts';
import { beatMs, turnMs, welcomeTimeoutMs } from '../src/roster/log.ts';
import { memberOf } from '../src/roster/plan.ts';
import type { Dice } from './dice.ts';
import { room } from './fixtures.ts';
import type { Hall } from './hall.ts';
import { type Peer, ratchet } from './peer.ts';

/** A room whose members agree, and in which nothing is on its way. */
export interface Setting {
  readonly hall: Hall;
  readonly dice: Dice;
  /** Somebody new comes. */
  join(): Promise<Peer>;
  /** A peer says a text; what it is. */
  say(peer: Peer): Promise<string>;
}

export interface Trial {
  readonly name: string;
  /** How many people it takes. */
  readonly people: number;
  /** Throws what went wrong. */
  readonly run: (setting: Setting) => Promise<void>;
}

/** Time on either side of a moment at which something happens. */
const marginMs = 50;

function demand(holds: boolean, problem: string): asserts holds {
  if (!holds) throw new Error(problem);
}

function inOrder({ peers }: Hall): readonly Peer[] {
  return peers.toSorted((one, other) => one.number - other.number);
}

/** Some of the people, each once. */
function some({ hall, dice }: Setting, count: number): readonly Peer[] {
  const left = [...hall.peers];
  return Array.from({ length: count }, () => left.splice(dice.below(left.length), 1)).flat();
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the trial needs more people');
  return value;
}

function demandAgreement({ peers, agreed }: Hall): void {
  demand(agreed, `no agreement: ${peers.map(({ number, view }) => `${number} ${view}`).join('; ')}`);
}

/** Lets `change` happen: whoever is expected must have made a commit each, and nobody else. */
async function demandCommits(hall: Hall, expected: readonly Peer[], change: () => Promise<void>): Promise<void> {
  const before = hall.committers.length;
  const numbers = expected.map(({ number }) => number).join();
  await change();
  const made = hall.committers.slice(before).join();
  demand(made === numbers, `commits by ${made || 'nobody'}, expected by ${numbers || 'nobody'}`);
}

/** Makes it renew its keys, for which it must have said something. */
async function heal({ hall, say }: Setting, peer: Peer): Promise<void> {
  await say(peer);
  await peer.handle({ type: 'timer', timer: 'heal' }, hall.nowMs);
}

async function leaves({ hall, dice }: Setting): Promise<void> {
  const gone = given(dice.pick(hall.peers));
  hall.leave(gone);
  // Whoever is left alone founds.
  await demandCommits(hall, hall.peers.length > 1 ? inOrder(hall).slice(0, 1) : [], () => hall.drain());
  demandAgreement(hall);
}

async function comes({ hall, join }: Setting): Promise<void> {
  await demandCommits(hall, inOrder(hall).slice(0, 1), async () => {
    await join();
    await hall.drain();
  });
  demandAgreement(hall);
}

async function comesBackWhileCounted(setting: Setting): Promise<void> {
  const { hall } = setting;
  const peer = given(some(setting, 1)[0]);
  const others = inOrder(hall).filter((other) => other !== peer);
  const { number } = peer;
  hall.linger(peer);
  await demandCommits(hall, others.slice(0, 1), async () => {
    await hall.enter(peer);
    await hall.drain();
  });
  for (const { roster } of hall.peers)
    demand(
      roster.leaves.every(({ member }) => member !== number),
      `${number} is in although it came back`,
    );
  hall.bury(number);
  await demandCommits(hall, [], () => hall.drain());
  demandAgreement(hall);
}

async function turnsAreTaken({ hall, dice, join }: Setting): Promise<void> {
  const people = inOrder(hall);
  const asleep = 1 + dice.below(people.length - 1);
  for (const peer of people.slice(0, asleep)) peer.suspended = true;
  await join();
  await demandCommits(hall, [], () => hall.pass(asleep * turnMs - marginMs));
  await demandCommits(hall, people.slice(asleep, asleep + 1), () => hall.pass(2 * marginMs));
  const awake = hall.peers.filter(({ suspended }) => !suspended);
  demand(new Set(awake.map(({ view }) => view)).size === 1, 'those who are awake do not agree');
  for (const peer of people) peer.suspended = false;
  await hall.drain();
  demandAgreement(hall);
}

async function missesACommit(setting: Setting): Promise<void> {
  const { hall } = setting;
  const [speaker, victim] = some(setting, 2) as [Peer, Peer]; // As many as asked for.
  await heal(setting, speaker);
  while (speaker.outbox.length > 0) hall.relay(speaker);
  const { inbox } = victim;
  const frame = given(inbox.pop());
  inbox.push(frame.kind === 'frame' ? { ...frame, payload: frame.payload.map((byte) => byte ^ 1) } : frame);
  await hall.drain();
  demand(!hall.agreed, 'a commit that one member did not get changes nothing');
  await heal(setting, speaker);
  await hall.drain();
  demandAgreement(hall);
}

/** An insider renews its keys by a commit that it makes in its own way. Only the others hear of it so far. */
async function healAs(setting: Setting, insider: Peer, distort: Ratchet['commit']): Promise<void> {
  insider.distort = distort;
  insider.onRemoved = () => undefined;
  await heal(setting, insider);
  insider.distort = null;
}

/** Nobody follows a commit that puts out who is present. Its author did, and is followed when it says that it is ahead, or put out. */
async function unfairIsIgnored(setting: Setting): Promise<void> {
  const { hall, dice } = setting;
  const [insider, victim] = some(setting, 2) as [Peer, Peer]; // As many as asked for.
  const seat = given(insider.roster.leaves.find(({ member }) => member === victim.number)?.index);
  const before = victim.view;
  await healAs(setting, insider, (group, remove, add) => ratchet.commit(group, [...remove, seat], add));
  await hall.drain(...hall.peers.filter((peer) => peer !== insider));
  for (const { number, view } of hall.peers)
    demand(number === insider.number || view === before, `${number} follows a commit that is not fair`);
  if (dice.below(2) === 0) hall.leave(insider);
  else await hall.pass(beatMs);
  await hall.drain();
  demandAgreement(hall);
}

/** Whoever cannot follow a commit asks at once, and its author, who can, lets all in. */
async function unfollowableIsLeft(setting: Setting): Promise<void> {
  const { hall } = setting;
  const [insider] = some(setting, 1) as [Peer]; // As many as asked for.
  await healAs(setting, insider, ({ state }, remove, add) => {
    const keySchedule = { ...state.keySchedule, initSecret: new Uint8Array(state.keySchedule.initSecret.length) };
    return ratchet.commit({ state: { ...state, keySchedule } }, remove, add);
  });
  await hall.drain();
  demandAgreement(hall);
}

/** Two found at once, and somebody who came before them asked when they had not come: one group comes of it. */
async function twoFoundAtOnce({ hall, dice, join }: Setting): Promise<void> {
  const asleep = [...hall.peers];
  for (const peer of asleep) peer.suspended = true;
  await join();
  await hall.drain();
  const founders = [await join(), await join()];
  for (const founder of [...founders, ...founders])
    await founder.handle({ type: 'timer', timer: 'welcome' }, hall.nowMs);
  // Half of the time the earlier one's comes later, and wins.
  if (dice.below(2) === 0) for (const peer of founders.toReversed()) while (peer.outbox.length > 0) hall.relay(peer);
  await hall.drain();
  for (const peer of asleep) peer.suspended = false;
  await hall.drain();
  demandAgreement(hall);
}

/** Somebody asks while the committer has another commit on its way, and is gone before that is over. */
async function askerLeaves(setting: Setting): Promise<void> {
  const { hall, join } = setting;
  const committer = given(inOrder(hall)[0]);
  await heal(setting, committer);
  await demandCommits(hall, [committer], async () => {
    const newcomer = await join();
    await hall.drain(committer);
    hall.leave(newcomer);
    await hall.drain(committer);
    await hall.drain();
  });
  demandAgreement(hall);
}

/** Who has a request of somebody when its connection ends, and is the committer much later, lets nobody in who is long gone. */
async function oldRequestsAreVoid(setting: Setting): Promise<void> {
  const { hall, join } = setting;
  const people = inOrder(hall);
  const committer = given(people[0]);
  await heal(setting, committer);
  const asker = await join();
  await hall.drain(committer);
  hall.leave(committer);
  hall.leave(asker);
  await hall.enter(committer);
  const last = await join();
  await hall.settle();
  for (const peer of people.slice(1)) {
    hall.leave(peer);
    await demandCommits(hall, inOrder(hall).slice(0, 1), () => hall.drain());
  }
  demand(hall.peers.length === 2 && hall.peers.includes(last), 'others are there');
  demandAgreement(hall);
}

/** What takes long to arrive is read by all who could, or said again, and read once, while others renew their keys. */
async function lateTextsArrive(setting: Setting): Promise<void> {
  const { hall, dice, say } = setting;
  const [author, healer] = some(setting, 2) as [Peer, Peer]; // As many as asked for.
  for (const peer of hall.peers) peer.forgetTold();
  const texts: string[] = [];
  for (let epochs = dice.below(5); epochs >= 0; epochs--) {
    texts.push(await say(author), await say(author));
    if (epochs === 0) break;
    await heal(setting, healer);
    await hall.drain(author);
  }
  // One of them comes while a commit is on its way.
  await heal(setting, healer);
  for (let early = 1 + dice.below(2); early > 0; early--) hall.relay(author);
  await hall.drain(author, healer);
  await hall.drain(author);
  await hall.drain();
  for (const { number, told } of hall.peers) {
    const missing = number === author.number ? [] : texts.filter((text) => !told.texts.includes(text));
    demand(missing.length === 0, `${number} does not get ${missing.join()}`);
  }
  demandAgreement(hall);
}

/** Of two who renew their keys at once one is first; the other does it the next time, without having to say anything more. */
async function keysAreRenewed(setting: Setting): Promise<void> {
  const { hall } = setting;
  const [first, second] = some(setting, 2) as [Peer, Peer]; // As many as asked for.
  await demandCommits(hall, [first, second], async () => {
    for (const peer of [first, second]) {
      await heal(setting, peer);
      while (peer.outbox.length > 0) hall.relay(peer);
    }
    await hall.drain();
  });
  for (const [peer, expected] of [
    [first, []],
    [second, [second]],
    [second, []],
  ] as const)
    await demandCommits(hall, expected, async () => {
      await peer.handle({ type: 'timer', timer: 'heal' }, hall.nowMs);
      await hall.drain();
    });
  demandAgreement(hall);
}

/** Whose WELCOME is lost asks again; when that is lost, too, it founds. */
async function welcomeIsLost({ hall, dice, join }: Setting): Promise<void> {
  const earlier = hall.peers.length;
  hall.losing = 1 + dice.below(2);
  const waitMs = welcomeTimeoutMs * (hall.losing === 1 ? 1 : 3 + earlier);
  const newcomer = await join();
  await hall.drain();
  await hall.pass(waitMs - marginMs);
  demand(newcomer.view === 'out', 'a lost WELCOME lets somebody in');
  await hall.pass(2 * marginMs);
  demandAgreement(hall);
}

/** A request that somebody else sends as its own is none. */
async function borrowedRequestIsNone(setting: Setting): Promise<void> {
  const { hall } = setting;
  const [thief] = some(setting, 1) as [Peer]; // As many as asked for.
  await demandCommits(hall, [], async () => {
    for (const { member, payload } of hall.recorded) {
      const opened = await openNumbered({ ...room, member, payload });
      const asked = opened?.type === frameTypes.keyPackage ? await ratchet.readKeyPackage(opened.body) : null;
      if (opened && asked && memberOf(asked.credential) !== thief.number) await thief.send(0, opened.type, opened.body);
    }
    await hall.drain();
  });
  demandAgreement(hall);
}

/** Two texts in another order for one member: all are told by the beats, and go on from what the earlier one was shown. */
async function forkIsTold(setting: Setting): Promise<void> {
  const { hall, say } = setting;
  const [victim, one, other] = some(setting, 3) as [Peer, Peer, Peer]; // As many as asked for.
  for (const author of [one, other]) {
    await say(author);
    hall.relay(author);
  }
  const [first, second] = [given(victim.inbox.shift()), given(victim.inbox.shift())];
  victim.inbox.push({ ...second, seq: first.seq }, { ...first, seq: second.seq });
  for (const peer of hall.peers) peer.forgetTold();
  await hall.pass(beatMs);
  for (const { number, told } of hall.peers) demand(told.forked > 0, `${number} is not told of a fork`);
  await hall.pass(marginMs);
  demandAgreement(hall);
}

export const trials: readonly Trial[] = [
  { name: 'leaves', people: 2, run: leaves },
  { name: 'comes', people: 1, run: comes },
  { name: 'comesBackWhileCounted', people: 2, run: comesBackWhileCounted },
  { name: 'turnsAreTaken', people: 2, run: turnsAreTaken },
  { name: 'missesACommit', people: 2, run: missesACommit },
  { name: 'unfairIsIgnored', people: 3, run: unfairIsIgnored },
  { name: 'unfollowableIsLeft', people: 2, run: unfollowableIsLeft },
  { name: 'twoFoundAtOnce', people: 1, run: twoFoundAtOnce },
  { name: 'askerLeaves', people: 2, run: askerLeaves },
  { name: 'oldRequestsAreVoid', people: 2, run: oldRequestsAreVoid },
  { name: 'lateTextsArrive', people: 2, run: lateTextsArrive },
  { name: 'keysAreRenewed', people: 2, run: keysAreRenewed },
  { name: 'welcomeIsLost', people: 1, run: welcomeIsLost },
  { name: 'borrowedRequestIsNone', people: 2, run: borrowedRequestIsNone },
  { name: 'forkIsTold', people: 3, run: forkIsTold },
];
