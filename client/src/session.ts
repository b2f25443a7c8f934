/** A membership over as many connections as it takes (CL-4 … CL-11). */
import type { RosterTimer, SafetyCode } from '@pug/core';
import type { ConnectionState, End, Session, SessionChange, SessionOptions, SessionView, WaitReason } from './api.ts';
import { type Arrival, type Asking, Connection, type Down, type Stage } from './connection.ts';
import { type Context, Conversation } from './conversation.ts';
import { Expiry } from './expiry.ts';
import { Heartbeat } from './heartbeat.ts';
import { Inbox } from './inbox.ts';
import { Journal } from './journal.ts';
import { maxPayloadBytes } from './pacer.ts';
import { type Ready, Requisites } from './requisites.ts';
import { Retries } from './retries.ts';
import type { Joined, Violation } from './room.ts';
import { Sender } from './sender.ts';
import { longestTextBytes } from './speech.ts';
import { ghostMsOf, verdictOf } from './verdict.ts';
import { wishLock, wishPurge, wishRemoval } from './wishes.ts';

/** An attempt younger than this is not given up for a new one: over a slow network it may be about to succeed. */
const freshMs = 5_000;

/** Joins the room of `link`, and stays a member of it until it ends or `leave` is called. Nothing was requested before this call (CL-2). */
export function openSession(options: SessionOptions): Session {
  return new LiveSession(options);
}

/** Timers and the end of a connection stand in line with what arrived before them. */
type Item =
  | Arrival
  | { readonly kind: 'timer'; readonly timer: RosterTimer }
  | { readonly kind: 'down'; readonly down: Down; readonly stage: Stage };

/** One connection and what lives as long as it does; `member` once it is joined. */
interface Live {
  readonly connection: Connection;
  readonly inbox: Inbox<Item>;
  member: { readonly heartbeat: Heartbeat; readonly sender: Sender; readonly sinceMs: number } | null;
}

class LiveSession implements Session {
  readonly #platform;
  readonly #journal: Journal;
  readonly #conversation: Conversation;
  readonly #expiry: Expiry;
  readonly #retries: Retries;
  readonly #listeners = new Set<(change: SessionChange) => void>();
  readonly #requisites: Requisites;
  #state: ConnectionState = { state: 'connecting', attempt: 1 };
  /** Counts attempts and the end: whatever comes back from waiting in another turn than it began is too late to matter. */
  #turn = 0;
  #turnAtMs = 0;
  #live: Live | null = null;
  #ticket: Uint8Array | null = null;
  #ghostUntilMs = 0;

  constructor(options: SessionOptions) {
    const { platform, name } = options;
    this.#platform = platform;
    this.#journal = new Journal(platform);
    this.#expiry = new Expiry(platform);
    this.#retries = new Retries(platform, () => void this.#connect());
    const onChange = (change: SessionChange): void => this.#tell(change);
    const onTimer = (timer: RosterTimer): void => this.#live?.inbox.add({ kind: 'timer', timer });
    const onDue = (): void => this.#pump();
    this.#conversation = new Conversation({ platform, journal: this.#journal, name, onChange, onTimer, onDue });
    const onPolicy = (): void => this.#conversation.fit(this.#maxPayloadBytes());
    this.#requisites = new Requisites({ ...options, onPolicy, onUnable: () => this.#end('unable') });
    void this.#connect();
  }

  get view(): SessionView {
    const { roomView, lines, pending } = this.#conversation;
    const maxTextBytes = longestTextBytes(this.#maxPayloadBytes());
    return { connection: this.#state, room: roomView, lines, pending, maxTextBytes };
  }

  subscribe(listener: (change: SessionChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  send(text: string): 'ok' | 'empty' | 'too_long' | 'ended' {
    if (this.#state.state === 'ended') return 'ended';
    const result = this.#conversation.say(text, this.#maxPayloadBytes());
    this.#pump();
    return result;
  }

  rename(name: string): 'ok' | 'empty' | 'ended' {
    if (this.#state.state === 'ended') return 'ended';
    const result = this.#conversation.rename(name);
    this.#pump();
    return result;
  }

  lock(locked: boolean): void {
    this.#conversation.wish((wishes) => wishLock(wishes, locked));
    this.#pump();
  }

  remove(member: number): void {
    this.#conversation.wish((wishes) => wishRemoval(wishes, member));
    this.#pump();
  }

  purge(): void {
    this.#conversation.wish(wishPurge);
    this.#pump();
  }

  async safetyCode(): Promise<SafetyCode | null> {
    return this.#requisites.circle?.safetyCode() ?? null;
  }

  compared(...found: Parameters<Session['compared']>): boolean {
    return this.#conversation.compared(...found);
  }

  wake(): void {
    this.#journal.note('woken');
    if (this.#state.state === 'joined') this.#live?.member?.heartbeat.probe();
    if (this.#state.state === 'waiting') this.#retries.hurry(this.#state.reason);
    if (this.#state.state !== 'connecting' || this.#platform.now() - this.#turnAtMs < freshMs) return;
    this.#tearDown();
    void this.#connect();
  }

  offline(): void {
    this.#live?.member?.heartbeat.probe();
  }

  leave(): void {
    this.#live?.connection.leave();
    this.#end('left');
  }

  diagnostics(): string {
    return this.#journal.text();
  }

  #maxPayloadBytes(): number {
    const { policy } = this.#requisites;
    return policy ? maxPayloadBytes(policy) : Number.POSITIVE_INFINITY;
  }

  /**
   * The socket is opened, and its greeting awaited, while the rest of what a join takes is still coming: nothing is sent before all of it is
   * there (CL-11). Without the ratchet no place is taken at the relay's door: it may be long in coming.
   */
  async #connect(): Promise<void> {
    const turn = ++this.#turn;
    this.#turnAtMs = this.#platform.now();
    this.#setState({ state: 'connecting', attempt: this.#retries.attempt });
    const { ratchet, all } = this.#requisites.gather();
    const hasRatchet = await ratchet;
    if (turn !== this.#turn) return;
    if (hasRatchet) this.#live = this.#open(all);
    const ready = await all;
    if (turn === this.#turn && typeof ready === 'string') this.#lost(ready);
  }

  #open(ready: Promise<Ready | WaitReason>): Live {
    const inbox = new Inbox<Item>(
      (item) => this.#handle(live, ready, item),
      () => this.#fault(live),
    );
    const connection = new Connection({
      platform: this.#platform,
      journal: this.#journal,
      join: async (nonce) => this.#join(await ready, nonce),
      onArrival: (arrival) => {
        live.member?.heartbeat.heard();
        if (!inbox.push(arrival)) this.#drop('flood');
      },
      onDown: (down, stage) => inbox.add({ kind: 'down', down, stage }),
    });
    const live: Live = { connection, inbox, member: null };
    return live;
  }

  async #join(ready: Ready | WaitReason, nonce: Uint8Array): Promise<Asking> {
    // Whoever waits for it first gives the attempt up, for that reason.
    if (typeof ready === 'string') throw new Error(ready);
    const { keys, owner, policy } = ready;
    const [proof, ownerProof] = await Promise.all([keys.signJoin(nonce), owner?.signOwner(keys.roomIdBytes, nonce)]);
    const ticket = this.#ticket;
    const optional = { ...(ownerProof && { ownerProof }), ...(ticket && { ticket }) };
    const message = { type: 'join', room: keys.roomId, joinKey: keys.joinKey, proof, ...optional } as const;
    return { message, maxPayloadBytes: policy.maxPayloadBytes };
  }

  async #handle(live: Live, coming: Promise<Ready | WaitReason>, item: Item): Promise<void> {
    if (this.#live !== live) return;
    if (item.kind === 'down') return this.#down(item.down, item.stage);
    const ready = await coming;
    if (this.#live !== live || typeof ready === 'string') return;
    const atMs = item.kind === 'timer' ? this.#platform.now() : item.atMs;
    const context = { keys: ready.keys, circle: ready.circle, atMs, current: () => this.#live === live };
    const violation = await this.#take(live, ready, item, context);
    if (this.#live !== live) return;
    if (item.kind !== 'timer') this.#conversation.heard(atMs);
    if (violation) this.#drop(violation);
    else this.#pump();
  }

  async #take(
    live: Live,
    ready: Ready,
    item: Exclude<Item, { kind: 'down' }>,
    context: Context,
  ): Promise<Violation | null> {
    if (item.kind === 'frame')
      return live.member?.sender.isFalseEcho(item.frame) ? 'false_echo' : this.#conversation.frame(item.frame, context);
    if (item.kind === 'message') return this.#message(live, ready, item.message, context);
    await this.#conversation.timer(item.timer, context);
    return null;
  }

  async #message(
    live: Live,
    ready: Ready,
    message: Extract<Arrival, { kind: 'message' }>['message'],
    context: Context,
  ): Promise<Violation | null> {
    switch (message.type) {
      case 'joined':
        return this.#joined(live, ready, message, context);
      case 'closing':
        this.#conversation.closing(context.atMs + message.inSeconds * 1000);
        return null;
      case 'pong':
        return null;
      default:
        return this.#conversation.event(message, context);
    }
  }

  async #joined(live: Live, { keys, policy }: Ready, joined: Joined, context: Context): Promise<Violation | null> {
    const violation = this.#conversation.enter(joined, context);
    if (violation) return violation;
    this.#expiry.start(joined.expiresAt - joined.now);
    this.#ticket?.fill(0);
    this.#ticket = joined.ticket;
    const sender = new Sender({
      platform: this.#platform,
      policy,
      keys,
      member: joined.member,
      next: () => this.#conversation.next(),
      transmit: (data) => live.connection.send(data),
      onFault: () => this.#fault(live),
    });
    const heartbeat = new Heartbeat({
      platform: this.#platform,
      ping: () => sender.ping(),
      onDead: () => live.inbox.add({ kind: 'down', down: { kind: 'silent' }, stage: 'joined' }),
    });
    live.member = { heartbeat, sender, sinceMs: this.#platform.now() };
    this.#journal.note('joined');
    // Told before keys are made: whoever is in the room can write.
    this.#setState({ state: 'joined' });
    await this.#conversation.begin(joined, context);
    return null;
  }

  /** The relay broke a rule, or sends more than can be opened: what still waits is not handled any more. */
  #drop(why: Violation | 'flood' | 'fault'): void {
    this.#journal.note('dropped', why);
    if (why === 'gap' || why === 'false_echo') this.#conversation.dropped(this.#platform.now());
    this.#lost(why === 'fault' ? 'fault' : 'lost');
  }

  /** The device failed: what it was doing is not known to be done, and is done anew on another connection. */
  #fault(live: Live): void {
    if (this.#live === live) this.#drop('fault');
  }

  #down(down: Down, stage: Stage): void {
    const nowMs = this.#platform.now();
    const ghostMs = ghostMsOf(down, stage, this.#requisites.policy);
    if (ghostMs > 0) this.#ghostUntilMs = nowMs + ghostMs;
    const ghost = this.#ticket === null && nowMs < this.#ghostUntilMs;
    const verdict = verdictOf(down, { stage, timeIsUp: this.#expiry.timeIsUp, ghost });
    if (verdict.kind === 'end') this.#end(verdict.end);
    else this.#lost(verdict.reason);
  }

  #lost(reason: WaitReason): void {
    this.#retries.lost(this.#live?.member?.sinceMs ?? Number.POSITIVE_INFINITY);
    this.#tearDown();
    this.#retry(reason);
  }

  /** Waits, then connects. */
  #retry(reason: WaitReason): void {
    this.#turn++;
    this.#journal.note('waiting', reason);
    const retryAtMs = this.#retries.wait(reason);
    this.#setState({ state: 'waiting', attempt: this.#retries.attempt, retryAtMs, reason });
  }

  /** Lets go of the present connection; texts without an echo wait again. */
  #tearDown(): void {
    this.#live?.member?.heartbeat.stop();
    this.#live?.member?.sender.stop();
    this.#live?.connection.drop();
    this.#live = null;
    this.#conversation.lost();
  }

  #end(end: End): void {
    if (this.#state.state === 'ended') return;
    this.#turn++;
    this.#retries.stop();
    this.#expiry.stop();
    this.#tearDown();
    this.#requisites.forget();
    this.#ticket?.fill(0);
    this.#ticket = null;
    this.#journal.note('ended', end);
    this.#state = { state: 'ended', end };
    this.#conversation.end();
    this.#tell({ type: 'connection' });
  }

  #pump(): void {
    this.#live?.member?.sender.pump();
  }

  #setState(state: ConnectionState): void {
    this.#state = state;
    this.#tell({ type: 'connection' });
  }

  /** A listener that throws is not ours to mend, and must not stop the conversation: its error is thrown where nothing hangs on it. */
  #tell(change: SessionChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#platform.after(0, () => {
          throw error;
        });
      }
    }
  }
}
