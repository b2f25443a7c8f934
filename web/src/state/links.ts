/** Finds links in what people write. Nothing here or anywhere makes markup of a text: the result is drawn as text nodes and anchors. */

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** `text` is what is shown: the address as written, or its plain form where the host looks different from what it is. */
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

const candidate = /https?:\/\/[^\s<>"'`{}|\\^\u2018-\u201f]+/giu;
const trailing = /[.,;:!?*_~…]$/u;
const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[' };

/** Punctuation that closes the sentence and not the address; a bracket stays when it was opened inside. */
function withoutSentence(raw: string): string {
  let text = raw;
  for (;;) {
    const last = text.at(-1) ?? '';
    const opening = pairs[last];
    const isUnpaired = opening !== undefined && text.split(opening).length < text.split(last).length;
    if (!trailing.test(text) && !isUnpaired) return text;
    text = text.slice(0, -1);
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

/** Splits a text into plain pieces and links, in order; put together again they show the whole text. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(candidate)) {
    const raw = withoutSentence(match[0]);
    const link = linkFrom(raw);
    if (link === null) continue;
    if (match.index > at) found.push({ kind: 'text', text: text.slice(at, match.index) });
    found.push(link);
    at = match.index + raw.length;
  }
  if (at < text.length) found.push({ kind: 'text', text: text.slice(at) });
  return found;
}
