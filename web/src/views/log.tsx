/** The log: at most 150 lines on the page, kept at the newest unless the reader has scrolled away. */

import { useSignalEffect } from '@preact/signals';
import { maxLines, type Pending } from '@pug/client';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { nextFrame, onResize } from '../platform/device.ts';
import { isFocusFree } from '../platform/page.ts';
import {
  type Block,
  drawMore,
  hold,
  isDrawing,
  type Log,
  showEarlier,
  showLater,
  showNewest,
  shown,
  watchShown,
} from '../state/log.ts';
import { troubleOf } from '../state/notices.ts';
import { circumstancesOf, type Room } from '../state/room.ts';
import { words } from '../strings/words.ts';
import { Icon } from './icon.tsx';
import { drawLine, drawText, list, listItem, tellTime } from './message.tsx';
import { OpenButton } from './open.tsx';

const nearEndPx = 80;

export function LogView({ room }: { room: Room }) {
  const { log } = room;
  const scroller = useScrolling(log);
  const now = useMemo(() => watchShown(log), [log]).value;
  // A button that brought the last there was is gone: the focus stays with the lines.
  useEffect(() => {
    if (log.isHeld.value && isFocusFree()) scroller.current?.focus({ preventScroll: true });
  }, [now.earlier, now.later]);
  const isQuiet = room.pending.value.length === 0 && !now.earlier && !now.blocks.some(hasText);
  return (
    <div class="log-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls what has the focus, and Safari gives it to no region by itself. */}
      <section class="log" ref={scroller} aria-label={words.value.room.log} tabIndex={0}>
        <div class="lines">
          {now.isCut && <p class="event">{words.value.room.cut(maxLines)}</p>}
          {now.earlier && (
            <button type="button" class="quiet" onClick={({ currentTarget }) => goEarlier(log, currentTarget)}>
              {words.value.room.earlier}
            </button>
          )}
          {/* One list for a screen reader, whatever is drawn together. */}
          <div {...list} class="list" onPointerOver={tellTime}>
            {now.blocks.map((block, at) => (
              <BlockView key={block.key} block={block} isNewest={!now.later && at === now.blocks.length - 1} />
            ))}
            {now.waiting.map(({ key, texts }) => (
              <WaitingBlock key={`waiting ${key}`} texts={texts} room={room} />
            ))}
          </div>
          {now.later && (
            <button type="button" class="quiet" onClick={() => showLater(log)}>
              {words.value.room.later}
            </button>
          )}
          {isQuiet && <Quiet room={room} />}
        </div>
      </section>
      <ToNewest log={log} />
    </div>
  );
}

function hasText({ entries }: Block): boolean {
  return entries.value.some(({ line }) => line.kind === 'text');
}

/** Keeps the newest line in sight while the reader is there, and otherwise the lines that are read where they are, whatever changes around them. */
function useScrolling(log: Log) {
  const scroller = useRef<HTMLElement>(null);
  const heights = useRef('');
  const place = useRef<Place | null>(null);
  const settle = () => {
    const element = scroller.current;
    if (element === null) return;
    if (!log.isHeld.peek()) element.scrollTop = element.scrollHeight;
    else if (place.current !== null) restore(element, place.current);
    heights.current = heightsOf(element);
  };
  // The end needs no such haste: what has grown is noticed before it is painted.
  useLayoutEffect(() => {
    if (log.isHeld.peek()) settle();
  });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const noteScroll = () => {
      // The reader scrolls what stays as it is. When a height has changed, it was a new line, the composer or the keyboard.
      if (!log.isHeld.peek() && heights.current !== heightsOf(element)) return settle();
      follow(log, element);
      const now = log.isHeld.peek() ? placeOf(element) : null;
      // Less than a pixel is what was rounded when the place was kept: it would add up.
      if (now === null || !isNear(now, place.current)) place.current = now;
    };
    element.addEventListener('scroll', noteScroll, { passive: true });
    const stops = [element, element.firstElementChild ?? element].map((watched) => onResize(watched, settle));
    return () => {
      element.removeEventListener('scroll', noteScroll);
      for (const stop of stops) stop();
    };
  }, [log]);
  useSignalEffect(() => {
    if (!log.isHeld.value) settle();
  });
  useSignalEffect(() => (isDrawing(log) ? nextFrame(() => drawMore(log)) : undefined));
  return scroller;
}

/** Shows what the reader is coming to, one screen before it is reached. */
function follow(log: Log, { scrollTop, scrollHeight, clientHeight }: Element): void {
  const fromEndPx = scrollHeight - scrollTop - clientHeight;
  const { earlier, later } = shown(log);
  if (fromEndPx > nearEndPx) hold(log);
  else if (!later) showNewest(log);
  // What is being drawn comes by itself, a step a frame.
  if (isDrawing(log)) return;
  if (earlier && scrollTop < clientHeight) showEarlier(log);
  else if (later && fromEndPx < clientHeight) showLater(log);
}

/** Whoever presses the button with the keyboard may have it out of sight: earlier lines are where it stands, and come when it is reached. */
function goEarlier(log: Log, button: Element): void {
  const before = button.getBoundingClientRect().top;
  button.scrollIntoView({ block: 'nearest' });
  if (button.getBoundingClientRect().top === before) showEarlier(log);
}

/** A line, and how far below the upper edge it stands. */
interface Place {
  readonly line: Element;
  readonly topPx: number;
}

/** The first line in sight. */
function placeOf(scroller: Element): Place | null {
  const edgePx = scroller.getBoundingClientRect().top;
  const isBelow = (element: Element) => element.getBoundingClientRect().bottom > edgePx;
  const blocks = scroller.getElementsByClassName('block');
  // Each look takes time, and there are many blocks: half of those that are left, and so on.
  let [at, end] = [0, blocks.length];
  while (at < end) {
    const middle = (at + end) >> 1;
    const last = blocks[middle]?.lastElementChild;
    if (last && isBelow(last)) end = middle;
    else at = middle + 1;
  }
  const line = [...(blocks[at]?.children ?? [])].find(isBelow);
  return line ? { line, topPx: line.getBoundingClientRect().top - edgePx } : null;
}

function isNear(one: Place, other: Place | null): boolean {
  return one.line === other?.line && Math.abs(one.topPx - other.topPx) < 1;
}

function restore(scroller: Element, { line, topPx }: Place): void {
  if (!line.isConnected) return;
  const movedPx = line.getBoundingClientRect().top - scroller.getBoundingClientRect().top - topPx;
  if (Math.abs(movedPx) >= 1) scroller.scrollTop += movedPx;
}

function heightsOf({ scrollHeight, clientHeight }: Element): string {
  return `${scrollHeight} ${clientHeight}`;
}

/** Reads its own lines only: a new line redraws one block. */
function BlockView({ block, isNewest }: { block: Block; isNewest: boolean }) {
  return <div class={isNewest ? 'block newest' : 'block'}>{block.entries.value.map(drawLine)}</div>;
}

function WaitingBlock({ texts, room }: { texts: readonly Pending[]; room: Room }) {
  const { waiting, waitingForOthers, sending, notSent } = words.value.room;
  const isConnected = troubleOf(circumstancesOf(room)) === null;
  const state = !isConnected ? waiting : room.view.value?.admitted ? sending : waitingForOthers;
  return (
    <div class="block">
      {texts.map((pending) => (
        <div key={pending.key} {...listItem} class="message own first pending">
          <p class="author">{pending.state === 'not_sent' ? notSent : state}</p>
          {drawText({ text: pending.text })}
        </div>
      ))}
    </div>
  );
}

/** What a room says while there is nobody to talk to, or nothing said yet. */
function Quiet({ room }: { room: Room }) {
  const isAlone = (room.view.value?.members.length ?? 0) < 2;
  return (
    <div class="quiet-room">
      <h2>{isAlone ? words.value.room.emptyHeading : words.value.room.quietHeading}</h2>
      <p>{isAlone ? words.value.room.empty : words.value.room.quiet}</p>
      {isAlone && <OpenButton kind="share" label={words.value.room.inviteNow} look="main-action" />}
    </div>
  );
}

function ToNewest({ log }: { log: Log }) {
  if (!log.isHeld.value) return null;
  const n = log.below.value;
  return (
    <button type="button" class="to-newest" onClick={() => showNewest(log)}>
      <Icon name="down" />
      {n === 0 ? words.value.room.newest : words.value.room.below(n)}
    </button>
  );
}
