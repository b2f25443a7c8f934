/** The outgoing half of one connection: one thing after the other, sealed, numbered and paced. */
import { type RoomKeys, sealNumbered } from '@pug/core';
import {
  type ClientMessage,
  encodeClientFrame,
  encodeClientMessage,
  equalBytes,
  type Policy,
  type ServerFrame,
} from '@pug/wire';
import type { Platform } from './api.ts';
import { newPacer, spend, waitMs } from './pacer.ts';

const nonceBytes = 12;

/** Something to say: to the relay, or to members under the next counter (CR-5). */
export type Task = { readonly kind: 'control'; readonly message: ClientMessage } | FrameTask;

export interface FrameTask {
  readonly kind: 'frame';
  /** 0 is everybody. */
  readonly to: number;
  readonly type: number;
  /** How long the frame gets, at most: its turn is waited for before it is made. */
  readonly lengthBytes: number;
  /** The body, made when its turn has come; null when there is nothing to send after all. */
  readonly spell: () => Promise<Uint8Array | null>;
  /** Told the counter that the frame goes out under. */
  readonly sealed?: (counter: number) => void;
}

export interface SenderOptions {
  readonly platform: Platform;
  readonly policy: Policy;
  readonly keys: RoomKeys;
  /** The own number in this membership. */
  readonly member: number;
  /** Takes the next task off whatever waits; null when nothing does. */
  readonly next: () => Task | null;
  readonly transmit: (data: string | Uint8Array) => void;
  /** Told that a task could not be made: nothing more is sent. */
  readonly onFault: () => void;
}

export class Sender {
  readonly #options: SenderOptions;
  #pacer;
  #counter = 0;
  #running = false;
  #stopped = false;
  /** Payloads to everybody that have not come back. */
  readonly #awaited: Uint8Array[] = [];
  #cancelWait = (): void => {};

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#pacer = newPacer(options.policy, options.platform.now());
  }

  /** Something may wait to be sent. */
  pump(): void {
    if (!this.#running && !this.#stopped) void this.#run();
  }

  /** Goes at once, and counts. */
  ping(): void {
    this.#transmit(encodeClientMessage({ type: 'ping' }));
  }

  /** Whether this came under the own number and is not what comes back next: own frames to everybody do, in their order, each as it went and once (SK-9). */
  isFalseEcho({ seq, member, payload }: ServerFrame): boolean {
    if (member !== this.#options.member) return false;
    const next = seq > 0 ? this.#awaited.shift() : undefined;
    return next === undefined || !equalBytes(next, payload);
  }

  /** What was taken and not yet transmitted is not sent. */
  stop(): void {
    this.#stopped = true;
    this.#cancelWait();
  }

  /**
   * One at a time, so that counters leave in order although sealing takes a while. What waited for the pace is sealed after that: whoever
   * left meanwhile must not be able to read it, whoever was let in must.
   */
  async #run(): Promise<void> {
    this.#running = true;
    try {
      for (let task = this.#next(); task !== null; task = this.#next()) {
        if (task.kind === 'frame') {
          if (await this.#turn(task.lengthBytes)) await this.#say(task);
        } else {
          const data = encodeClientMessage(task.message);
          if (await this.#turn(data.length)) this.#transmit(data);
        }
      }
    } catch {
      this.#options.onFault();
    } finally {
      this.#running = false;
    }
  }

  /** What waits when this connection has ended is for the next one to take. */
  #next(): Task | null {
    return this.#stopped ? null : this.#options.next();
  }

  async #say(task: FrameTask): Promise<void> {
    const { platform, keys, member } = this.#options;
    const body = await task.spell();
    if (body === null) return;
    const counter = ++this.#counter;
    task.sealed?.(counter);
    const sender = { frameKey: keys.frameKey, roomIdBytes: keys.roomIdBytes, member };
    const nonce = platform.random(nonceBytes);
    const payload = await sealNumbered({ ...sender, nonce, type: task.type, counter, body });
    if (this.#stopped) return;
    if (task.to === 0) this.#awaited.push(payload);
    this.#transmit(encodeClientFrame({ to: task.to, payload }));
  }

  /** Whether the turn of a message of this length came before the end (CL-11). */
  async #turn(lengthBytes: number): Promise<boolean> {
    const { platform } = this.#options;
    for (;;) {
      if (this.#stopped) return false;
      const ms = waitMs(this.#pacer, platform.now(), lengthBytes);
      if (ms === 0) return true;
      await this.#wait(ms);
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((done) => {
      const cancel = this.#options.platform.after(ms, done);
      this.#cancelWait = () => {
        cancel();
        done();
      };
    });
  }

  #transmit(data: string | Uint8Array): void {
    this.#pacer = spend(this.#pacer, this.#options.platform.now(), data.length);
    this.#options.transmit(data);
  }
}
