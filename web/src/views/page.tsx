/** The frame of every screen but the room: mark, heading, one column, and what is one tap away everywhere. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { quickExit } from '../state/keys.ts';
import { words } from '../strings/words.ts';
import pugUrl from '../style/pug.svg';
import asleepUrl from '../style/pug-asleep.svg';
import { Icon } from './icon.tsx';
import { LanguageChoice } from './language.tsx';
import { OpenButton } from './open.tsx';

/** The pug. Its name stands beside it wherever it is a mark and not an ornament. */
export function Pug() {
  return <img class="pug" src={pugUrl} alt="" width="32" height="32" />;
}

/** It tilts its head when something is not as it should be, and sleeps when a room is over. */
type Mood = 'puzzled' | 'asleep';

function MoodPug({ mood }: { mood: Mood }) {
  return <img class={`mood ${mood}`} src={mood === 'asleep' ? asleepUrl : pugUrl} alt="" width="88" height="88" />;
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

interface PageProps {
  heading: string;
  mood?: Mood;
  /** A second column where there is space for one. */
  beside?: ComponentChildren;
  children: ComponentChildren;
}

export function Page({ heading, mood, beside, children }: PageProps) {
  return (
    <div class={beside === undefined ? 'page' : 'page wide'}>
      <header class="brand">
        <Pug />
        <span>{words.value.product}</span>
        <button type="button" class="quiet exit" title={words.value.exit.hint} onClick={quickExit}>
          <Icon name="exit" />
          {words.value.exit.button}
        </button>
      </header>
      <main>
        <div class="column">
          {mood !== undefined && <MoodPug mood={mood} />}
          <Heading>{heading}</Heading>
          {children}
        </div>
        {beside !== undefined && <div class="column">{beside}</div>}
      </main>
      <footer class="page-footer">
        <OpenButton kind="sees" label={words.value.sees.heading} />
        <OpenButton kind="about" label={words.value.about.heading} />
        <LanguageChoice />
      </footer>
    </div>
  );
}
