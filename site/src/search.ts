/** The search index: one entry for each heading of each page, with the text below it. */
import MiniSearch from 'minisearch';
import { options } from './browser/options.ts';
import { textOf } from './html.ts';
import type { Content } from './markdown.ts';
import { addressOf } from './pages.ts';

export interface Found {
  readonly id: string;
  readonly page: string;
  readonly title: string;
  readonly text: string;
}

/** The index as JSON, for the search box to load when somebody begins to search. */
export function searchIndex(pages: readonly (readonly [slug: string, content: Content])[]): string {
  const index = new MiniSearch<Found>(options);
  index.addAll(pages.flatMap(([slug, content]) => entriesOf(slug, content)));
  return JSON.stringify(index);
}

function entriesOf(slug: string, { title, html }: Content): Found[] {
  const [lead = '', ...parts] = html.split(/(?=<h[23] id=")/);
  const head = { id: addressOf(slug), page: title, title, text: textOf(lead) };
  const sections = parts.map((part) => {
    const [, anchor = '', heading = ''] = /^<h[23] id="([^"]+)">(.*?) <a class="self"/.exec(part) ?? [];
    const text = textOf(part.replace(/^<h[23].*<\/h[23]>/, ''));
    return { id: `${addressOf(slug)}#${anchor}`, page: title, title: textOf(heading), text };
  });
  return [head, ...sections];
}
