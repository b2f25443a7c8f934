/** Names and texts of other people are untrusted (CR-7): what may be shown of them. */
import { lazy } from './lazy.ts';
import { maxNameBytes, utf8Bytes } from './message.ts';

/** Graphemes of a name that are shown. */
export const maxNameGraphemes = 32;

const maxMarksInARow = 4;

/**
 * Scripts in which a joiner or non-joiner (U+200D, U+200C) inside a word is spelling: without it Persian, Urdu, Bengali, Malayalam, Sinhala
 * and others are misspelt (Unicode Standard Annex 31, section 2.3).
 */
const joiningScripts = [
  ...['Arabic', 'Syriac', 'Mongolian', 'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya'],
  ...['Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Khmer', 'Myanmar', 'Tibetan'],
];
const joining = joiningScripts.map((script) => `\\p{Script_Extensions=${script}}`).join('');

/** Invisible characters that are part of something visible: emoji and words of joining scripts. */
const kept = [
  // The flags of England, Scotland and Wales: a black flag and a tag of 3 to 6 invisible letters.
  '\\u{1F3F4}[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]{3,6}\\u{E007F}',
  // Emoji or text form of an emoji, and keycaps.
  '(?<=\\p{Extended_Pictographic})[\\uFE0E\\uFE0F]',
  '(?<=[0-9#*])\\uFE0F(?=\\u20E3)',
  // Emoji made of several.
  '(?<=\\p{Extended_Pictographic}\\uFE0F?|\\p{Emoji_Modifier})\\u200D(?=\\p{Extended_Pictographic})',
  // Looks ahead before it looks back: from every mark of a text of marks, looking back takes seconds.
  `(?=[\\u200C\\u200D])(?<=(?=[${joining}])\\p{L}\\p{M}*)[\\u200C\\u200D]`,
].join('|');

/** Controls, and everything that takes no room: bidirectional overrides and isolates, zero-width characters, fillers, tags. */
const hidden = '[\\p{Cc}\\p{Default_Ignorable_Code_Point}]';

const keptOrHiddenInTexts = lazy(() => new RegExp(`(${kept}|[\\n\\t])|${hidden}`, 'gu'));
/** A name is one line: line feeds, tabs and the Unicode line and paragraph separators go, too. */
const keptOrHiddenInNames = lazy(() => new RegExp(`(${kept})|${hidden}|[\\u2028\\u2029]`, 'gu'));

/** A mark and the joiner that may stand after it. */
const mark = '\\p{M}[\\u200C\\u200D]?';
const tooManyMarks = lazy(() => new RegExp(`((?:${mark}){${maxMarksInARow}})(?:${mark})+`, 'gu'));

/** Printable ASCII has nothing to hide or to compose, and each is a grapheme and a byte. What else finds that out is slow to get ready. */
const plain = /^[ -~]*$/;

/**
 * Something to see: marks, private and unassigned characters alone are not, nor the letters and symbols that fonts draw as nothing (the braille
 * blank, the object replacement character, the null notehead, two blanks among the hieroglyphs). An emoji may be newer than the platform.
 */
const visible = lazy(
  () => /(?![\u2800\uFFFC\u{1D159}\u{13441}\u{13442}])[\p{L}\p{N}\p{P}\p{S}\p{Extended_Pictographic}]/u,
);

const graphemes = lazy(() => new Intl.Segmenter('en', { granularity: 'grapheme' }));

/** A text as it may be shown or sent. It may be empty: then nothing visible was in it. */
export function cleanText(text: string): string {
  return clean(text, keptOrHiddenInTexts);
}

/** A name as it may be shown or sent: one line, at most 32 graphemes and 64 bytes of UTF-8, with something to see, or empty. */
export function cleanName(name: string): string {
  const shown = cut(oneLine(name));
  return plain.test(shown) || visible().test(shown) ? shown : '';
}

/** Whether `cleanName` would leave out the end of this name. */
export function isNameTooLong(name: string): boolean {
  const line = oneLine(name);
  return cut(line) !== line;
}

function oneLine(name: string): string {
  return clean(name, keptOrHiddenInNames).replace(/\s+/gu, ' ').trim();
}

function cut(line: string): string {
  if (plain.test(line)) return line.slice(0, maxNameGraphemes).trim();
  let shown = '';
  let count = 0;
  for (const { segment } of graphemes().segment(line)) {
    if (++count > maxNameGraphemes || utf8Bytes(shown + segment) > maxNameBytes) break;
    shown += segment;
  }
  return shown.trim();
}

/** Removing one thing can bring two others together, so it is repeated until nothing changes: cleaning is done after once. */
function clean(text: string, keptOrHidden: () => RegExp): string {
  if (plain.test(text)) return text;
  let before = text.toWellFormed();
  for (;;) {
    const visible = before.replace(keptOrHidden(), (_all, part: string | undefined) => part ?? '');
    const after = visible.normalize('NFC').replace(tooManyMarks(), '$1');
    if (after === before) return after;
    before = after;
  }
}
