/**
 * How the page gets the ratchet: a script of its own, fetched once the page has painted. Trusted Types let no script name the address of
 * another; a copy of the element that came with the page carries its address and its `integrity` (HT-10).
 */
import type { RatchetMaker } from '@pug/core';

export type LoadRatchet = (random: (length: number) => Uint8Array) => Promise<RatchetMaker>;

declare global {
  var pugRatchet: LoadRatchet | undefined;
}

/** A script that takes longer counts as not delivered; whoever asks again fetches it again. */
const patienceMs = 20_000;

let fetching: Promise<LoadRatchet> | null = null;

/** Called by the ratchet's script. */
export function handOver(load: LoadRatchet): void {
  globalThis.pugRatchet = load;
}

/** Begins to fetch it when people see the page. A hidden page is never painted: then joining fetches it. */
export function fetchAfterPaint(): void {
  const observer = new PerformanceObserver((list) => {
    if (list.getEntriesByName('first-contentful-paint').length === 0) return;
    observer.disconnect();
    // Whoever needs it hears of the failure.
    void takeOver().catch(() => undefined);
  });
  observer.observe({ type: 'paint', buffered: true });
}

/** Rejects when it does not arrive within 20 s. */
export function takeOver(): Promise<LoadRatchet> {
  fetching ??= fetchRatchet().catch((error: unknown) => {
    fetching = null;
    throw error;
  });
  return fetching;
}

function fetchRatchet(): Promise<LoadRatchet> {
  return new Promise((resolve, reject) => {
    const kept = document.querySelector<HTMLTemplateElement>('#ratchet')?.content.firstElementChild;
    const script = kept && document.importNode(kept, true);
    const done = (): void => {
      clearTimeout(timer);
      script?.remove();
      if (globalThis.pugRatchet) resolve(globalThis.pugRatchet);
      else reject(new Error('the ratchet has not arrived'));
    };
    const timer = setTimeout(done, patienceMs);
    script?.addEventListener('load', done);
    script?.addEventListener('error', done);
    if (script) document.head.append(script);
  });
}
