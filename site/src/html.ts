/** Small pieces of HTML. Everything that comes from outside a template goes through `escapeHtml`. */

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** The name of a heading's anchor, as forges make it too: lower case, hyphens, nothing else. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

/** The text of an HTML fragment, for the search index. */
export function textOf(html: string): string {
  return html
    .replace(/<(svg|title)\b[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Calls `change` for the text between tags, but for what stands inside one of the elements named. */
export function changeText(html: string, except: readonly string[], change: (text: string) => string): string {
  let inside = 0;
  return html
    .split(/(<[^>]+>)/)
    .map((part) => {
      const [, close, name = ''] = /^<(\/?)([a-z0-9]+)/i.exec(part) ?? [];
      if (close === undefined) return inside === 0 ? change(part) : part;
      if (except.includes(name)) inside += close === '' ? 1 : -1;
      return part;
    })
    .join('');
}
