/** How long the work will take on this device, measured on the work itself; a person is asked when that is long (PW-8). */
import { iterationsPerTry } from '@pug/wire';
import type { Platform } from './api.ts';
import { type Cancellation, unlessCancelled } from './cancellation.ts';
import { tryingAtOnce } from './solver.ts';

/** A person is asked before work that lasts longer (PW-8). */
export const longWorkMs = 10_000;
/** Measured over this long: more than twice the tick of the coarsest clock of a browser. */
export const measureMs = 250;
/** And over so many tries: one that happens to wait for a busy device says nothing of the others. */
const measureTries = 8;
/** Before it is measured, the speed of a middling phone stands for it. */
const assumedIterationsPerMs = 2_500;

export interface GaugeOptions {
  readonly platform: Platform;
  readonly signal: Cancellation;
  /** Of the whole work, in PBKDF2 iterations. */
  readonly effort: number;
  readonly confirmLongWork: (expectedMs: number) => Promise<boolean>;
  readonly onMeasured: () => void;
}

export class Gauge {
  readonly #options: GaugeOptions;
  #startedAtMs: number;
  #expectedMs: number;
  #measured = false;
  #declined = false;
  #asking: Promise<void> | null = null;

  constructor(options: GaugeOptions) {
    this.#options = options;
    this.#startedAtMs = options.platform.now();
    this.#expectedMs = options.effort / assumedIterationsPerMs;
  }

  get expectedMs(): number {
    return this.#expectedMs;
  }

  /** Since the work began, without the time a person took to answer. */
  get elapsedMs(): number {
    return Math.max(0, this.#options.platform.now() - this.#startedAtMs);
  }

  /** The work was called off, or a person would not wait for it. */
  get aborted(): boolean {
    return this.#declined || this.#options.signal.aborted;
  }

  /** Before a try, `tries` having begun: a promise while a person is being asked. */
  check(tries: number): Promise<void> | null {
    const done = tries - tryingAtOnce;
    if (this.#measured || done < measureTries || this.elapsedMs < measureMs) return this.#asking;
    this.#measured = true;
    this.#expectedMs = (this.elapsedMs / done) * (this.#options.effort / iterationsPerTry);
    this.#options.onMeasured();
    if (this.#expectedMs > longWorkMs) this.#asking = this.#ask();
    return this.#asking;
  }

  async #ask(): Promise<void> {
    const { platform, signal, confirmLongWork } = this.#options;
    const askedAtMs = platform.now();
    this.#declined = (await unlessCancelled(signal, confirmLongWork(this.#expectedMs))) !== true;
    this.#startedAtMs += platform.now() - askedAtMs;
    this.#asking = null;
  }
}
