/** Entering, following and leaving a room. */
import { effect, untracked } from '@preact/signals';
import { type ConnectionState, type End, type Line, openSession, type RoomView, type SessionChange } from '@pug/client';
import { every, isHidden } from '../platform/device.ts';
import { leaveLinkAddress, showInAddressBar } from '../platform/fragment.ts';
import { askBeforeUnload, forgetLastMatch } from '../platform/page.ts';
import { loadRatchet, platform } from '../platform/relay.ts';
import { chime, readySound } from '../platform/sound.ts';
import { words } from '../strings/words.ts';
import { hush, say, sayInstead, saySoon } from './announcer.ts';
import { changesOf, newlyUnsent } from './changes.ts';
import { dueWarningMs, warningShownMs } from './countdown.ts';
import { dialog } from './dialog.ts';
import { spokenOf } from './line.ts';
import { append, replace } from './log.ts';
import { noticesOf } from './notices.ts';
import { becomeNobody, heldIdentity } from './person.ts';
import { circumstancesOf, nowMs, type Room, roomOf, unread } from './room.ts';
import { momentMs, screen } from './screen.ts';
import { dropSecret, heldSecret } from './secret.ts';
import { forgetTags, noteTags } from './tags.ts';

const backShownMs = 4_000;
/** After these a person may try the same link again. */
const mayRetry: readonly End[] = ['full', 'locked', 'too_large', 'unable'];
/** After these the room is no more, whatever became of a wish to purge it. */
const isOver: readonly End[] = ['purged', 'expired', 'not_found'];

/** `joined`: whether the relay ever let this person in. */
let current: { readonly room: Room; readonly stop: () => void; joined: boolean } | null = null;

/** Joins the room of the held link. Only ever called by a click (CL-2). `draft`: what the composer begins with. */
export function enterRoom(name: string, draft = ''): void {
  const secret = heldSecret();
  const identity = heldIdentity();
  if (secret === null || identity === null || current !== null) return;
  const { link, ownerSeed } = secret;
  const session = openSession({ platform, link, ownerSeed, identity, name, loadRatchet });
  const room = roomOf(session);
  room.draft.value = draft;
  const unsubscribe = session.subscribe((change) => follow(room, change));
  const stopClock = every(1000, () => tick(room));
  const stopNotices = sayNotices(room);
  const stopMoment = platform.after(momentMs, () => {
    room.isSlow.value = true;
    showRoom(room);
  });
  current = {
    room,
    joined: false,
    stop: () => {
      unsubscribe();
      stopClock();
      stopNotices();
      stopMoment();
    },
  };
  nowMs.value = platform.now();
  // The invitation stays until there is something to show: an empty page would only be drawn to be drawn over.
  if (screen.value.at !== 'invitation') showRoom(room);
}

function showRoom(room: Room): void {
  if (current?.room === room && screen.value.at !== 'room') screen.value = { at: 'room', room };
}

/** Leaves: nothing is asked, everything is dropped (CL-12). */
export function leaveRoom(): void {
  if (current === null) return;
  const { room } = current;
  room.session.leave();
  endRoom(room, 'left');
}

/** The device came back or was shown: look at the connection now (CL-4). */
export function wakeRoom(): void {
  current?.room.session.wake();
}

export function offlineRoom(): void {
  current?.room.session.offline();
}

/** Whether a person waits to be let into a room for the first time. */
export function isJoining(): boolean {
  return current?.joined === false;
}

/** Whether a person is in a room, or joining one. */
export function isInRoom(): boolean {
  return current !== null;
}

/** Puts the link into the address bar so that a reload can join again, or takes it out. */
export function keepLink(room: Room, keeps: boolean): void {
  room.keepsLink.value = keeps;
  showInAddressBar(keeps ? (heldSecret()?.fragment ?? null) : null);
}

/** Sets whether a message makes a sound while the page is hidden. Called by a click: without one browsers stay silent. */
export function letSound(room: Room, sounds: boolean): void {
  room.hasSound.value = sounds;
  readySound(sounds);
}

/** The address bar as the setting wants it, after something else was in it. */
export function restoreAddressBar(): void {
  if (current !== null) keepLink(current.room, current.room.keepsLink.value);
}

function follow(room: Room, change: SessionChange): void {
  const { view } = room.session;
  switch (change.type) {
    case 'connection':
      followConnection(room, view.connection);
      return;
    case 'room':
      // Before the first join it comes a moment before the connection, and would be said to be lost. The session forgets the room when it
      // ends; what was last shown stays until the next screen.
      if (view.room !== null && current?.joined) followView(room, view.room);
      return;
    case 'pending':
      if (newlyUnsent(room.pending.value, view.pending) > 0) saySoon(words.value.ended.unsent);
      room.pending.value = view.pending;
      return;
    case 'line':
      followLine(room, change.line);
      return;
    case 'line_changed':
      replace(room.log, change.line);
      // Whoever joins is named a moment later.
      sayInstead(spokenIn(room, change.line), change.line.key);
  }
}

function followView(room: Room, view: RoomView): void {
  for (const change of changesOf(room.view.value, view, platform.now())) saySoon(change);
  room.view.value = view;
  noteTags(room, view.members);
  forgetTags(room.tags, view.members, room.session.view.lines);
}

function followLine(room: Room, line: Line): void {
  // The session tells of joins and leaves in the relay's order (SK-9): nobody else is here now, so nobody else received this line.
  append(room.log, line, { alone: membersOf(room).length < 2, tag: tagOf(room, line) });
  if (line.kind === 'text' && line.own) return;
  saySoon(spokenIn(room, line), line.key);
  if (line.kind === 'text') {
    if (isHidden()) noteUnread(room);
    if (room.log.isHeld.value) room.log.below.value += 1;
  }
}

const membersOf = ({ session }: Room) => session.view.room?.members ?? [];
const tagOf = ({ tags }: Room, line: Line) => ('member' in line && tags.get(line.member)) || null;
const spokenIn = (room: Room, line: Line) => spokenOf(line, tagOf(room, line), membersOf(room));

function noteUnread(room: Room): void {
  unread.value += 1;
  if (room.hasSound.value) chime();
}

function followConnection(room: Room, connection: ConnectionState): void {
  if (connection.state === 'waiting') room.reason.value = connection.reason;
  room.connection.value = connection;
  if (connection.state === 'ended') endRoom(room, connection.end);
  if (connection.state !== 'connecting') showRoom(room);
  if (connection.state !== 'joined') return;
  const { room: view } = room.session.view;
  if (view !== null) followView(room, view);
  nowMs.value = platform.now();
  askBeforeUnload(true);
  if (current?.joined) welcomeBack(room);
  else if (current !== null) current.joined = true;
}

/** Says each notice when it appears, in the words in which it is shown. */
function sayNotices(room: Room): () => void {
  let before: readonly string[] = [];
  return effect(() => {
    const now = noticesOf(circumstancesOf(room));
    const fresh = now.filter((notice) => !before.includes(notice));
    before = now;
    if (fresh.length > 0) untracked(() => say(fresh.join('\n')));
  });
}

function welcomeBack(room: Room): void {
  say(words.value.banner.back);
  room.isBack.value = true;
  platform.after(backShownMs, () => {
    room.isBack.value = false;
  });
}

function tick(room: Room): void {
  const expiresAtMs = room.view.value?.expiresAtMs;
  const before = nowMs.value;
  nowMs.value = platform.now();
  if (expiresAtMs === undefined) return;
  const warningMs = dueWarningMs(expiresAtMs - before, expiresAtMs - nowMs.value);
  if (warningMs === null) return;
  say(words.value.room.warning(warningMs));
  room.warnedUntilMs.value = expiresAtMs - warningMs + warningShownMs;
}

function endRoom(room: Room, end: End): void {
  if (current?.room !== room) return;
  const { session, draft } = room;
  const { joined } = current;
  const isUnpurged = !isOver.includes(end) && room.view.value?.wishes.purge === true;
  // Whoever leaves by their own wish has finished with what they were writing (CL-12); whoever never got in has not.
  const typed = [...session.view.pending.map(({ text }) => text), end === 'left' && joined ? '' : draft.value];
  const unsent = typed.filter((text) => text.trim() !== '');
  current.stop();
  current = null;
  askBeforeUnload(false);
  leaveLinkAddress();
  if (!mayRetry.includes(end)) {
    dropSecret();
    becomeNobody();
  }
  dialog.value = null;
  unread.value = 0;
  readySound(false);
  hush();
  forgetLastMatch();
  if (unsent.length > 0) saySoon(words.value.ended.unsent);
  // Giving up before the room was reached is no ending: there is nothing to say about it.
  const isNothing = end === 'left' && !joined && unsent.length === 0;
  screen.value = isNothing ? { at: 'start' } : { at: 'ended', end, joined, isUnpurged, unsent };
}
