/**
 * The first module of the page. CL-1: the fragment is read once and taken out of the address bar before anything else runs, and is kept in
 * this one variable until it is taken.
 */
let fragment = location.hash;
history.replaceState(null, '', location.pathname);

/** Whether this is the address of a link (LK-1), with or without its fragment. */
export const isLinkAddress = location.pathname === '/r' || fragment !== '';

/** The text after `#` that the page was opened with, once; the second call gives nothing. */
export function takeFragment(): string {
  const taken = fragment;
  fragment = '';
  return taken;
}

/** Calls `run` with the fragment when a link is opened in this very tab, which loads no new page. It is taken out of the address bar first. */
export function onFragment(run: (fragment: string) => void): void {
  addEventListener('hashchange', () => {
    const arrived = location.hash;
    if (arrived === '') return;
    history.replaceState(null, '', location.pathname);
    run(arrived);
  });
}

/** Puts the link back into the address bar, or takes it out: the setting "keep the link in the address bar". */
export function showInAddressBar(fragmentText: string | null): void {
  history.replaceState(null, '', fragmentText === null ? location.pathname : `/r#${fragmentText}`);
}

/** Away from the address of a link: what is reloaded now is the start page. */
export function leaveLinkAddress(): void {
  history.replaceState(null, '', '/');
}

/** The link that people send (LK-1). */
export function linkOf(fragmentText: string): string {
  return `${location.origin}/r#${fragmentText}`;
}
