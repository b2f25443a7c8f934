/** What a scenario works with: rooms, sockets and requests on the relay under test, all of them put away at the end. */
import type { Socket } from 'node:net';
import {
  type Challenge,
  type ClientMessage,
  type Created,
  type CreateRequest,
  decodeChallenge,
  decodeCreated,
  decodeProblem,
  encodeCreateRequest,
  type Policy,
  type Problem,
  type ProblemCode,
  problems,
  toBase64url,
} from '@pug/wire';
import { dial, hasManyAddresses } from './dial.ts';
import { type Answer, exchange, headerOf, type Request } from './http.ts';
import { newRoomKeys, type RoomKeys } from './keys.ts';
import { demand, describe, masked, Peer } from './peer.ts';
import type { Relay } from './relay.ts';
import { RawSocket, type UpgradeOptions, upgrade } from './websocket.ts';
import { puzzleOf, solve } from './work.ts';

/** Thrown by a scenario that this relay, from here, cannot be asked. */
export class Skipped extends Error {}

export interface Room {
  readonly keys: RoomKeys;
  readonly created: Created;
  readonly request: CreateRequest;
}

export interface Wish {
  readonly ttlSeconds?: number;
  readonly capacity?: number;
  readonly keys?: RoomKeys;
}

export interface JoinOptions {
  readonly owner?: boolean;
  readonly ticket?: Uint8Array;
  readonly localAddress?: string;
}

const createPath = '/api/v1/rooms';
/** Iterations that a client does at most (PW-8). */
const mostEffort = 2 ** 27;
export const json: readonly [string, string] = ['Content-Type', 'application/json'];

export class Trial {
  readonly relay: Relay;
  /** What was said and heard, each line with the milliseconds since the trial began. */
  readonly transcript: string[] = [];
  readonly #peers: Peer[] = [];
  readonly #startedMs = performance.now();

  constructor(relay: Relay) {
    this.relay = relay;
  }

  get policy(): Policy {
    return this.relay.policy;
  }

  note = (line: string): void => {
    const atMs = Math.round(performance.now() - this.#startedMs);
    this.transcript.push(`${String(atMs).padStart(6)} ${masked(line)}`);
  };

  /** Goes on only where `holds`. @throws {Skipped} with what the scenario needs of a relay */
  needs(holds: boolean, what: string): asserts holds {
    if (!holds) throw new Skipped(`needs ${what}`);
  }

  async exchange(request: Request, open?: Socket): Promise<Answer> {
    const answer = await exchange(this.relay.url, request, open);
    this.note(`${request.method ?? 'GET'} ${request.path} → ${answer.status} ${answer.text.slice(0, 200)}`);
    return answer;
  }

  async challenge(): Promise<Challenge> {
    const answer = await this.exchange({ path: '/api/v1/challenge' });
    const challenge = decodeChallenge(answer.text);
    demand(answer.status === 200 && challenge !== null, `HT-3: a challenge is of its form: ${answer.text}`);
    return challenge;
  }

  /** A create request that is right in everything but what `changes` says; its work is done for the values it carries. */
  async request(wish: Wish = {}): Promise<{ request: CreateRequest; keys: RoomKeys; challenge: Challenge }> {
    const challenge = await this.challenge();
    const keys = wish.keys ?? newRoomKeys();
    const { ttlSeconds = this.policy.ttlSeconds.max, capacity = this.policy.capacity.min } = wish;
    const wanted = { token: challenge.token, joinKey: keys.joinKey, ownerKey: keys.ownerKey, ttlSeconds, capacity };
    demand(challenge.effort <= mostEffort, `PW-8: no client does ${challenge.effort} iterations for a room`);
    const solution = await solve(puzzleOf(wanted), challenge.target, challenge.k);
    this.relay.plant(keys.roomId, toBase64url(keys.joinKey), toBase64url(solution));
    return { request: { ...wanted, solution }, keys, challenge };
  }

  /** Sends a create body as it stands. */
  post(body: string | Uint8Array, headers: Request['headers'] = [json], open?: Socket): Promise<Answer> {
    return this.exchange({ method: 'POST', path: createPath, headers, body }, open);
  }

  /** Connections for requests that have to come at once: 200 handshakes of TLS take longer than the relay's work for them. */
  connections(count: number): Promise<Socket[]> {
    return Promise.all(Array.from({ length: count }, () => dial(this.relay.url)));
  }

  /** The room that an answer to a create request announces. */
  created(answer: Answer): Created {
    const created = decodeCreated(answer.text);
    demand(answer.status === 201 && created !== null, `a room is created: ${answer.status} ${answer.text}`);
    return created;
  }

  /** The problem an answer holds, which must be this one and of its form (HT-2). */
  refused(answer: Answer, code: ProblemCode): Problem {
    const problem = decodeProblem(answer.text);
    demand(
      problem?.code === code,
      `the answer is the problem ${code}, not ${answer.status} ${answer.text.slice(0, 200)}`,
    );
    const { status } = problems[code];
    demand(answer.status === status && problem.status === status, `HT-2: ${code} has status ${status}`);
    demand(
      headerOf(answer, 'content-type') === 'application/problem+json',
      'HT-2: a problem is application/problem+json',
    );
    return problem;
  }

  /** A new room. A relay that others keep busy is asked again with the same proof, which stays good (HT-2). */
  async room(wish: Wish = {}): Promise<Room> {
    const { request, keys } = await this.request(wish);
    const body = encodeCreateRequest(request);
    let answer = await this.post(body);
    for (let time = 0; answer.status === 503 && time < 10; time++) {
      await Bun.sleep(250);
      answer = await this.post(body);
    }
    const created = this.created(answer);
    demand(created.roomId === keys.roomId, 'LK-5: the room id is the hash of the join key');
    return { keys, created, request };
  }

  /** An upgraded socket that has heard its hello. */
  async open(options: UpgradeOptions = {}): Promise<Peer> {
    const peer = await this.openSilently(options);
    const hello = await peer.expect({ type: 'hello', protocol: 1 });
    peer.nonce = hello.nonce;
    return peer;
  }

  /** An upgraded socket of which nothing was heard yet. */
  async openSilently(options: UpgradeOptions = {}): Promise<Peer> {
    const raw = await upgrade(this.relay.url, options);
    demand(raw instanceof RawSocket, `/ws is upgraded, not ${describe(raw)}`);
    const peer = new Peer(nameOf(this.#peers.length), raw, this.note);
    this.#peers.push(peer);
    return peer;
  }

  /** A good join message for `peer`'s nonce. */
  joinMessage(peer: Peer, room: Room, options: JoinOptions = {}): Extract<ClientMessage, { type: 'join' }> {
    const { keys } = room;
    const proof = keys.signJoin(peer.nonce);
    this.relay.plant(toBase64url(proof));
    return {
      type: 'join',
      room: keys.roomId,
      joinKey: keys.joinKey,
      proof,
      ...(options.owner && { ownerProof: keys.signOwner(peer.nonce) }),
      ...(options.ticket && { ticket: options.ticket }),
    };
  }

  /** A socket that has asked to join; how that is answered is left to the scenario. */
  async knock(room: Room, options: JoinOptions = {}): Promise<Peer> {
    const { localAddress } = options;
    const peer = await this.open(localAddress === undefined ? {} : { localAddress });
    peer.say(this.joinMessage(peer, room, options));
    return peer;
  }

  /** A new member of `room`. */
  async join(room: Room, options: JoinOptions = {}): Promise<Peer> {
    const peer = await this.knock(room, options);
    const joined = await peer.expect({ type: 'joined' });
    this.relay.plant(toBase64url(joined.ticket));
    return peer;
  }

  /** A room and its first members, the first of them its owner; the joins of the later ones have been heard by all. */
  async gathering(count: number, wish: Wish = {}): Promise<{ room: Room; members: Peer[] }> {
    this.needs(count <= this.policy.capacity.max, `rooms of ${count}`);
    const room = await this.room({ capacity: Math.max(count, this.policy.capacity.min), ...wish });
    const members: Peer[] = [];
    for (let number = 1; number <= count; number++) {
      const member = await this.join(room, { owner: number === 1 });
      await Promise.all(members.map((other) => other.expect({ type: 'join', member: number, owner: false })));
      members.push(member);
    }
    return { room, members };
  }

  /** A local address in a /24 of its own. @throws {Skipped} when the relay is not on this machine */
  address(prefix: number): string {
    this.needs(hasManyAddresses(this.relay.url), 'a relay on this machine without TLS, to speak from many addresses');
    return `127.${1 + (prefix >> 8)}.${prefix & 255}.1`;
  }

  /** Puts every socket away. */
  end(): void {
    for (const peer of this.#peers.splice(0)) peer.raw.cut();
  }
}

/** A, B, … Z, A1, B1, … */
function nameOf(at: number): string {
  return String.fromCharCode(65 + (at % 26)) + (at < 26 ? '' : Math.floor(at / 26));
}
