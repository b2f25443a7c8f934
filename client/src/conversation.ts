/** What a membership is about: who is there, what was said, what is still to be said. It outlives connections and knows no socket. */
import {
  type Content,
  cleanName,
  cleanText,
  decodeSaid,
  frameTypes,
  openNumbered,
  type RoomKeys,
  type RosterAction,
  type RosterInput,
  type RosterTimer,
  type SafetyCode,
  type TextContent,
  unpad,
} from '@pug/core';
import { type ServerFrame, toBase64url } from '@pug/wire';
import { type Acquaintance, Acquaintances } from './acquaintances.ts';
import type { Comparison, Line, Pending, Platform, RoomView, SessionChange } from './api.ts';
import type { Circle, Person } from './circle.ts';
import { Compared } from './comparison.ts';
import type { Journal } from './journal.ts';
import { type Draft, Log, type MemberLine } from './log.ts';
import {
  counted,
  entered,
  follow,
  isOwner,
  type Joined,
  named,
  type Room,
  type RoomEvent,
  toRoomView,
  type Violation,
} from './room.ts';
import { Seen } from './seen.ts';
import type { Task } from './sender.ts';
import { Settling } from './settling.ts';
import { Speech } from './speech.ts';
import { Timers } from './timers.ts';
import { nextWish, noWishes, toWishesView, unasked, unfulfilled, type Wishes } from './wishes.ts';

export interface ConversationOptions {
  readonly platform: Platform;
  readonly journal: Journal;
  readonly name: string;
  readonly onChange: (change: SessionChange) => void;
  /** A timer of the roster machine ran out; its turn is in the order of what arrives. */
  readonly onTimer: (timer: RosterTimer) => void;
  /** What waited may be sent now. */
  readonly onDue: () => void;
}

/** The connection an input came over: its keys and circle, when it arrived, and whether it still counts. */
export interface Context {
  readonly keys: RoomKeys;
  readonly circle: Circle;
  readonly atMs: number;
  readonly current: () => boolean;
}

export class Conversation {
  readonly #options: ConversationOptions;
  readonly #log = new Log();
  readonly #seen = new Seen();
  readonly #speech: Speech;
  readonly #timers: Timers;
  readonly #settling: Settling;
  #room: Room | null = null;
  #roomView: RoomView | null = null;
  #circle: Circle | null = null;
  #wishes: Wishes = noWishes;
  /** The own number and those of former connections that the room still lists. */
  #mine: ReadonlySet<number> = new Set();
  readonly #known = new Acquaintances();
  readonly #compared = new Compared();
  #lastHeardAtMs = 0;

  constructor(options: ConversationOptions) {
    this.#options = options;
    const { platform, name, onChange, onTimer, onDue } = options;
    this.#timers = new Timers(platform, onTimer);
    this.#settling = new Settling(platform, onDue);
    this.#speech = new Speech({ platform, name, onPending: () => onChange({ type: 'pending' }) });
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
    return this.#speech.pending;
  }

  /** Something arrived at `atMs`: what is missed is missed after that (CL-7). */
  heard(atMs: number): void {
    this.#lastHeardAtMs = atMs;
  }

  /** A join was answered: the room is known from here on. `begin` comes next: it founds the circle, or asks to be let in. */
  enter(joined: Joined, context: Context): Violation | null {
    const before = this.#room;
    const room = entered(joined, context.atMs, before);
    if (typeof room === 'string') return room;
    // With the circle goes whatever name follows from a key.
    const names = new Map(Array.from(before?.members.keys() ?? [], (member) => [member, this.#nameOf(member)]));
    const mineBefore = this.#mine;
    this.#mine = new Set([room.self, ...[...mineBefore].filter((number) => room.members.has(number))]);
    this.#circle = context.circle;
    context.circle.begin();
    this.#speech.begin();
    this.#wishes = unasked(unfulfilled(this.#wishes, room));
    this.#setRoom(room);
    if (before) this.#cameBack({ ...before, members: names }, mineBefore, room, context.atMs);
    return null;
  }

  async begin({ member: self, members, seq }: Joined, context: Context): Promise<void> {
    await this.#run({ type: 'joined', self, members, seq }, context);
  }

  /** A join, leave or lock of the room's stream. */
  async event(event: Exclude<RoomEvent, { type: 'frame' }>, context: Context): Promise<Violation | null> {
    if (!this.#room) return null;
    const { atMs } = context;
    // A member's name is looked up before it is gone from the list.
    const name = event.type === 'leave' ? this.#nameOf(event.member) : null;
    const room = follow(this.#room, event);
    if (typeof room === 'string') return room;
    this.#setRoom(room);
    if (event.type === 'lock') this.#append({ kind: 'locked', locked: event.locked, atMs });
    else if (event.type === 'join')
      this.#append({ kind: 'joined', member: event.member, name: null, back: false, atMs });
    else if (!this.#mine.has(event.member))
      this.#append({ kind: 'left', member: event.member, name, why: event.why, atMs });
    await this.#run({ type: 'event', event }, context);
    return null;
  }

  async frame(frame: ServerFrame, context: Context): Promise<Violation | null> {
    const { seq, member, payload } = frame;
    if (!this.#room) return null;
    if (seq > 0) {
      const room = follow(this.#room, { type: 'frame', seq, member });
      if (typeof room === 'string') return room;
      this.#room = room;
      // A directed frame is outside the order: its sender may just have left.
    } else if (!this.#room.members.has(member)) return null;
    const { frameKey, roomIdBytes } = context.keys;
    const numbered = await openNumbered({ frameKey, roomIdBytes, member, payload });
    if (!context.current()) return null;
    const room = numbered && counted(this.#room, member, numbered.counter);
    if (room) this.#room = room;
    else this.#options.journal.unopened();
    // It may have been a text (CR-6).
    if (numbered === null && seq > 0 && member !== this.#room.self) this.#complain('unreadable', member, context.atMs);
    // What does not open, or was seen before, still has its place in the order (CR-14).
    await this.#run({ type: 'frame', seq, member, frame: payload, opened: room && numbered }, context);
    if (!context.current() || !room || member !== room.self || numbered?.type !== frameTypes.message) return null;
    const content = this.#speech.echoed(numbered.counter, context.circle);
    if (content) this.#heard(member, context.circle.people.get(member)?.key ?? '', content, context.atMs);
    return null;
  }

  async timer(timer: RosterTimer, context: Context): Promise<void> {
    await this.#run({ type: 'timer', timer }, context);
  }

  /** The relay will stop. */
  closing(atMs: number): void {
    if (this.#room) this.#setRoom({ ...this.#room, closingAtMs: atMs });
  }

  /** The relay left something out of the order, or made something up (CL-10). */
  dropped(atMs: number): void {
    this.#append({ kind: 'dropped', atMs });
  }

  say(text: string, maxPayloadBytes: number): 'ok' | 'empty' | 'too_long' {
    return this.#speech.say(text, maxPayloadBytes);
  }

  rename(name: string): 'ok' | 'empty' {
    const result = this.#speech.rename(name);
    this.#refresh();
    return result;
  }

  /** The person compared this safety code: true when it still is that of the room. */
  compared(code: SafetyCode, result: Comparison): boolean {
    const composition = this.#circle?.composition ?? null;
    if (composition === null || this.#circle?.compositionOf(code) !== composition) return false;
    const isTold = this.#compared.note(composition, result);
    if (isTold) this.#append({ kind: result, atMs: this.#options.platform.now() });
    this.#refresh();
    return true;
  }

  /** Changes what is asked of the relay. Nothing is asked before the first join or by somebody who is no owner. */
  wish(change: (wishes: Wishes) => Wishes): void {
    if (!this.#room || !isOwner(this.#room)) return;
    this.#wishes = change(this.#wishes);
    this.#refresh();
  }

  /** Takes the next thing to send: what an owner asked, then what there is to say. */
  next(): Task | null {
    const wish = nextWish(this.#wishes);
    if (wish) {
      this.#wishes = wish.after;
      return { kind: 'control', message: wish.message };
    }
    const circle = this.#circle;
    if (!circle || !this.#room) return null;
    const isSettling = () => !this.#room || this.#settling.isUnsettled(circle.people, this.#room.members);
    return this.#speech.next(circle, this.#room.self, isSettling);
  }

  /** Texts too long for this relay, typed before its policy was known, cannot be sent. */
  fit(maxPayloadBytes: number): void {
    this.#speech.fit(maxPayloadBytes);
  }

  /** The connection was lost. */
  lost(): void {
    this.#timers.stop();
    this.#settling.stop();
    this.#speech.lost();
  }

  /** The room has ended for this client: everything is forgotten but what was never sent. */
  end(): void {
    this.#timers.stop();
    this.#settling.stop();
    this.#log.clear();
    this.#seen.clear();
    this.#known.clear();
    this.#circle?.forget();
    this.#circle = null;
    this.#room = null;
    this.#roomView = null;
    this.#wishes = noWishes;
    this.#mine = new Set();
    this.#options.onChange({ type: 'room' });
    this.#speech.end();
  }

  /** One input of the roster machine, and what comes of it. */
  async #run(input: RosterInput, context: Context): Promise<void> {
    const actions = await context.circle.handle(input);
    if (context.current()) for (const action of actions) this.#act(action, context);
  }

  #act(action: RosterAction, { circle, atMs }: Context): void {
    switch (action.type) {
      case 'send':
        this.#speech.send(action.to, action.frame, action.body);
        return;
      case 'arm':
        this.#timers.arm(action.timer, action.afterMs);
        return;
      case 'message':
        this.#said(action, circle, atMs);
        return;
      case 'unreadable':
      case 'forked':
        this.#complain(action.type, action.member, atMs);
        return;
      case 'roster':
        this.#regroup(circle, atMs);
    }
  }

  /** CL-7, and who came and went meanwhile, as far as the lists tell. */
  #cameBack(before: Room, mineBefore: ReadonlySet<number>, room: Room, atMs: number): void {
    this.#append({ kind: 'gap', fromMs: this.#lastHeardAtMs, toMs: atMs });
    for (const [member, name] of before.members) {
      if (room.members.has(member) || mineBefore.has(member)) continue;
      this.#append({ kind: 'left', member, name, atMs });
    }
    for (const member of room.members.keys()) {
      if (before.members.has(member) || member === room.self) continue;
      this.#append({ kind: 'joined', member, name: null, back: false, atMs });
    }
  }

  /** A text is for everybody: a directed one would be said to one and seen by no other. */
  #said(message: RosterAction & { type: 'message' }, circle: Circle, atMs: number): void {
    const { member, seq, signatureKey } = message;
    const content = unpad(message.content);
    const said = content && decodeSaid(content);
    if (!said || !this.#room || said.content.kind !== message.kind || (message.kind === 'text' && seq === 0)) {
      this.#options.journal.unopened();
      return;
    }
    if (circle.isForked(said.position)) this.#complain('forked', member, atMs);
    this.#heard(member, toBase64url(signatureKey), said.content, atMs);
  }

  #heard(member: number, key: string, content: Content, atMs: number): void {
    if (content.kind === 'text') this.#text(member, key, content, atMs);
    else this.#nameSaid(member, cleanName(content.name), atMs);
  }

  #text(member: number, key: string, { id, text }: TextContent, atMs: number): void {
    const idText = toBase64url(id);
    const own = this.#mine.has(member);
    if (own) this.#speech.arrived(idText);
    const shown = cleanText(text);
    if (!this.#seen.add(`${key} ${idText}`) || shown.trim() === '') return;
    this.#append({ kind: 'text', member, name: this.#nameOf(member), own, text: shown, atMs });
  }

  #nameSaid(member: number, name: string, atMs: number): void {
    const before = this.#room?.members.get(member) ?? null;
    if (!this.#room || name === '' || name === before) return;
    this.#setRoom(named(this.#room, member, name));
    // The first name somebody says is no rename: it stands wherever the derived one stood.
    if (before === null) this.#rewrite(member, (line) => ({ ...line, name }));
    else this.#append({ kind: 'renamed', member, before, name, atMs });
  }

  /** Who can read has changed. */
  #regroup(circle: Circle, atMs: number): void {
    const taken: number[] = [];
    const own = circle.people.get(this.#room?.self ?? 0)?.key;
    for (const [member, person] of circle.people) {
      const known = member === this.#room?.self ? 'seen' : this.#known.meet(member, person);
      if (known === 'seen') continue;
      this.#speech.owe(member);
      const isFormer = this.#mine.has(member) && person.key !== own;
      if (isFormer) this.#mine = new Set([...this.#mine].filter((number) => number !== member));
      if (isFormer || this.#known.isTaken(member, person)) taken.push(member);
      if (known?.number !== member || taken.includes(member)) this.#admitted(member, person, known);
    }
    this.#known.tidy(() => new Set([...(this.#room?.members.keys() ?? []), ...this.#log.members]));
    const isOutdated = this.#compared.isOutdatedBy(circle.composition);
    this.#refresh();
    for (const member of taken) this.#append({ kind: 'joined', member, name: this.#nameOf(member), back: false, atMs });
    if (isOutdated) this.#append({ kind: 'uncompared', atMs });
  }

  /** Now we know who joined: the lines that could not name them do. */
  #admitted(member: number, person: Person, known: Acquaintance | undefined): void {
    if (this.#room) this.#room = named(this.#room, member, known?.name ?? null);
    const name = known?.name ?? person.name;
    const back = known !== undefined;
    this.#rewrite(member, (line) => {
      if (line.name !== null) return line;
      return line.kind === 'joined' ? { ...line, name, back } : { ...line, name };
    });
  }

  #rewrite(member: number, rewrite: (line: MemberLine) => Line): void {
    for (const line of this.#log.rewrite(member, rewrite)) this.#options.onChange({ type: 'line_changed', line });
  }

  /** Once in a row and a minute: a flood is one line, and what comes hours later is told as what it is. */
  #complain(kind: 'unreadable' | 'forked', member: number, atMs: number): void {
    if (!this.#log.tells(kind, member, atMs)) this.#append({ kind, member, name: this.#nameOf(member), atMs });
  }

  #nameOf(member: number): string | null {
    const person = this.#circle?.people.get(member);
    if (this.#mine.has(member) && this.#speech.name !== '') return this.#speech.name;
    return this.#room?.members.get(member) ?? person?.name ?? null;
  }

  #setRoom(room: Room): void {
    this.#room = room;
    this.#refresh();
  }

  #refresh(): void {
    if (!this.#room) return;
    this.#wishes = unfulfilled(this.#wishes, this.#room);
    const compared = this.#compared.in(this.#circle?.composition ?? null);
    const people: ReadonlyMap<number, Person> = this.#circle?.people ?? new Map();
    for (const [member, name] of this.#room.members) {
      const person = people.get(member);
      if (person && name !== null) this.#known.remember(member, person, name);
    }
    const wishes = toWishesView(this.#wishes, this.#room);
    this.#roomView = toRoomView(this.#room, this.#speech.name, { people, compared, wishes });
    this.#options.onChange({ type: 'room' });
  }

  #append(draft: Draft): void {
    this.#options.onChange({ type: 'line', line: this.#log.append(draft) });
  }
}
