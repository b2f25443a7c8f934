/** Finds links and code in what people write. Nothing here or anywhere makes markup of a text: the result is drawn as text nodes and elements. */

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** `text` is what is shown: the address as written, or its plain form where the host looks different from what it is. */
  | { readonly kind: 'link'; readonly text: string; readonly href: string }
  /** Between backticks, which are not part of it. */
  | { readonly kind: 'code'; readonly text: string };

/** One pass finds both, and whichever begins first counts: what stands in code is no link. */
const candidate = /(?<!`)(`{1,3})(?!`)([^`\n]+)\1(?!`)|https?:\/\/[^\s<>"'`{}|\\^\u2018-\u201f]+/giu;
const trailing = new Set('.,;:!?*_~…');
const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[' };

/** So many links and code spans of one text are drawn; the rest stays plain. A text can hold 1,800, and a page 150 texts. */
export const maxMarked = 100;

/** Punctuation that closes the sentence and not the address; a bracket stays when it was opened inside. */
function withoutSentence(raw: string): string {
  let end = raw.length;
  const balance = new Map<string, number>();
  for (const character of raw) balance.set(character, (balance.get(character) ?? 0) + 1);
  for (;;) {
    const last = raw[end - 1] ?? '';
    const opening = pairs[last];
    const isUnpaired = opening !== undefined && (balance.get(opening) ?? 0) < (balance.get(last) ?? 0);
    if (!trailing.has(last) && !isUnpaired) return raw.slice(0, end);
    balance.set(last, (balance.get(last) ?? 0) - 1);
    end--;
  }
}

/** The link that `raw` is, or null: only http and https, no user name before the host, host shown as it is looked up. */
function linkFrom(raw: string): Piece | null {
  if (!URL.canParse(raw)) return null;
  const url = new URL(raw);
  if (!/^https?:$/.test(url.protocol)) return null;
  if (url.username !== '' || url.password !== '' || url.hostname === '') return null;
  const written = raw.slice(raw.indexOf('//') + 2).split(/[/?#]/, 1)[0] ?? '';
  return { kind: 'link', text: written.toLowerCase() === url.host ? raw : url.href, href: url.href };
}

/** Splits a text into plain pieces, links and code, in order. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  let marked = 0;
  for (const match of text.matchAll(candidate)) {
    const [whole, , code] = match;
    const raw = code === undefined ? withoutSentence(whole) : whole;
    const piece: Piece | null = code === undefined ? linkFrom(raw) : { kind: 'code', text: code };
    if (piece === null) continue;
    if (++marked > maxMarked) break;
    if (match.index > at) found.push({ kind: 'text', text: text.slice(at, match.index) });
    found.push(piece);
    at = match.index + raw.length;
  }
  if (at < text.length) found.push({ kind: 'text', text: text.slice(at) });
  return found;
}
