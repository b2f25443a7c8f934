// A room of people who only want to talk, and how long each word of theirs takes.
import { createRoom, type Keys, Peer } from '../peer.ts';

const members = 10;
/** Each speaks at 12.5 words a second, below the 20 that are allowed; together they are heard every 8 ms. */
const wordGapMs = 8;
const wordBytes = 200;

export class Innocent {
  readonly keys: Keys;
  readonly #origin: string;
  readonly #peers: readonly Peer[];

  private constructor(origin: string, keys: Keys, peers: readonly Peer[]) {
    this.#origin = origin;
    this.keys = keys;
    this.#peers = peers;
  }

  static async in(origin: string): Promise<Innocent> {
    const room = await createRoom(origin, { capacity: members + 1 });
    const peers: Peer[] = [];
    for (let member = 0; member < members; member++) peers.push(await Peer.joined(origin, room));
    const [listener] = peers;
    if (listener === undefined) throw new Error('unreachable: there are ten');
    // The listener hears nine others join; after that, only words.
    for (let joined = 1; joined < members; joined++) await listener.nextMessage('join');
    return new Innocent(origin, room, peers);
  }

  /** Talks for a while. @returns how long each word took to the first member, in milliseconds */
  async talk(ms: number): Promise<readonly number[]> {
    const [listener, ...speakers] = this.#peers;
    const tookMs: number[] = [];
    const endMs = performance.now() + ms;
    for (let turn = 0; performance.now() < endMs; turn++) {
      const startedMs = performance.now();
      speakers[turn % speakers.length]?.say(new Uint8Array(wordBytes));
      // In between it may hear who comes and goes.
      while ((await listener?.next())?.kind === 'message');
      const tookOneMs = performance.now() - startedMs;
      tookMs.push(tookOneMs);
      for (const peer of this.#peers) peer.received.fill({ kind: 'message', message: { type: 'pong' } });
      await Bun.sleep(Math.max(0, wordGapMs - tookOneMs));
    }
    return tookMs;
  }

  /** Somebody comes into the room and leaves again: it still lets people in. */
  async letsIn(): Promise<void> {
    const guest = await Peer.joined(this.#origin, this.keys);
    await guest.close();
    for (const type of ['join', 'leave'] as const) await this.#peers[0]?.nextMessage(type);
  }

  leave(): void {
    for (const peer of this.#peers) peer.socket.terminate();
  }
}
