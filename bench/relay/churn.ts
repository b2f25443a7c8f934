// Rooms that come and go on a relay: churn.ts <port> <rooms a second>. Each is made with work, joined, talked in, left, returned to, and ended in one
// of the ways there are. Answers each line of input with what it has done so far, as one line of JSON; ends when the input does.
import { randomInt } from 'node:crypto';
import { Lines, stopAll } from '../lib/lines.ts';
import { compileSolver, makeRoom, type Room } from './rooms.ts';
import { Visitor } from './visitor.ts';

/** What has been done so far. `fault` is the first thing that was not as it should be. */
export interface Churned {
  rooms: number;
  joins: number;
  messages: number;
  purged: number;
  expired: number;
  emptied: number;
  unjoined: number;
  faults: number;
  fault?: string;
}

const [port = 0, roomsPerSecond = 0] = process.argv.slice(2).map(Number);
const capacity = 6;
/** The shortest life the relay allows by default. */
const shortTtlSeconds = 60;
const longTtlSeconds = 600;
const messagesEach = 3;
const longestPayloadBytes = 4000;

const done: Churned = {
  rooms: 0,
  joins: 0,
  messages: 0,
  purged: 0,
  expired: 0,
  emptied: 0,
  unjoined: 0,
  faults: 0,
};

// Half of all rooms are purged, as most that matter are; the others end in the other ways there are.
const ends = ['purged', 'expired', 'purged', 'emptied', 'purged', 'unjoined'] as const;
type End = (typeof ends)[number];

async function enter(room: Room, isOwner: boolean, ticket?: string): Promise<Visitor> {
  const visitor = new Visitor(port, room, isOwner, ticket);
  await visitor.joined();
  done.joins++;
  return visitor;
}

/** Everybody speaks at once, and everybody hears everything. */
async function talk(visitors: readonly Visitor[]): Promise<void> {
  const all = visitors.length * messagesEach;
  const heard = Promise.all(visitors.map((visitor) => visitor.reached(visitor.seq + all)));
  for (let i = 0; i < messagesEach; i++) for (const visitor of visitors) visitor.say(randomInt(1, longestPayloadBytes));
  await heard;
  done.messages += all;
}

/** One is lost and returns with its ticket, one leaves and another comes. */
async function swap(room: Room, [owner, lost, leaver, ...others]: readonly Visitor[]): Promise<readonly Visitor[]> {
  if (owner === undefined || lost === undefined || leaver === undefined) throw new Error('a room of fewer than three');
  const stay = [owner, leaver, ...others];
  const seq = owner.seq;
  lost.vanish();
  const returned = await enter(room, false, lost.ticket);
  leaver.leave();
  await leaver.ended(1000);
  await Promise.all(stay.filter((one) => one !== leaver).map((one) => one.reached(seq + 3)));
  const newcomer = await enter(room, false);
  await Promise.all([owner, returned, ...others].map((one) => one.reached(newcomer.seq)));
  return [owner, returned, newcomer, ...others];
}

async function endRoom(visitors: readonly Visitor[], end: Exclude<End, 'unjoined'>): Promise<void> {
  if (end === 'purged') visitors[0]?.purge();
  if (end === 'emptied') for (const visitor of visitors) visitor.leave();
  const code = { purged: 4000, expired: 4001, emptied: 1000 }[end];
  await Promise.all(visitors.map((visitor) => visitor.ended(code)));
}

async function live(room: Room, end: End): Promise<void> {
  if (end !== 'unjoined') {
    const visitors = [await enter(room, true)];
    while (visitors.length < capacity) visitors.push(await enter(room, false));
    await Promise.all(visitors.map((visitor) => visitor.reached(capacity)));
    await talk(visitors);
    await endRoom(await swap(room, visitors), end);
  }
  done[end]++;
}

function wrong(error: unknown): void {
  done.faults++;
  done.fault ??= error instanceof Error ? error.message : 'something that is no error was thrown';
}

async function churn(): Promise<void> {
  const solve = new Lines([compileSolver(), 'solve']);
  for (;;) {
    const atMs = performance.now();
    const end = ends[done.rooms % ends.length] ?? 'purged';
    const room = await makeRoom(
      `http://127.0.0.1:${port}`,
      solve,
      end === 'expired' ? shortTtlSeconds : longTtlSeconds,
    );
    done.rooms++;
    live(room, end).catch(wrong);
    await Bun.sleep(Math.max(0, 1000 / roomsPerSecond - (performance.now() - atMs)));
  }
}

// What a socket's handler throws: an event that is missing or doubled.
process.on('uncaughtException', wrong);
churn().catch(wrong);
for await (const _ of console) console.log(JSON.stringify(done));
await stopAll();
process.exit(0);
