/** One line of the log. Text is text nodes and elements, never markup. */
import { useSignal } from '@preact/signals';
import type { Line } from '@pug/client';
import type { ComponentChildren } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { platform } from '../platform/relay.ts';
import { sentenceOf } from '../state/line.ts';
import type { Piece } from '../state/links.ts';
import { type Entry, timeOf } from '../state/log.ts';
import { nameOf } from '../state/name.ts';
import { beginningOf, isEmoji, isLong, type Part, partsOf } from '../state/parts.ts';
import type { Who } from '../strings/sentence.ts';
import { words } from '../strings/words.ts';
import { CopyButton } from './copy.tsx';
import { Icon } from './icon.tsx';
import { named, told } from './tag.tsx';

/** What the relay did wrong, what cannot be trusted any more, and what is only missing. */
const looks: Partial<Record<Line['kind'], string>> = {
  dropped: 'warning',
  forked: 'warning',
  different: 'warning',
  equal: 'warning settled',
  uncompared: 'warning mild',
  gap: 'gap',
};

/** Of one list, with the blocks between it and its lines: there are no elements for that. */
export const list = { role: 'list' } as const;
export const listItem = { role: 'listitem' } as const;

type TextLine = Extract<Line, { kind: 'text' }>;

/**
 * A line, and above it the day when it is the first of one. What it is made of are functions and no components: each of those takes time to
 * come and to go, 150 times on a page.
 */
export function drawLine(entry: Entry) {
  const { line, startsDay, tag } = entry;
  const drawn = line.kind === 'text' ? drawMessage(line, entry) : drawEvent(line, tag);
  return startsDay ? [drawDay(timeOf(line)), drawn] : drawn;
}

function drawEvent(line: Exclude<Line, TextLine>, tag: string | null) {
  // A gap names its times.
  const atMs = line.kind === 'gap' ? undefined : line.atMs;
  return (
    <div key={line.key} {...listItem} class={`event ${looks[line.kind] ?? ''}`} data-at={atMs}>
      <span>{told(sentenceOf(line, tag))}</span> {atMs !== undefined && drawTime(atMs)}
    </div>
  );
}

function drawMessage(line: TextLine, { startsGroup, alone, tag }: Entry) {
  const who = line.own ? { name: words.value.room.you, tag: null } : { name: nameOf(line.name, line.member), tag };
  return (
    <div
      key={line.key}
      {...listItem}
      class={`message ${line.own ? 'own' : 'other'} ${startsGroup ? 'first' : ''}`}
      data-at={line.atMs}
    >
      {startsGroup ? drawAuthor(who, line.atMs) : drawUnseenAuthor(who, line.atMs)}
      {drawText({
        text: line.text,
        children: line.own && !alone && (
          <span class="state" role="img" title={words.value.room.sent}>
            {Icon({ name: 'check' })}
          </span>
        ),
      })}
      {line.own && alone && <p class="nobody">{words.value.room.nobody}</p>}
    </div>
  );
}

function drawAuthor(who: Who, atMs: number) {
  return (
    <p class="author">
      {named(who)} {drawTime(atMs)}
    </p>
  );
}

/** The same for a screen reader alone, in one piece: most lines have one, and each element takes its time. */
function drawUnseenAuthor({ name, tag }: Who, atMs: number) {
  return <p class="author unseen">{`${name} ${tag ?? ''} ${words.value.time(atMs)}`}</p>;
}

interface Said {
  text: string;
  /** What lies on the bubble. */
  children?: ComponentChildren;
}

export function drawText(said: Said) {
  const { text, children } = said;
  if (isLong(text)) return <LongText {...said} />;
  return (
    <div class="bubble">
      <div class={isEmoji(text) ? 'text emoji' : 'text'}>{partsOf(text).map(drawPart)}</div>
      {children}
    </div>
  );
}

function LongText({ text, children }: Said) {
  const isWhole = useSignal(false);
  const parts = useMemo(() => partsOf(text, isWhole.value ? text : beginningOf(text)), [text, isWhole.value]);
  const shown = useRef<HTMLDivElement>(null);
  return (
    <>
      <div class="bubble">
        <div ref={shown} class={isWhole.value ? 'text' : 'text long'} tabIndex={-1}>
          {parts.map(drawPart)}
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

function drawPart(part: Part, at: number) {
  const key = `${at}`;
  if (part.kind === 'code_block') return <CodeBlock key={key} part={part} />;
  return (
    <p key={key} dir="auto">
      {part.pieces.map(drawPiece)}
    </p>
  );
}

/** Links and code have a direction of their own, or the text around could turn them into something else. */
function drawPiece(piece: Piece, at: number) {
  const key = `${at}`;
  if (piece.kind === 'text') return piece.text;
  if (piece.kind === 'code') {
    return (
      <code key={key} dir="auto">
        {piece.text}
      </code>
    );
  }
  return (
    <a key={key} dir="ltr" href={piece.href} target="_blank" rel="noreferrer noopener nofollow">
      {piece.text}
    </a>
  );
}

function CodeBlock({ part: { label, code, shown } }: { part: Extract<Part, { kind: 'code_block' }> }) {
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
        <code>{shown}</code>
      </pre>
    </figure>
  );
}

function drawDay(atMs: number) {
  return (
    <div {...listItem} class="day">
      <time datetime={new Date(atMs).toISOString()}>{words.value.day(atMs)}</time>
    </div>
  );
}

function drawTime(atMs: number) {
  return <time datetime={new Date(atMs).toISOString()}>{words.value.time(atMs)}</time>;
}

/**
 * Puts the exact time, and how long ago that was, into the title of what a pointer comes to: a text, or the time beside it. Made whenever a
 * line is drawn, it would be work for each of them, and old when it is read.
 */
export function tellTime({ target }: Event): void {
  if (!(target instanceof Element)) return;
  const told = target.closest<HTMLElement>('.text, time');
  const at = told?.closest<HTMLElement>('.message, .event')?.dataset.at;
  if (told && at !== undefined) told.title = words.value.exactTime(Number(at), platform.now());
}
