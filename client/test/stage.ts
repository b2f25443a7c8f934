// A session whose clock, relay and fellow members are played by the test. Everybody is really let in, and every word is really said.
import { openSession, type Session } from '@pug/client';
import {
  type Content,
  deriveKeys,
  frameTypes,
  type Link,
  openNumbered,
  type RatchetMaker,
  type RoomKeys,
} from '@pug/core';
import { decodeClientFrame, encodeServerFrame, type LeaveReason, type ServerMessage, toBase64url } from '@pug/wire';
import { type FakeOptions, FakePlatform, type FakeSocket, isMessage, type Joined, joinedMessage } from './fake.ts';
import { makeIdentity, ratchet } from './parts.ts';
import { type Outgoing, Peer } from './peer.ts';
import { settle, until } from './waiting.ts';

type Event = Extract<ServerMessage, { type: 'join' | 'leave' | 'lock' }>;

/** More frames than any one event has led to. */
const maxSpread = 500;

/** The connection that is in the room. Its frames are relayed in order, but what it says only when the test lets it. */
interface Live {
  readonly socket: FakeSocket;
  readonly member: number;
  relayed: number;
  messages: number;
  allowed: number;
}

interface StageOptions extends FakeOptions {
  readonly ownerSeed?: Uint8Array | null;
  readonly loadRatchet?: () => Promise<RatchetMaker>;
}

export class Stage {
  readonly platform: FakePlatform;
  readonly session: Session;
  readonly link: Link;
  readonly keys: RoomKeys;
  /** The next number of the room's stream. */
  seq = 1;
  /** A relay that is silent relays nothing. */
  silent = false;
  readonly #maker: RatchetMaker;
  readonly #peers = new Map<number, Peer>();
  readonly #contents = new Map<string, Content>();
  #live: Live | null = null;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    platform: FakePlatform,
    link: Link,
    keys: RoomKeys,
    ownerSeed: Uint8Array | null,
    maker: RatchetMaker,
    loadRatchet: () => Promise<RatchetMaker>,
  ) {
    this.platform = platform;
    this.link = link;
    this.keys = keys;
    this.#maker = maker;
    const identity = makeIdentity();
    this.session = openSession({ platform, link, ownerSeed, identity, name: 'Me', loadRatchet });
  }

  static async open({ ownerSeed = null, loadRatchet = () => ratchet, ...fake }: StageOptions = {}): Promise<Stage> {
    const link = { roomSecret: new Uint8Array(16).fill(1), linkKey: new Uint8Array(32).fill(2) };
    return new Stage(new FakePlatform(fake), link, await deriveKeys(link), ownerSeed, await ratchet, loadRatchet);
  }

  /** Whatever the session had under way is over for the next test. */
  leave(): Promise<void> {
    this.session.leave();
    return settle();
  }

  /** The latest socket; waits for the `count`th. */
  async socket(count = this.platform.sockets.length): Promise<FakeSocket> {
    await until(() => this.platform.sockets.length >= Math.max(1, count), `socket ${count}`);
    return this.platform.sockets.at(-1) as FakeSocket; // There is one: it was waited for.
  }

  /** Greets the `count`th socket and waits for its join. */
  async greet(count?: number): Promise<FakeSocket> {
    const socket = await this.socket(count);
    socket.hello();
    await until(() => socket.messages.some(({ type }) => type === 'join'), 'the join');
    return socket;
  }

  /** Answers the join of the `count`th socket, among members who are not there. */
  async answer(joined: Partial<Joined> = {}, count?: number): Promise<FakeSocket> {
    const socket = await this.greet(count);
    const answer = joinedMessage(joined);
    this.seq = answer.seq + 1;
    socket.says(answer);
    await until(() => this.session.view.connection.state === 'joined', 'joined');
    await until(() => socket.sent.some((data) => typeof data !== 'string'), 'its first frame');
    return socket;
  }

  /** Answers the join of the `count`th socket: the members it lists are there, in one group, and let it in. */
  async enter(joined: Partial<Joined> = {}, count?: number): Promise<FakeSocket> {
    const { member, members, seq } = joinedMessage(joined);
    await this.#inTurn(() => this.#assemble(members, member));
    this.seq = seq;
    await this.#inTurn(() => this.#happen({ type: 'join', seq: this.seq++, member, owner: false }));
    const socket = await this.greet(count);
    const live = { socket, member, relayed: 0, messages: 0, allowed: 0 };
    this.#live = live;
    socket.onsent = () => void this.#inTurn(() => this.#relay(live));
    socket.says(joinedMessage(joined));
    await until(() => this.session.view.connection.state === 'joined', 'joined');
    await until(() => this.session.view.room?.admitted === true, 'let in');
    await this.#last;
    return socket;
  }

  /** Ends a connection as a bad network does, and waits until the client has noticed. */
  async lose(socket: FakeSocket): Promise<void> {
    socket.ends(1006);
    await until(() => this.session.view.connection.state === 'waiting', 'the loss is noticed');
  }

  /** Somebody joins, and is let in by everybody. */
  async arrive(member: number): Promise<void> {
    await this.#inTurn(() => this.#arrive(member));
    await until(() => this.#isAdmitted(member), `member ${member} is let in`);
  }

  /** The relay, together with somebody who has the link, lets another in under the number of `member`; gives whoever had it before. */
  async replace(member: number, impostor = new Peer(member, this.keys, this.#maker)): Promise<Peer> {
    const before = this.#peer(member);
    await this.#inTurn(async () => {
      const members = [...this.#peers.keys(), ...(this.#live ? [this.#live.member] : [])].toSorted((a, b) => a - b);
      this.#peers.set(member, impostor);
      // Beyond all that was said under this number: what is not is taken for a replay (CR-5).
      await impostor.seal(frameTypes.message, new Uint8Array(), 1_000 * this.seq);
      await this.#spread(await impostor.hear({ type: 'joined', self: member, members, seq: this.seq - 1 }));
    });
    const { tag } = await this.#peer(member).persona;
    await until(() => this.session.view.room?.members.some((one) => one.tag === tag) === true, 'the other is let in');
    return before;
  }

  depart(member: number, why: LeaveReason): Promise<void> {
    return this.#inTurn(() => this.#depart(member, why));
  }

  lock(locked: boolean): Promise<void> {
    return this.#inTurn(() => this.#happen({ type: 'lock', seq: this.seq++, locked }));
  }

  /** What everybody sees of `member` (CR-16). */
  async derivedName(member: number): Promise<string> {
    return (await this.#peer(member).persona).name;
  }

  /** What `member` sends to everybody, or directed with `seq` 0; not given to the session yet. */
  async frame(
    member: number,
    content: Content,
    options: { seq?: number; counter?: number; kind?: Content['kind'] } = {},
  ): Promise<Uint8Array> {
    const seq = options.seq ?? this.seq++;
    return this.#inTurn(async () => {
      const payload = await this.#peer(member).say(content, options.counter, options.kind);
      // An event of the room is one for the others, too; what a relay that breaks the order does is not.
      if (options.seq === undefined) for (const peer of this.#peers.values()) await peer.receive(seq, member, payload);
      return encodeServerFrame({ seq, member, payload });
    });
  }

  /** What the client said as `member`, to whom, and under which counter. Another member reads it, once. */
  async read(frame: Uint8Array, member: number): Promise<{ to: number; content: Content; counter: number }> {
    const decoded = decodeClientFrame(frame);
    if (!decoded) throw new Error('no frame');
    const { frameKey, roomIdBytes } = this.keys;
    const opened = await openNumbered({ frameKey, roomIdBytes, member, payload: decoded.payload });
    const content = await this.#inTurn(() => this.#contentOf(member, decoded.payload));
    if (!opened || !content) throw new Error('does not open');
    return { to: decoded.to, content, counter: opened.counter };
  }

  /** The texts that left through `socket`, said as `member`. */
  async texts(
    socket: FakeSocket,
    member: number,
  ): Promise<readonly { id: Uint8Array; text: string; counter: number }[]> {
    const all: { id: Uint8Array; text: string; counter: number }[] = [];
    for (const frame of socket.frames) {
      const { content, counter } = await this.read(frame, member);
      if (content.kind === 'text') all.push({ id: content.id, text: content.text, counter });
    }
    return all;
  }

  /** Gives back what the client said through the socket that is in the room, the first `count` frames of it, as an honest relay does. */
  echo(count = Number.POSITIVE_INFINITY): Promise<void> {
    return this.#inTurn(async () => {
      const live = this.#live;
      if (live === null) return;
      live.allowed = Math.min(count, live.socket.frames.length);
      await this.#relay(live);
    });
  }

  #inTurn<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#last.then(job);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Relays what the session sent, up to what it says and may not be heard yet. */
  async #relay(live: Live): Promise<void> {
    const frames = live.socket.sent.filter((data) => typeof data !== 'string');
    while (!this.silent && this.#live === live && live.relayed < frames.length) {
      const frame = frames[live.relayed] ?? new Uint8Array();
      if (isMessage(frame) && live.messages >= live.allowed) return;
      if (isMessage(frame)) live.messages++;
      live.relayed++;
      const decoded = decodeClientFrame(frame);
      if (decoded) await this.#spread([{ from: live.member, ...decoded }]);
    }
  }

  /** Frames, and whatever the members answer to them, until nobody has anything to add. */
  async #spread(frames: readonly Outgoing[]): Promise<void> {
    const queue = [...frames];
    for (let frame = queue.shift(), n = 0; frame; frame = queue.shift()) {
      if (++n > maxSpread) throw new Error('members answer each other without end');
      const { from, to, payload } = frame;
      // A message can be read once only, and the test may want to know it.
      if (from === this.#live?.member && payload[1] === frameTypes.message) await this.#contentOf(from, payload);
      const seq = to === 0 ? this.seq++ : 0;
      if (to === 0 || to === this.#live?.member)
        this.#live?.socket.onmessage?.(encodeServerFrame({ seq, member: from, payload }));
      for (const peer of this.#peers.values())
        if (to === 0 || to === peer.number) queue.push(...(await peer.receive(seq, from, payload)));
    }
  }

  async #contentOf(member: number, payload: Uint8Array): Promise<Content | null> {
    const key = toBase64url(payload);
    const known = this.#contents.get(key);
    if (known) return known;
    for (const peer of this.#peers.values()) {
      const content = await peer.read(member, payload);
      if (content) this.#contents.set(key, content);
      if (content) return content;
    }
    return null;
  }

  async #happen(event: Event): Promise<void> {
    if (event.type !== 'join' || event.member !== this.#live?.member) this.#live?.socket.says(event);
    const answers: Outgoing[] = [];
    for (const peer of this.#peers.values()) answers.push(...(await peer.hear({ type: 'event', event })));
    await this.#spread(answers);
  }

  async #depart(member: number, why: LeaveReason): Promise<void> {
    this.#peers.delete(member);
    await this.#happen({ type: 'leave', seq: this.seq++, member, why });
  }

  async #arrive(member: number): Promise<void> {
    const seq = this.seq++;
    await this.#happen({ type: 'join', seq, member, owner: false });
    const peer = new Peer(member, this.keys, this.#maker);
    this.#peers.set(member, peer);
    const self = this.#live === null ? [] : [this.#live.member];
    const members = [...this.#peers.keys(), ...self].toSorted((a, b) => a - b);
    await this.#spread(await peer.hear({ type: 'joined', self: member, members, seq }));
  }

  /** Between two connections of the session: who is to be there comes, everybody else goes. */
  async #assemble(members: readonly number[], self: number): Promise<void> {
    const gone = this.#live?.member;
    this.#live = null;
    if (gone !== undefined) await this.#happen({ type: 'leave', seq: this.seq++, member: gone, why: 'lost' });
    for (const member of [...this.#peers.keys()])
      if (!members.includes(member) || member === self) await this.#depart(member, 'left');
    for (const member of members) if (member !== self && !this.#peers.has(member)) await this.#arrive(member);
  }

  #isAdmitted(member: number): boolean {
    const shown = this.session.view.room?.members.find(({ number }) => number === member);
    return shown?.admitted === true && this.#peer(member).admits(member);
  }

  #peer(member: number): Peer {
    const peer = this.#peers.get(member);
    if (!peer) throw new Error(`no member ${member}`);
    return peer;
  }
}
