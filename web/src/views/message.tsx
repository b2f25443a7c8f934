/** One line of the log. Text is text nodes and elements, never markup. */
import { useSignal } from '@preact/signals';
import type { Line } from '@pug/client';
import type { ComponentChildren } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { sentenceOf } from '../state/line.ts';
import type { Piece } from '../state/links.ts';
import { type Entry, timeOf } from '../state/log.ts';
import { nameOf } from '../state/name.ts';
import { isEmoji, isLong, type Part, partsOf } from '../state/parts.ts';
import { words } from '../strings/words.ts';
import { CopyButton } from './copy.tsx';
import { Icon } from './icon.tsx';
import { Named, Told } from './tag.tsx';

/** What the relay did wrong, what cannot be trusted any more, and what is only missing. */
const looks: Partial<Record<Line['kind'], string>> = {
  dropped: 'warning',
  forked: 'warning',
  different: 'warning',
  uncompared: 'warning mild',
  gap: 'gap',
};

type TextLine = Extract<Line, { kind: 'text' }>;

/** Drawn once: the lines around a new one stay as they are. */
export function LogLine({ entry }: { entry: Entry }) {
  return useMemo(
    () => (
      <>
        {entry.startsDay && <Day atMs={timeOf(entry.line)} />}
        {entry.line.kind === 'text' ? (
          <Message line={entry.line} entry={entry} />
        ) : (
          <Event line={entry.line} tag={entry.tag} />
        )}
      </>
    ),
    [entry],
  );
}

function Event({ line, tag }: { line: Exclude<Line, TextLine>; tag: string | null }) {
  return (
    <li class={`event ${looks[line.kind] ?? ''}`}>
      <span>
        <Told sentence={sentenceOf(line, tag)} />
      </span>{' '}
      {line.kind !== 'gap' && <Time atMs={line.atMs} />}
    </li>
  );
}

function Message({ line, entry: { startsGroup, alone, tag } }: { line: TextLine; entry: Entry }) {
  const who = line.own ? { name: words.value.room.you, tag: null } : { name: nameOf(line.name, line.member), tag };
  return (
    <li class={`message ${line.own ? 'own' : 'other'} ${startsGroup ? 'first' : ''}`}>
      <p class={startsGroup ? 'author' : 'author unseen'}>
        <Named who={who} /> <Time atMs={line.atMs} />
      </p>
      <MessageText text={line.text} title={words.value.exactTime(line.atMs)}>
        {line.own && !alone && (
          <span class="state" role="img" aria-label={words.value.room.sent} title={words.value.room.sent}>
            <Icon name="check" />
          </span>
        )}
      </MessageText>
      {line.own && alone && <p class="nobody">{words.value.room.nobody}</p>}
    </li>
  );
}

interface MessageTextProps {
  text: string;
  /** Shown when a pointer rests on it. */
  title?: string;
  /** What lies on the bubble. */
  children?: ComponentChildren;
}

export function MessageText({ text, title, children }: MessageTextProps) {
  const parts = useMemo(() => partsOf(text), [text]);
  const isWhole = useSignal(!isLong(text));
  const shown = useRef<HTMLDivElement>(null);
  return (
    <>
      <div class="bubble">
        <div
          ref={shown}
          class={`text ${isEmoji(text) ? 'emoji' : ''} ${isWhole.value ? '' : 'long'}`}
          title={title}
          tabIndex={isLong(text) ? -1 : undefined}
        >
          {parts.map((part, at) => (
            <PartView key={`${at}`} part={part} />
          ))}
        </div>
        {children}
      </div>
      {!isWhole.value && (
        <button
          type="button"
          class="quiet whole"
          onClick={() => {
            isWhole.value = true;
            // The button goes: what it showed is what is read next.
            shown.current?.focus({ preventScroll: true });
          }}
        >
          {words.value.room.whole}
        </button>
      )}
    </>
  );
}

function PartView({ part }: { part: Part }) {
  if (part.kind === 'code_block') return <CodeBlock label={part.label} code={part.code} />;
  return (
    <p dir="auto">
      {part.pieces.map((piece, at) => (
        <PieceView key={`${at}`} piece={piece} />
      ))}
    </p>
  );
}

/** Links and code have a direction of their own, or the text around could turn them into something else. */
function PieceView({ piece }: { piece: Piece }) {
  if (piece.kind === 'text') return piece.text;
  if (piece.kind === 'code') return <code dir="auto">{piece.text}</code>;
  return (
    <a dir="ltr" href={piece.href} target="_blank" rel="noreferrer noopener nofollow">
      {piece.text}
    </a>
  );
}

function CodeBlock({ label, code }: { label: string; code: string }) {
  return (
    <figure class="code-block">
      <figcaption>
        <bdi>{label === '' ? words.value.room.code : label}</bdi>
        <CopyButton
          text={() => code}
          label={words.value.room.copyCode}
          copied={words.value.room.codeCopied}
          failed={words.value.menu.copyFailed}
        />
      </figcaption>
      <pre dir="ltr">
        <code>{code}</code>
      </pre>
    </figure>
  );
}

function Day({ atMs }: { atMs: number }) {
  return (
    <li class="day">
      <time datetime={new Date(atMs).toISOString()}>{words.value.day(atMs)}</time>
    </li>
  );
}

function Time({ atMs }: { atMs: number }) {
  return (
    <time datetime={new Date(atMs).toISOString()} title={words.value.exactTime(atMs)}>
      {words.value.time(atMs)}
    </time>
  );
}
