/** The device: clipboard, share sheet, pointer, timers and what it tells about itself. */

/** Copies `text`; false when the browser refuses. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

export const canShare = typeof navigator.share === 'function';

/** Opens the system's share sheet. Closing it without a choice is no failure. */
export async function share(title: string, url: string): Promise<void> {
  try {
    await navigator.share({ title, url });
  } catch {
    // Closed, or no target: the link is still there to be copied.
  }
}

/** Whether a finger points: then Enter on the on-screen keyboard breaks the line. */
export function isTouch(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}

export function isOffline(): boolean {
  return !navigator.onLine;
}

export function isHidden(): boolean {
  return document.visibilityState === 'hidden';
}

/** Calls `run` every `ms` until the result is called. */
export function every(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms);
  return () => clearInterval(timer);
}

/** Calls `run` before the next frame, unless the result is called. */
export function nextFrame(run: () => void): () => void {
  const request = requestAnimationFrame(run);
  return () => cancelAnimationFrame(request);
}

/** Calls `run` when the page has nothing better to do, or soon where the browser cannot tell. */
export function whenIdle(run: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run);
  else setTimeout(run, 200);
}

export interface DeviceListener {
  /** Online again, visible again, back from suspension: a connection may be dead without knowing it (CL-4). */
  woke(): void;
  wentOffline(): void;
  /** Online, offline, shown or hidden: `isOffline` and `isHidden` have new answers. */
  changed(): void;
}

/** Tells what happens to the device, for the life of the page. */
export function watchDevice({ woke, wentOffline, changed }: DeviceListener): void {
  const wakes = () => {
    changed();
    if (!isHidden()) woke();
  };
  addEventListener('online', wakes);
  addEventListener('pageshow', wakes);
  document.addEventListener('visibilitychange', wakes);
  addEventListener('offline', () => {
    changed();
    wentOffline();
  });
}

/** Calls `run` whenever the size of `element` changes, until the result is called. */
export function onResize(element: Element, run: () => void): () => void {
  const observer = new ResizeObserver(run);
  observer.observe(element);
  return () => observer.disconnect();
}

/** The browser's own description, for a bug report that a person copies by hand. */
export function browserName(): string {
  return navigator.userAgent;
}
