/** Two people in a room of their own who have done nothing: whatever happens elsewhere, they must be able to talk. */
import { randomBytes } from 'node:crypto';
import type { Peer } from './peer.ts';
import type { Relay } from './relay.ts';
import { Trial } from './trial.ts';
import { opcodes, webSocketFrame } from './websocket.ts';

export class Neighbours {
  readonly trial: Trial;
  readonly #members: readonly Peer[];
  readonly #heartbeat: ReturnType<typeof setInterval>;

  private constructor(trial: Trial, members: readonly Peer[]) {
    this.trial = trial;
    this.#members = members;
    const pauseMs = (trial.policy.idleTimeoutSeconds * 1000) / 4;
    this.#heartbeat = setInterval(() => {
      // Of the WebSocket, not of the protocol: its answer is not among the things a member hears.
      for (const member of members) member.raw.write(webSocketFrame(opcodes.ping, Buffer.alloc(0)));
    }, pauseMs);
  }

  static async moveIn(relay: Relay): Promise<Neighbours> {
    const trial = new Trial(relay);
    const { members } = await trial.gathering(2);
    return new Neighbours(trial, members);
  }

  /** Each says something and both hear both. @returns the milliseconds from saying to hearing, the slower of the two */
  async talk(): Promise<number> {
    this.trial.transcript.length = 0;
    const startedMs = performance.now();
    for (const member of this.#members) {
      const text = randomBytes(24).toString('base64url');
      this.trial.relay.plant(text);
      member.send(text);
      for (const listener of this.#members) {
        await listener.expectFrame({ member: member.number, payload: text });
      }
    }
    return performance.now() - startedMs;
  }

  moveOut(): void {
    clearInterval(this.#heartbeat);
    this.trial.end();
  }
}
