/**
 * How the page gets its late parts: scripts of their own, fetched when they are needed. Trusted Types let no script name the address of
 * another; a copy of the element that came with the page carries its address and its `integrity` (HT-10).
 */
import type { RatchetMaker } from '@pug/core';
import type { generate } from 'lean-qr/nano';
import type { Words } from '../strings/words.ts';

export interface Parts {
  readonly ratchet: (random: (length: number) => Uint8Array) => Promise<RatchetMaker>;
  readonly de: Words;
  readonly qr: typeof generate;
}

declare global {
  var pugParts: Partial<Parts> | undefined;
}

/** A script that takes longer counts as not delivered; whoever asks again fetches it again. */
const patienceMs = 20_000;

const fetching = new Map<keyof Parts, Promise<unknown>>();

/** Called by a part's own script. */
export function handOver(parts: Partial<Parts>): void {
  globalThis.pugParts = { ...globalThis.pugParts, ...parts };
}

/** Rejects when it does not arrive within 20 s. */
export function takeOver<Name extends keyof Parts>(name: Name): Promise<Parts[Name]> {
  const known = fetching.get(name);
  // What was put there under this name was fetched under it.
  if (known !== undefined) return known as Promise<Parts[Name]>;
  const part = fetchPart(name).catch((error: unknown) => {
    fetching.delete(name);
    throw error;
  });
  fetching.set(name, part);
  return part;
}

function fetchPart<Name extends keyof Parts>(name: Name): Promise<Parts[Name]> {
  return new Promise((resolve, reject) => {
    const kept = document.querySelector<HTMLTemplateElement>(`template#${name}`)?.content.firstElementChild;
    const script = kept && document.importNode(kept, true);
    const done = (): void => {
      clearTimeout(timer);
      script?.remove();
      const part = globalThis.pugParts?.[name];
      if (part) resolve(part);
      else reject(new Error(`the part ${name} has not arrived`));
    };
    const timer = setTimeout(done, patienceMs);
    script?.addEventListener('load', done);
    script?.addEventListener('error', done);
    if (script) document.head.append(script);
  });
}
