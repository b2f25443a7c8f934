/** Where a link of a Markdown file leads on the site, and whether everything it names is there. */
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';

export type Target =
  | { readonly kind: 'page'; readonly slug: string; readonly anchor: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'outside'; readonly url: string }
  | { readonly kind: 'missing'; readonly path: string };

export interface Links {
  readonly root: string;
  /** Path of a Markdown file → its page. */
  readonly slugs: ReadonlyMap<string, string>;
}

/** Judges `href` as it stands in the file `source` (a path from the root). */
export function targetOf({ root, slugs }: Links, source: string, href: string): Target {
  if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return { kind: 'outside', url: href };
  const [path = '', anchor = ''] = href.split('#');
  const file = path === '' ? source : posix.normalize(posix.join(posix.dirname(source), path)).replace(/\/$/, '');
  const slug = slugs.get(file);
  if (slug !== undefined) return { kind: 'page', slug, anchor };
  return existsSync(join(root, file)) ? { kind: 'file', path: file } : { kind: 'missing', path: file };
}

/** A link as the built pages have it, from the page it stands on. */
export interface InnerLink {
  readonly from: string;
  readonly slug: string;
  readonly anchor: string;
}

/** The links that lead to no page or to no anchor of it, each in one line. */
export function brokenLinks(links: readonly InnerLink[], anchors: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return links.flatMap(({ from, slug, anchor }) => {
    const known = anchors.get(slug);
    if (known === undefined) return [`${from}: there is no page ${slug}`];
    return anchor === '' || known.has(anchor) ? [] : [`${from}: ${slug} has no anchor #${anchor}`];
  });
}
