/** One of two relays that are told the same: its room, its sockets, and all that they heard, without what may differ. */
import { decodeServerFrame, encodeClientFrame, encodeClientMessage, toBase64url } from '@pug/wire';
import type { Pick } from './mutate.ts';
import type { Relay } from './relay.ts';
import { type Room, Trial } from './trial.ts';
import { type RawSocket, upgrade } from './websocket.ts';

const barrier = 'so far ';
const barrierHex = Buffer.from(barrier).toString('hex');
/** Ends that RFC 6455 leaves to the server: with one of its codes, or without a word. */
const unspecified = new Set([1002, 1005, 1006, 1007, 1009]);

export interface Guest {
  readonly name: string;
  readonly raw: RawSocket;
  nonce: Uint8Array;
  member: number;
  ticket: Uint8Array | null;
  state: 'greeted' | 'joined' | 'gone';
}

export class Stage {
  readonly trial: Trial;
  /** What was heard in this session. */
  lines: string[] = [];
  guests: Guest[] = [];
  room!: Room;
  /** Hears everything that happens in the room, from its first event on. */
  referee!: Guest;
  readonly tickets: Uint8Array[] = [];
  #sessionsHere = 0;
  #settled = 0;

  constructor(relay: Relay) {
    this.trial = new Trial(relay);
  }

  /** A room for the next session: the last one, unless it ended or has seen enough. */
  async begin(sessionsInARoom: number): Promise<void> {
    this.lines = [];
    this.guests = [];
    const stays = this.#sessionsHere++ > 0 && this.#sessionsHere <= sessionsInARoom && this.referee.state === 'joined';
    if (stays) return;
    if (this.#sessionsHere > 1) this.referee.raw.cut();
    this.#sessionsHere = 1;
    this.tickets.length = 0;
    this.room = await this.trial.room({ capacity: 4 });
    this.referee = await this.open('referee');
    this.join(this.referee, { owner: true });
    await this.answer(this.referee);
    this.lines = [];
  }

  /** Ends the session: its guests go, and the referee has heard them go. */
  async end(): Promise<void> {
    for (const guest of this.guests) if (guest.state !== 'gone') await this.cut(guest);
    this.trial.transcript.length = 0;
  }

  async open(name: string): Promise<Guest> {
    const raw = await upgrade(this.trial.relay.url);
    if (!('sendText' in raw)) throw new Error(`no socket: ${raw.status} ${raw.text}`);
    const guest: Guest = { name, raw, nonce: new Uint8Array(32), member: 0, ticket: null, state: 'greeted' };
    const hello = await this.#next(guest);
    // Its form is what conformance is about; here only the nonce is needed.
    guest.nonce = Buffer.from(/"nonce":"([\w-]+)"/.exec(hello)?.[1] ?? '', 'base64url');
    return guest;
  }

  join(guest: Guest, options: { owner?: boolean; ticket?: Uint8Array; spoil?: 'proof' | 'ownerProof' | 'room' }): void {
    const { spoil, ticket, owner } = options;
    const { keys } = this.room;
    const spoilt = (bytes: Uint8Array) => bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte));
    const proof = keys.signJoin(guest.nonce);
    const ownerProof = keys.signOwner(guest.nonce);
    const text = encodeClientMessage({
      type: 'join',
      room: spoil === 'room' ? toBase64url(new Uint8Array(16)) : keys.roomId,
      joinKey: keys.joinKey,
      proof: spoil === 'proof' ? spoilt(proof) : proof,
      ...(owner && { ownerProof: spoil === 'ownerProof' ? spoilt(ownerProof) : ownerProof }),
      ...(ticket && { ticket }),
    });
    guest.raw.sendText(text);
  }

  /** The one answer to whoever is not a member yet: let in, or closed. */
  async answer(guest: Guest): Promise<void> {
    const heard = await this.#note(guest);
    const joined = /^\{"type":"joined","member":(\d+)/.exec(heard);
    if (!joined) return;
    guest.state = 'joined';
    guest.member = Number(joined[1]);
    guest.ticket = Buffer.from(/"ticket":"([\w-]+)"/.exec(heard)?.[1] ?? '', 'base64url');
    this.tickets.push(guest.ticket);
  }

  /** Hears on until a frame to itself comes back, or the end. All that was said to it before has then arrived. */
  async settle(guest: Guest): Promise<void> {
    if (guest.state !== 'joined') return;
    const payload = Buffer.from(`${barrier}${this.#settled++}`);
    guest.raw.sendBinary(encodeClientFrame({ to: guest.member, payload }));
    const echo = `frame 0 of ${guest.member}: ${payload.toString('hex')}`;
    while ((await this.#note(guest)) !== echo && this.#isJoined(guest)) {}
  }

  // A guest's state changes while it is listened to, which the compiler cannot see.
  #isJoined(guest: Guest): boolean {
    return guest.state === 'joined';
  }

  /** Everybody has heard what happened; when a member went, first one of those who stay, who are all told together. */
  async settleAll(gone: Guest | null): Promise<void> {
    const present = [this.referee, ...this.guests].filter((guest) => this.#isJoined(guest));
    const [witness] = present;
    if (gone !== null && gone.member > 0 && witness) await this.#awaitLeave(witness, gone);
    for (const guest of present) await this.settle(guest);
  }

  async #awaitLeave(witness: Guest, { member }: Guest): Promise<void> {
    const isIt = (line: string) => line.startsWith(`${witness.name} `) && line.includes(`"member":${member},"why"`);
    while (this.#isJoined(witness) && !this.lines.some(isIt)) await this.#note(witness);
  }

  async cut(guest: Guest): Promise<void> {
    const wasMember = guest.state === 'joined';
    guest.raw.cut();
    guest.state = 'gone';
    await this.settleAll(wasMember ? guest : null);
  }

  /** Reads until the end of a guest that was told, or asked, to go. */
  async untilGone(guest: Guest): Promise<void> {
    while (guest.state !== 'gone') await this.#note(guest);
  }

  async #note(guest: Guest): Promise<string> {
    const heard = await this.#next(guest);
    if (!heard.includes(barrierHex)) this.lines.push(`${guest.name} ${comparable(heard)}`);
    return heard;
  }

  async #next(guest: Guest): Promise<string> {
    const received = await guest.raw.next();
    if (received.kind === 'text') return received.text;
    if (received.kind === 'binary') {
      const frame = decodeServerFrame(received.bytes);
      return `frame ${frame?.seq} of ${frame?.member}: ${Buffer.from(frame?.payload ?? []).toString('hex')}`;
    }
    guest.state = 'gone';
    return unspecified.has(received.code) ? 'ended' : `closed ${received.code} ${received.reason}`;
  }

  pickGuest(pick: Pick, state: Guest['state']): Guest | null {
    const fitting = this.guests.filter((guest) => guest.state === state);
    return fitting[pick(Math.max(1, fitting.length))] ?? null;
  }
}

/** Without secrets and times, which are never the same twice. */
function comparable(text: string): string {
  return text
    .replace(/"(nonce|ticket|token|roomId)":"[\w-]*"/g, '"$1":…')
    .replace(/"(now|expiresAt|effort|target)":\d+/g, '"$1":…');
}

export { comparable };
