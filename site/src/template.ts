/** The page around a text. No script or style stands in it: the policy it is served under (HT-10) allows none. */
import { escapeHtml } from './html.ts';
import type { Content, Heading } from './markdown.ts';
import { addressOf, type PageEntry, type Section } from './pages.ts';

/** What is the same on all pages. */
export interface Frame {
  readonly sections: readonly Section[];
  readonly style: string;
  readonly script: { readonly path: string; readonly integrity: string };
  readonly logo: string;
  readonly index: string;
  /** Where "Open the app" leads. */
  readonly app: string;
}

export function pageOf(frame: Frame, entry: PageEntry, content: Content): string {
  const title = entry.slug === 'index' ? 'Pug Network: documentation' : `${content.title} – Pug Network`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" type="image/svg+xml" href="${frame.logo}">
<link rel="stylesheet" href="${frame.style}">
<script type="module" crossorigin integrity="${frame.script.integrity}" src="${frame.script.path}"></script>
</head>
<body>
<a class="skip" href="#content">Skip to the text</a>
${header(frame)}
<div class="columns">
<main id="content">
<h1>${escapeHtml(content.title)}</h1>
${contents(content.headings)}${content.html}${neighbours(frame.sections, entry)}</main>
${navigation(frame.sections, entry)}
</div>
<footer>
<p>Made from <code>${escapeHtml(entry.source)}</code> of the same tree as the software. AGPL-3.0-or-later.</p>
</footer>
</body>
</html>
`;
}

function header({ logo, app, index }: Frame): string {
  return `<header>
<a class="brand" href="${addressOf('index')}"><img src="${logo}" alt="" width="32" height="32">Pug Network <span>Docs</span></a>
<a class="menu" href="#pages">All pages</a>
<div class="search" role="search" hidden data-index="${index}">
<input type="search" aria-label="Search these pages" placeholder="Search" autocomplete="off" spellcheck="false">
<p class="found" role="status"></p>
<ol class="results"></ol>
</div>
<a class="app" href="${escapeHtml(app)}">Open the app</a>
</header>`;
}

/** A list of what is on a page, where there is enough of it to get lost. */
function contents(headings: readonly Heading[]): string {
  if (headings.length < 5) return '';
  const items = headings.map(
    ({ anchor, text, level }) => `<li class="level-${level}"><a href="#${anchor}">${escapeHtml(text)}</a></li>`,
  );
  return `<details class="contents"><summary>On this page</summary><ul>${items.join('')}</ul></details>\n`;
}

function navigation(sections: readonly Section[], here: PageEntry): string {
  const link = ({ slug, name }: PageEntry) =>
    `<li><a href="${addressOf(slug)}"${slug === here.slug ? ' aria-current="page"' : ''}>${escapeHtml(name)}</a></li>`;
  const parts = sections.map(({ name, pages }) => `<h2>${escapeHtml(name)}</h2><ul>${pages.map(link).join('')}</ul>`);
  return `<nav class="pages" id="pages" aria-label="All pages">\n${parts.join('\n')}\n</nav>`;
}

function neighbours(sections: readonly Section[], here: PageEntry): string {
  const all = sections.flatMap(({ pages }) => pages);
  const at = all.findIndex(({ slug }) => slug === here.slug);
  const link = (page: PageEntry | undefined, rel: string, word: string) =>
    page === undefined
      ? ''
      : `<a rel="${rel}" href="${addressOf(page.slug)}"><small>${word}</small>${escapeHtml(page.name)}</a>`;
  const links = link(all[at - 1], 'prev', 'Before') + link(all[at + 1], 'next', 'Next');
  return `<nav class="neighbours" aria-label="Neighbouring pages">${links}</nav>\n`;
}
