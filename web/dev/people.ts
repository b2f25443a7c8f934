/** Fake people in real rooms: sessions of the client with the relay of this machine, as many as wanted in one page. */
import { createRoom, openSession, type Session } from '@pug/client';
import { type Link, makeIdentity, parseLink } from '@pug/core';
import { loadRatchet, platform } from '../src/platform/relay.ts';
import { type Act, acts } from './script.ts';

export interface Wish {
  readonly people: number;
  readonly betweenMs: number;
}

export const quiet: Wish = { people: 2, betweenMs: 6_000 };
export const busy: Wish = { people: 5, betweenMs: 900 };

const ttlSeconds = 3_600;
const names = ['Olive Heron', 'Ben', 'Late Wombat', 'ليلى', 'דוד'];
/** One place for whoever looks at them. */
const places = 6;

interface Entrance {
  readonly link: Link;
  readonly ownerSeed: Uint8Array | null;
}

/** Everybody who was made here, to be sent away before the next. */
let everybody: (Session | null)[] = [];
let stopTalking = (): void => {};

/** Opens a room, sends people in and lets them talk. @returns its fragment */
export async function openRoomWith(wish: Wish): Promise<string> {
  const made = await createRoom({
    platform,
    ttlSeconds,
    capacity: places,
    signal: new AbortController().signal,
    onProgress: () => {},
    confirmLongWork: async () => true,
  });
  if (made.kind !== 'created') throw new Error(`no room: ${made.kind}`);
  const { link, ownerSeed, fragment } = made.room;
  await sendPeople(wish, { link, ownerSeed });
  return fragment;
}

/** Sends people into a room that somebody else opened. */
export async function joinRoomWith(wish: Wish, pasted: string): Promise<void> {
  const parsed = await parseLink(pasted);
  if (parsed.kind !== 'good') throw new Error(`the link is ${parsed.kind}`);
  await sendPeople(wish, { link: parsed.link, ownerSeed: null });
}

async function sendPeople({ people, betweenMs }: Wish, entrance: Entrance): Promise<void> {
  stopTalking();
  for (const session of everybody) session?.leave();
  everybody = [];
  for (let who = 0; who < people; who++) everybody.push(await enter(who, entrance));
  let at = 0;
  const timer = setInterval(() => void perform(acts[at++ % acts.length], entrance), betweenMs);
  stopTalking = () => clearInterval(timer);
}

/** Only the first of them may be the owner. */
async function enter(who: number, { link, ownerSeed }: Entrance): Promise<Session> {
  const name = names[who] ?? `Person ${who}`;
  const identity = await makeIdentity();
  return openSession({ platform, link, ownerSeed: who === 0 ? ownerSeed : null, identity, name, loadRatchet });
}

async function perform(act: Act | undefined, entrance: Entrance): Promise<void> {
  if (!act || act.who >= everybody.length) return;
  const session = everybody[act.who] ?? null;
  switch (act.does) {
    case 'say':
      session?.send(act.text);
      return;
    case 'rename':
      session?.rename(act.text);
      return;
    case 'lock':
    case 'unlock':
      session?.lock(act.does === 'lock');
      return;
    case 'leave':
      session?.leave();
      everybody[act.who] = null;
      return;
    case 'return':
      if (!session) everybody[act.who] = await enter(act.who, entrance);
  }
}
