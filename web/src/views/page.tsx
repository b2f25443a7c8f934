/** The frame of every screen but the room: mark, heading, one column. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { words } from '../strings/words.ts';
import pugUrl from '../style/pug.svg';

/** The pug. Its name stands beside it wherever it is a mark and not an ornament. */
export function Pug() {
  return <img class="pug" src={pugUrl} alt="" width="32" height="32" />;
}

/** A heading that is focused when its screen comes, so that a screen reader begins there. */
export function Heading({ children }: { children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

export function Page({ heading, children }: { heading: string; children: ComponentChildren }) {
  return (
    <div class="page">
      <header class="brand">
        <Pug />
        <span>{words.product}</span>
      </header>
      <main>
        <Heading>{heading}</Heading>
        {children}
      </main>
    </div>
  );
}
