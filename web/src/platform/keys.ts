/** Keys that work wherever the focus is. */

export interface KeyListener {
  /** Escape twice. */
  exit(): void;
  /** The others say whether they did something; the browser's own meaning of the keys is then left out. */
  share(): boolean;
  leave(): boolean;
  list(): boolean;
}

/** Two presses further apart are two times Escape, each for what is open. */
const twiceMs = 500;

/** Calls `on` for as long as the page lives. Before anything on the page hears the key, so that nothing can swallow it. */
export function watchKeys(on: KeyListener): void {
  let escapedAtMs = Number.NEGATIVE_INFINITY;
  const hear = (event: KeyboardEvent) => {
    if (event.isComposing || event.repeat) return;
    if (event.key === 'Escape') {
      if (event.timeStamp - escapedAtMs < twiceMs) on.exit();
      escapedAtMs = event.timeStamp;
      return;
    }
    const act = actionOf(event, on);
    if (act?.()) event.preventDefault();
  };
  addEventListener('keydown', hear, { capture: true });
}

function actionOf(event: KeyboardEvent, on: KeyListener): (() => boolean) | null {
  const key = event.key.toLowerCase();
  const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey;
  if (isCommand && !event.shiftKey && key === 'k') return on.share;
  if (isCommand && event.shiftKey && key === 'l') return on.leave;
  // Whether with Shift or without depends on where the keyboard has it.
  return isCommand && key === '/' ? on.list : null;
}
