/** What a membership is about: who is there, what was said, what is still to be said. It outlives connections and knows no socket. */
import {
  type Content,
  cleanName,
  cleanText,
  encodeContent,
  envelopeOverheadBytes,
  maxTextBytes,
  openMessage,
  pad,
  type RoomKeys,
  utf8Bytes,
} from '@pug/core';
import { type ServerFrame, toBase64url } from '@pug/wire';
import type { Line, Pending, Platform, RoomView, SessionChange } from './api.ts';
import type { Journal } from './journal.ts';
import { type Draft, Log } from './log.ts';
import {
  added,
  afterLoss,
  emptyOutbox,
  findSent,
  givenUp,
  nextToSend,
  type Outbox,
  sent,
  toPending,
  without,
} from './outbox.ts';
import {
  counted,
  entered,
  follow,
  type Joined,
  named,
  type Room,
  type RoomEvent,
  toRoomView,
  type Violation,
} from './room.ts';
import { Seen } from './seen.ts';
import type { Task } from './sender.ts';
import { nextWish, noWishes, unasked, unfulfilled, type Wishes } from './wishes.ts';

const textIdBytes = 16;

export interface ConversationOptions {
  readonly platform: Platform;
  readonly journal: Journal;
  readonly name: string;
  readonly onChange: (change: SessionChange) => void;
}

export class Conversation {
  readonly #options: ConversationOptions;
  readonly #log = new Log();
  readonly #seen = new Seen();
  #room: Room | null = null;
  #roomView: RoomView | null = null;
  #outbox: Outbox = emptyOutbox;
  #pending: readonly Pending[] = [];
  #nextPendingKey = 1;
  #wishes: Wishes = noWishes;
  #name: string;
  #nameDue = false;
  /** Members who joined after the name was last said to everybody (CL-8). */
  #nameOwed = new Set<number>();
  /** The own number and those of former connections that the room still lists. */
  #mine: ReadonlySet<number> = new Set();
  #lastHeardAtMs = 0;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#name = cleanName(options.name);
  }

  get room(): Room | null {
    return this.#room;
  }

  get roomView(): RoomView | null {
    return this.#roomView;
  }

  get lines(): readonly Line[] {
    return this.#log.lines;
  }

  get pending(): readonly Pending[] {
    return this.#pending;
  }

  /** Something arrived at `atMs`: what is missed is missed after that (CL-7). */
  heard(atMs: number): void {
    this.#lastHeardAtMs = atMs;
  }

  /** A join was answered. `atMs`: when. */
  enter(joined: Joined, atMs: number): Violation | null {
    const before = this.#room;
    const room = entered(joined, atMs, before);
    if (typeof room === 'string') return room;
    const mineBefore = this.#mine;
    this.#mine = new Set([room.self, ...[...mineBefore].filter((number) => room.members.has(number))]);
    this.#nameDue = this.#name !== '';
    this.#nameOwed.clear();
    this.#wishes = unasked(unfulfilled(this.#wishes, room));
    this.#setRoom(room);
    if (before) this.#cameBack(before, mineBefore, room, atMs);
    return null;
  }

  /** A join, leave or lock of the room's stream. */
  event(event: Exclude<RoomEvent, { type: 'frame' }>, atMs: number): Violation | null {
    if (!this.#room) return null;
    // A member's name is looked up before it is gone from the list.
    const name = event.type === 'leave' ? this.#nameOf(event.member) : null;
    const room = follow(this.#room, event);
    if (typeof room === 'string') return room;
    this.#setRoom(room);
    if (event.type === 'lock') this.#append({ kind: 'locked', locked: event.locked, atMs });
    else if (event.type === 'join') this.#someoneJoined(event.member, atMs);
    else {
      this.#nameOwed.delete(event.member);
      if (!this.#mine.has(event.member))
        this.#append({ kind: 'left', member: event.member, name, why: event.why, atMs });
    }
    return null;
  }

  /** A frame. `current` tells after the decryption whether its connection still counts. */
  async frame(frame: ServerFrame, keys: RoomKeys, atMs: number, current: () => boolean): Promise<Violation | null> {
    const { seq, member, payload } = frame;
    if (!this.#room) return null;
    if (seq > 0) {
      const room = follow(this.#room, { type: 'frame', seq, member });
      if (typeof room === 'string') return room;
      this.#room = room;
      // A directed frame is outside the order: its sender may just have left.
    } else if (!this.#room.members.has(member)) return null;
    const { frameKey, roomIdBytes } = keys;
    const content = await openMessage({ frameKey, roomIdBytes, member, payload });
    if (!current()) return null;
    const room = content && counted(this.#room, member, content.counter);
    // CR-6, CR-5; and a text is for everybody: a directed one would be said to one and seen by no other.
    if (!room || (content.kind === 'text' && seq === 0)) this.#options.journal.unopened();
    else this.#said(room, member, content, atMs);
    return null;
  }

  /** The relay will stop. */
  closing(atMs: number): void {
    if (this.#room) this.#setRoom({ ...this.#room, closingAtMs: atMs });
  }

  /** Queues a text. */
  say(text: string, maxPayloadBytes: number): 'ok' | 'empty' | 'too_long' {
    const shown = cleanText(text);
    if (shown.trim() === '') return 'empty';
    if (utf8Bytes(shown) > maxTextBytes || payloadBytes(shown) > maxPayloadBytes) return 'too_long';
    const { platform } = this.#options;
    const id = platform.random(textIdBytes);
    const entry = { key: this.#nextPendingKey++, id, idText: toBase64url(id), text: shown, atMs: platform.now() };
    this.#setOutbox(added(this.#outbox, entry));
    return 'ok';
  }

  rename(name: string): 'ok' | 'empty' {
    const shown = cleanName(name);
    if (shown === '') return 'empty';
    this.#name = shown;
    this.#nameDue = true;
    if (this.#room) this.#setRoom(this.#room);
    return 'ok';
  }

  /** Changes what is asked of the relay. Nothing is asked before the first join or by somebody who is no owner. */
  wish(change: (wishes: Wishes) => Wishes): void {
    if (this.#room?.owner) this.#wishes = change(this.#wishes);
  }

  /** Takes the next thing to send: what an owner asked, the name, then texts in the order of typing. */
  next(): Task | null {
    const wish = nextWish(this.#wishes);
    if (wish) {
      this.#wishes = wish.after;
      return { kind: 'control', message: wish.message };
    }
    return this.#nextName() ?? this.#nextText();
  }

  /** Texts too long for this relay, typed before its policy was known, cannot be sent. */
  fit(maxPayloadBytes: number): void {
    this.#setOutbox(givenUp(this.#outbox, ({ text }) => payloadBytes(text) > maxPayloadBytes));
  }

  /** The connection was lost: what has no echo is to be sent again. */
  lost(): void {
    this.#setOutbox(afterLoss(this.#outbox));
  }

  /** The room has ended for this client: everything is forgotten but what was never sent. */
  end(): void {
    this.#log.clear();
    this.#seen.clear();
    this.#room = null;
    this.#roomView = null;
    this.#wishes = noWishes;
    this.#mine = new Set();
    this.#options.onChange({ type: 'room' });
    this.#setOutbox(givenUp(this.#outbox));
  }

  /** CL-7, and who came and went meanwhile, as far as the lists tell. */
  #cameBack(before: Room, mineBefore: ReadonlySet<number>, room: Room, atMs: number): void {
    this.#append({ kind: 'gap', fromMs: this.#lastHeardAtMs, toMs: atMs });
    for (const [member, name] of before.members) {
      if (room.members.has(member) || mineBefore.has(member)) continue;
      this.#append({ kind: 'left', member, name, atMs });
    }
    for (const member of room.members.keys()) {
      if (!before.members.has(member) && member !== room.self)
        this.#append({ kind: 'joined', member, name: null, atMs });
    }
  }

  #someoneJoined(member: number, atMs: number): void {
    this.#nameOwed.add(member);
    this.#append({ kind: 'joined', member, name: null, atMs });
  }

  #said(room: Room, member: number, content: Content, atMs: number): void {
    this.#room = room;
    if (content.kind === 'text') this.#text(member, content.id, content.text, atMs);
    else this.#nameSaid(room, member, cleanName(content.name), atMs);
  }

  #text(member: number, id: Uint8Array, text: string, atMs: number): void {
    const idText = toBase64url(id);
    const own = this.#mine.has(member);
    const entry = own ? findSent(this.#outbox, idText) : null;
    if (entry) this.#setOutbox(without(this.#outbox, entry.key));
    const shown = cleanText(text);
    if (!this.#seen.add(idText) || shown.trim() === '') return;
    this.#append({ kind: 'text', member, name: this.#nameOf(member), own, text: shown, atMs });
  }

  #nameSaid(room: Room, member: number, name: string, atMs: number): void {
    const before = room.members.get(member) ?? null;
    if (name === '' || name === before) return;
    this.#setRoom(named(room, member, name));
    if (before !== null) {
      this.#append({ kind: 'renamed', member, before, name, atMs });
      return;
    }
    for (const line of this.#log.name(member, name)) this.#options.onChange({ type: 'line_changed', line });
  }

  #nameOf(member: number): string | null {
    return this.#mine.has(member) ? this.#name : (this.#room?.members.get(member) ?? null);
  }

  #nextName(): Task | null {
    const to = this.#nameDue ? 0 : this.#nameOwed.values().next().value;
    if (to === undefined) return null;
    // Said to everybody, it has reached all who have joined so far.
    if (to === 0) this.#nameOwed.clear();
    this.#nameOwed.delete(to);
    this.#nameDue = false;
    const name = this.#name;
    if (name === '') return null;
    return { kind: 'frame', to, content: (counter) => ({ kind: 'name', counter, name }) };
  }

  #nextText(): Task | null {
    const entry = nextToSend(this.#outbox);
    if (!entry) return null;
    this.#outbox = sent(this.#outbox, entry.key);
    const { id, text } = entry;
    return { kind: 'frame', to: 0, content: (counter) => ({ kind: 'text', counter, id, text }) };
  }

  #setRoom(room: Room): void {
    this.#room = room;
    this.#wishes = unfulfilled(this.#wishes, room);
    this.#roomView = toRoomView(room, this.#name);
    this.#options.onChange({ type: 'room' });
  }

  #setOutbox(outbox: Outbox): void {
    this.#outbox = outbox;
    this.#pending = toPending(outbox);
    this.#options.onChange({ type: 'pending' });
  }

  #append(draft: Draft): void {
    this.#options.onChange({ type: 'line', line: this.#log.append(draft) });
  }
}

/** The size of the payload that carries `text`, of at most `maxTextBytes`. */
function payloadBytes(text: string): number {
  const content = encodeContent({ kind: 'text', counter: 1, id: new Uint8Array(textIdBytes), text });
  return envelopeOverheadBytes + pad(content).length;
}
