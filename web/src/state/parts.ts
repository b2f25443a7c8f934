/** The parts of a text as they are drawn: what is said, and blocks of code. */
import { lazy } from '@pug/core';
import { maxMarked, type Piece, pieces } from './links.ts';

export type Part =
  | { readonly kind: 'prose'; readonly pieces: readonly Piece[] }
  /**
   * `label` is what was written behind the opening fence. It is shown: nothing of a text is kept from its readers. `code` is all of it, to
   * be copied, and `shown` what is drawn.
   */
  | { readonly kind: 'code_block'; readonly label: string; readonly code: string; readonly shown: string };

/** A fence stands on a line of its own. */
const opening = /^(`{3,})([^`]*)$/u;
const closing = /^`{3,}[ \t]*$/u;

/** Up to this many lines and characters a text is shown whole at once. */
const shortLines = 30;
const shortCharacters = 2_500;

const largeEmoji = 6;
/** Something that is in every emoji, and in few texts. */
const someEmoji = /[\p{Emoji_Presentation}\p{Extended_Pictographic}\p{Regional_Indicator}]|\u20e3/u;
/**
 * A few emoji and nothing else: a list of thousands. Written as a string, because the syntax of its `v` flag would stop older browsers from
 * reading the file.
 */
const onlyEmoji = lazy(() => new RegExp(`^(?:\\p{RGI_Emoji}\\s*){1,${largeEmoji}}$`, 'v'));
/** The longest emoji has 15 units (a family with skin tones); white space between is no reason to look further. */
const longestEmoji = largeEmoji * 20;

/** Splits a text into its parts, in order, as far as its beginning `shown` goes. A fence that is never closed is plain text. */
export function partsOf(text: string, shown = text): Part[] {
  const found: Part[] = [];
  const lines = text.split('\n');
  const drawn = shown.split('\n');
  let proseAt = 0;
  // No later fence closes one this long: a text of nothing but openings is not searched once for each of them.
  let unclosed = Number.POSITIVE_INFINITY;
  for (let at = 0; at < drawn.length && found.length < maxMarked; at++) {
    const [, ticks] = opening.exec(lines[at] ?? '') ?? [];
    if (ticks === undefined || ticks.length >= unclosed) continue;
    const end = lines.findIndex((line, n) => n > at && line.startsWith(ticks) && closing.test(line));
    if (end < 0) {
      unclosed = ticks.length;
      continue;
    }
    addProse(found, drawn.slice(proseAt, at));
    const label = (drawn[at] ?? '').slice(ticks.length).trim();
    const [code = '', shownCode = ''] = [lines, drawn].map((from) => from.slice(at + 1, end).join('\n'));
    found.push({ kind: 'code_block', label, code, shown: shownCode });
    proseAt = end + 1;
    at = end;
  }
  addProse(found, drawn.slice(proseAt), shown !== text);
  return found;
}

function addProse(parts: Part[], lines: readonly string[], isCut = false): void {
  const text = lines.join('\n');
  if (text.trim() === '') return;
  const found = pieces(text);
  const last = found.at(-1);
  // Half an address is another one.
  if (isCut && last?.kind === 'link') found[found.length - 1] = { kind: 'text', text: last.text };
  parts.push({ kind: 'prose', pieces: found });
}

/** Whether a text is a few emoji, which are shown large. */
export function isEmoji(text: string): boolean {
  return text.length <= longestEmoji && someEmoji.test(text) && onlyEmoji().test(text.trim());
}

/** As much of a long text as is drawn before somebody asks for all of it: more than is in sight then. */
export function beginningOf(text: string): string {
  const start = text.slice(0, shortCharacters).split('\n', shortLines).join('\n');
  // Not half a character.
  return start.isWellFormed() ? start : start.slice(0, -1);
}

/** Whether a text is so long that it is shown whole only on request: else one message could push all others away. */
export function isLong(text: string): boolean {
  if (text.length > shortCharacters) return true;
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines > shortLines;
}
