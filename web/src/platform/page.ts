/** The page as a document: its title, its focus, and how it ends. */

export function setTitle(title: string): void {
  document.title = title;
}

/** Marks the page as started: the script for old browsers stays quiet (CL-13). */
export function markStarted(): void {
  document.documentElement.setAttribute('data-started', '');
}

/** Calls `run` when people see the page. A hidden page is never painted: then it is not called. */
export function onFirstPaint(run: () => void): void {
  const observer = new PerformanceObserver((list) => {
    if (list.getEntriesByName('first-contentful-paint').length === 0) return;
    observer.disconnect();
    run();
  });
  observer.observe({ type: 'paint', buffered: true });
}

/** Calls `run` when the next frame has been made, before anybody sees it. A hidden page makes none: then it is not called. */
export function afterFrame(run: () => void): void {
  requestAnimationFrame(() => {
    // A message to oneself comes right after the frame that is being made.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      run();
    };
    port2.postMessage(null);
  });
}

/** The languages this device asks for, best first, as BCP 47 tags. */
export function deviceLanguages(): readonly string[] {
  return navigator.languages;
}

export function setLanguage(tag: string, direction: 'ltr' | 'rtl'): void {
  document.documentElement.lang = tag;
  document.documentElement.dir = direction;
}

/** The size in bytes of the source as the server offers it; null where nothing was built (`npm run dev`). */
export function sourceBytes(): number | null {
  const bytes = document.querySelector<HTMLMetaElement>('meta[name="source-bytes"]')?.content;
  return bytes === undefined ? null : Number(bytes);
}

/** Where the views are drawn. */
export function root(): HTMLElement {
  const element = document.getElementById('app');
  if (element === null) throw new Error('the page has no #app');
  return element;
}

/** Whether nothing has the focus: a key that is pressed goes nowhere. */
export function isFocusFree(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

const ask = (event: BeforeUnloadEvent) => event.preventDefault();

/** CL-12: while in a room, closing or reloading the page asks first. */
export function askBeforeUnload(asks: boolean): void {
  if (asks) addEventListener('beforeunload', ask);
  else removeEventListener('beforeunload', ask);
}

/** Calls `end` when the page goes away, empties it, and starts anew should the browser bring it back from memory. */
export function onPageEnd(end: () => void): void {
  addEventListener('pagehide', () => {
    end();
    document.body.replaceChildren();
    document.title = '';
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.replace('/');
  });
}

/** Empties the page at once, however long the next one takes, and goes there in its place: nothing leads back. */
export function leaveFor(address: string): void {
  document.body.replaceChildren();
  document.title = '';
  location.replace(address);
}

/** The engine keeps the last text in which an expression found something (RegExp.lastMatch). Finding nothing in nothing takes its place. */
export function forgetLastMatch(): void {
  /^/.test('');
}

const noHelpers = {
  autocomplete: 'off',
  autocapitalize: 'sentences',
  autocorrect: 'off',
  spellcheck: 'false',
  translate: 'no',
  writingsuggestions: 'false',
  'data-gramm': 'false',
  'data-1p-ignore': '',
  'data-lpignore': 'true',
};

/**
 * Keeps helpers that send text away or write it down (spell checkers, translators, session files) off a field. Set as attributes, because
 * the properties of the same names take other values in each browser.
 */
export function keepPrivate(field: HTMLElement | null): void {
  if (field === null) return;
  for (const [name, value] of Object.entries(noHelpers)) field.setAttribute(name, value);
}
