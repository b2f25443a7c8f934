/** What happened to the connections, for a bug report: kinds, codes and times since the start, nothing that names a room or a person. */
import { protocolVersion } from '@pug/wire';
import type { Platform } from './api.ts';

const maxEntries = 100;

export type JournalEvent = 'opening' | 'opened' | 'joined' | 'closed' | 'dropped' | 'waiting' | 'ended' | 'woken';

export class Journal {
  readonly #platform: Platform;
  readonly #startedAtMs: number;
  readonly #entries: string[] = [];
  #unopenedFrames = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#startedAtMs = platform.now();
  }

  /** `detail` is a close code or a word of a closed list, never a peer's text. */
  note(event: JournalEvent, detail: string | number = ''): void {
    const seconds = ((this.#platform.now() - this.#startedAtMs) / 1000).toFixed(1);
    this.#entries.push(`${seconds} s ${event} ${detail}`.trimEnd());
    if (this.#entries.length > maxEntries) this.#entries.shift();
  }

  /** CR-6: a frame that does not open, or may not be believed, changes nothing of the room but this count. */
  unopened(): void {
    this.#unopenedFrames++;
  }

  text(): string {
    const head = [`protocol ${protocolVersion}`, `frames ignored: ${this.#unopenedFrames}`];
    return [...head, ...this.#entries].join('\n');
  }
}
