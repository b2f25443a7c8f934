/** The log as it is drawn: blocks of lines, so that a new line redraws one block and the page never holds more than a few of them. */

import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Line, Pending } from '@pug/client';

/** A line and its place among the others. */
export interface Entry {
  readonly line: Line;
  /** Another author than before, or another minute. */
  readonly startsGroup: boolean;
  /** Another day than before, where this device is: the day is written above it. */
  readonly startsDay: boolean;
  /** Whether nobody else was in the room when it came: a text that was sent and that nobody read. */
  readonly alone: boolean;
  /** Tells two people of one name apart (CR-16); null until it is known, and for lines about nobody. */
  readonly tag: string | null;
}

export interface Block {
  readonly key: number;
  readonly entries: Signal<readonly Entry[]>;
}

/** Own texts that are not in the room yet, drawn together below the blocks. */
export interface Waiting {
  readonly key: number;
  readonly texts: readonly Pending[];
}

/** What is drawn at once: so little that it fits into a frame also on a slow phone. */
export const blockLines = 2;
/** 75 blocks of 2: at most 150 lines are on the page. A step up moves all of them, and on a slow phone 300 took three frames too long in a hundred. */
export const shownBlocks = 75;
/** So many are drawn at once where the reader jumps to; the others follow one by one, a frame each. */
const firstBlocks = 6;
/** So many are taken away at once. */
const goneBlocks = 40;
/** As many lines as a session keeps. */
const keptBlocks = 2_500;
const minuteMs = 60_000;

export interface Log {
  readonly blocks: Signal<readonly Block[]>;
  readonly waiting: ReadonlySignal<readonly Waiting[]>;
  /** One past the last block shown while the reader looks at earlier lines; null while the newest are shown. */
  readonly heldEnd: Signal<number | null>;
  /** Whether the reader looks at earlier lines. Unlike the end, it does not change with each step. */
  readonly isHeld: ReadonlySignal<boolean>;
  /** How many blocks are on the page at most: all that may be, but for a moment after a jump. */
  readonly depth: Signal<number>;
  /** Whether the reader is on the way back to the newest lines: what is on the page goes first. */
  readonly returning: Signal<boolean>;
  /** How many texts of others came while the reader looked elsewhere. */
  readonly below: Signal<number>;
}

export function emptyLog(pending: ReadonlySignal<readonly Pending[]> = signal([])): Log {
  const heldEnd = signal<number | null>(null);
  return {
    blocks: signal([]),
    waiting: computed(() => inBlocks(pending.value)),
    heldEnd,
    isHeld: computed(() => heldEnd.value !== null),
    depth: signal(shownBlocks),
    returning: signal(false),
    below: signal(0),
  };
}

/** Which texts are drawn together never changes: those that are left stay as they are when the first was sent. */
function inBlocks(pending: readonly Pending[]): readonly Waiting[] {
  const blocks = new Map<number, Pending[]>();
  for (const text of pending) {
    const key = Math.floor(text.key / blockLines);
    blocks.set(key, [...(blocks.get(key) ?? []), text]);
  }
  return Array.from(blocks, ([key, texts]) => ({ key, texts }));
}

/** Only texts that one author wrote in one minute of the clock belong together: the time above a group is that of all its texts. */
function startsGroup(before: Line | undefined, line: Line): boolean {
  if (before?.kind !== 'text' || line.kind !== 'text') return true;
  return before.member !== line.member || before.name !== line.name || minuteOf(before.atMs) !== minuteOf(line.atMs);
}

function minuteOf(atMs: number): number {
  return Math.floor(atMs / minuteMs);
}

function startsDay(before: Line | undefined, line: Line): boolean {
  return before !== undefined && dayOf(before) !== dayOf(line);
}

/** A gap belongs to the day on which it began. */
function dayOf(line: Line): string {
  return new Date(timeOf(line)).toDateString();
}

export function timeOf(line: Line): number {
  return line.kind === 'gap' ? line.fromMs : line.atMs;
}

/** Adds a line at the end. The oldest block goes when there are more than a session keeps. */
export function append({ blocks, heldEnd }: Log, line: Line, { alone, tag }: Pick<Entry, 'alone' | 'tag'>): void {
  const last = blocks.value.at(-1);
  const before = last?.entries.value.at(-1)?.line;
  const entry: Entry = {
    line,
    startsGroup: startsGroup(before, line),
    startsDay: startsDay(before, line),
    alone,
    tag,
  };
  if (last !== undefined && last.entries.value.length < blockLines) {
    last.entries.value = [...last.entries.value, entry];
    return;
  }
  const block: Block = { key: line.key, entries: signal([entry]) };
  const dropped = blocks.value.length >= keptBlocks ? 1 : 0;
  blocks.value = [...blocks.value.slice(dropped), block];
  if (heldEnd.value !== null) heldEnd.value = Math.max(heldEnd.value - dropped, 1);
}

/** Puts a changed line in the place of the one with its key, and groups it and the next one anew. */
export function replace({ blocks }: Log, line: Line): void {
  const all = blocks.value;
  const at = all.findLastIndex((block) => block.key <= line.key);
  const block = all[at];
  if (block === undefined) return;
  let before = all[at - 1]?.entries.value.at(-1)?.line;
  block.entries.value = block.entries.value.map((entry) => {
    const current = entry.line.key === line.key ? line : entry.line;
    const starts = startsGroup(before, current);
    before = current;
    return current === entry.line && starts === entry.startsGroup
      ? entry
      : { ...entry, line: current, startsGroup: starts };
  });
}

/** Puts the tag of `member` on its lines that came before it was known. */
export function tagLines({ blocks }: Log, member: number, tag: string): void {
  const lacks = ({ line, tag }: Entry) => tag === null && 'member' in line && line.member === member;
  for (const { entries } of blocks.value) {
    if (entries.value.some(lacks))
      entries.value = entries.value.map((entry) => (lacks(entry) ? { ...entry, tag } : entry));
  }
}

/** What is on the page, and whether there is more on either side. */
export interface Shown {
  readonly blocks: readonly Block[];
  readonly waiting: readonly Waiting[];
  readonly earlier: boolean;
  readonly later: boolean;
  /** Whether there were lines before all that are kept. */
  readonly isCut: boolean;
}

export function shown(log: Log): Shown {
  const [blocks, waiting] = [log.blocks.value, log.waiting.value];
  const end = endOf(log);
  const start = Math.max(0, end - log.depth.value);
  const below = (at: number) => Math.max(0, at - blocks.length);
  return {
    blocks: blocks.slice(start, end),
    waiting: waiting.slice(below(start), below(end)),
    earlier: start > 0,
    later: end < countOf(log),
    // The keys of lines ascend from 1.
    isCut: (blocks[0]?.key ?? 1) > 1,
  };
}

/** Changes with what is on the page only: what comes elsewhere draws nothing anew. */
export function watchShown(log: Log): ReadonlySignal<Shown> {
  let last: Shown | undefined;
  return computed(() => {
    const now = shown(log);
    if (last === undefined || !isSame(last, now)) last = now;
    return last;
  });
}

function isSame(one: Shown, other: Shown): boolean {
  const parts = ({ blocks, waiting, earlier, later, isCut }: Shown) => [earlier, later, isCut, ...blocks, ...waiting];
  const others = parts(other);
  return parts(one).length === others.length && parts(one).every((part, at) => part === others[at]);
}

function countOf({ blocks, waiting }: Log): number {
  return blocks.value.length + waiting.value.length;
}

/** One past the last block shown. A text that was sent leaves one block and comes into another, which may make them fewer. */
function endOf(log: Log): number {
  const count = countOf(log);
  return Math.min(log.heldEnd.value ?? count, count);
}

/** Holds the page where it is, so that nothing moves under a reader. */
export function hold(log: Log): void {
  log.heldEnd.value ??= countOf(log);
}

/** Moves one block up. */
export function showEarlier(log: Log): void {
  if (isDrawing(log)) drawMore(log);
  else log.heldEnd.value = Math.max(Math.min(shownBlocks, countOf(log)), endOf(log) - 1);
}

/** Moves one block down. */
export function showLater(log: Log): void {
  if (log.heldEnd.value !== null) log.heldEnd.value = Math.min(countOf(log), endOf(log) + 1);
}

/** Back to the newest lines: at once when they are near, and otherwise step by step, because also taking away 150 lines takes its time. */
export function showNewest(log: Log): void {
  const { heldEnd, returning, below } = log;
  const awayBlocks = countOf(log) - endOf(log);
  batch(() => {
    if (awayBlocks < firstBlocks) heldEnd.value = null;
    else returning.value = true;
    below.value = 0;
  });
}

/** Whether there is a next step: to take away what the reader leaves, or to draw what may be on the page and is not yet. */
export function isDrawing({ depth, returning }: Log): boolean {
  // Both are read, so that whoever waits for a change of either hears of it.
  const isShort = depth.value < shownBlocks;
  return returning.value || isShort;
}

/** The next step: fewer of the blocks that the reader leaves, then the newest, then one block more above them. */
export function drawMore(log: Log): void {
  const { heldEnd, depth, returning } = log;
  batch(() => {
    if (!returning.value) depth.value = shown(log).earlier ? depth.value + 1 : shownBlocks;
    else if (depth.value > firstBlocks) depth.value = Math.max(firstBlocks, depth.value - goneBlocks);
    else {
      heldEnd.value = null;
      returning.value = false;
    }
  });
}
