/** File descriptors: how many sockets they allow (OP-15), and what to do when there is none left (OP-13). */
import { closeSync, openSync } from 'node:fs';

/** For the runtime's own files, the listeners, and requests that are no sockets. */
const reserve = 64;

/** As many must be free before connections are accepted again, so that the relay does not stop and start with each that ends. */
const enough = 32;

/**
 * @param limits the text of /proc/self/limits; null where there is none
 * @returns the number of sockets below both limits, at least one
 */
export function maxSocketsWithin(maxSockets: number, limits: string | null): number {
  const soft = Number(/^Max open files\s+(\d+)/m.exec(limits ?? '')?.[1] ?? Number.POSITIVE_INFINITY);
  return Math.max(1, Math.min(maxSockets, soft - reserve));
}

export interface Pausable {
  /** Accepts no more connections, and keeps those there are. */
  readonly pause: () => void;
  /** Accepts again. @throws when the address cannot be listened on now */
  readonly resume: () => void;
}

/**
 * Pauses listeners while no descriptor is free. The runtime would ask the kernel for the waiting connection as fast as it can, be refused each
 * time, and use up a whole core.
 */
export class DescriptorWatch {
  readonly #listeners: readonly Pausable[];
  readonly #paused: () => void;
  readonly #probe: string;
  #isPaused = false;

  /**
   * @param paused called whenever it pauses
   * @param probe the file that is opened to see whether it can be
   */
  constructor(listeners: readonly Pausable[], paused: () => void, probe = '/dev/null') {
    this.#listeners = listeners;
    this.#paused = paused;
    this.#probe = probe;
  }

  /** To be called several times a second. */
  look(): void {
    if (this.#isPaused) this.#resume();
    else if (!areFree(1, this.#probe)) this.#pause();
  }

  #pause(): void {
    this.#isPaused = true;
    for (const listener of this.#listeners) listener.pause();
    this.#paused();
  }

  #resume(): void {
    if (!areFree(enough, this.#probe)) return;
    try {
      for (const listener of this.#listeners) listener.resume();
      this.#isPaused = false;
    } catch {
      // The address is taken or a descriptor is missing after all: the next look tries again.
    }
  }
}

/** What says that this process, or the whole machine, has none left. */
const noneLeft = new Set(['EMFILE', 'ENFILE']);

/** Whether so many descriptors can be had. */
function areFree(count: number, probe: string): boolean {
  const open: number[] = [];
  try {
    while (open.length < count) open.push(openSync(probe, 'r'));
    return true;
  } catch (error) {
    // A machine without /dev/null, or one that forbids it, must not stop the relay from accepting.
    return !(error instanceof Error && 'code' in error && noneLeft.has(String(error.code)));
  } finally {
    for (const descriptor of open) closeSync(descriptor);
  }
}
