/** Markdown to the HTML of a page: anchors for headings and rules, links that lead to pages, pictures drawn in place. */
import { Marked, type Tokens } from 'marked';
import { anchorOf, changeText, escapeHtml, textOf } from './html.ts';
import type { InnerLink, Target } from './links.ts';
import { addressOf } from './pages.ts';

const rule = /^[A-Z]{2}-\d+$/;
const ruleMention = /\b[A-Z]{2}-\d+\b/g;

export interface Heading {
  readonly level: number;
  readonly anchor: string;
  readonly text: string;
}

const unbroken = 'class="whole" ';

/** Longer code in a line may break anywhere; what is shorter stays whole, so that no flag is torn from its dashes. */
const longCode = 20;

/** A page's content. `html` is without the first heading, which is `title`. */
export interface Content {
  readonly title: string;
  readonly html: string;
  readonly headings: readonly Heading[];
  readonly anchors: ReadonlySet<string>;
  readonly links: readonly InnerLink[];
  readonly outside: readonly string[];
}

/** What the page around a text has to say about it. */
export interface Surroundings {
  readonly slug: string;
  readonly target: (href: string) => Target;
  /** The page that defines a rule, or undefined. */
  readonly pageOfRule: (id: string) => string | undefined;
  /** The HTML of a picture named in this file. */
  readonly picture: (href: string, alt: string) => string;
}

/** Renders one page. Throws, naming the page, on a link to nothing and on HTML in the text. */
export function render(text: string, around: Surroundings): Content {
  const page = new Page(around);
  const html = page.render(text);
  const { title, headings, anchors, links, outside } = page;
  if (title === '') throw new Error(`${around.slug}: no first heading`);
  return { title, html, headings, anchors, links, outside };
}

class Page {
  title = '';
  readonly headings: Heading[] = [];
  readonly anchors = new Set<string>();
  readonly links: InnerLink[] = [];
  readonly outside: string[] = [];
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  render(text: string): string {
    const page = this;
    const marked = new Marked({ gfm: true });
    marked.use({
      renderer: {
        heading(token) {
          return page.#heading(token.depth, this.parser.parseInline(token.tokens));
        },
        paragraph(token) {
          return page.#paragraph(token, this.parser.parseInline(token.tokens));
        },
        link(token) {
          return page.#link(token.href, this.parser.parseInline(token.tokens));
        },
        image: (token) => page.#around.picture(token.href, token.text),
        codespan: (token) => inlineCode(token.text),
        code: (token) => `<pre><code>${listing(token.text)}</code></pre>\n`,
        html: (token) => page.#comment(token.text),
        table(token) {
          return page.#table(token, (cell) => this.parser.parseInline(cell.tokens));
        },
      },
    });
    const html = marked.parse(text, { async: false });
    return changeText(html, ['a', 'code', 'svg', 'h2', 'h3'], (part) => this.#linkRules(part));
  }

  #heading(level: number, inner: string): string {
    if (level === 1 && this.title === '') {
      this.title = textOf(inner);
      return '';
    }
    const text = textOf(inner);
    const anchor = this.#anchor(anchorOf(text));
    this.headings.push({ level, anchor, text });
    const link = `<a class="self" href="#${anchor}" aria-label="Link to: ${escapeHtml(text)}">#</a>`;
    return `<h${level} id="${anchor}">${inner} ${link}</h${level}>\n`;
  }

  /** A paragraph that begins with its rule's id has that for an anchor. */
  #paragraph(token: Tokens.Paragraph, inner: string): string {
    const [first] = token.tokens;
    const id = first?.type === 'strong' ? first.text : '';
    if (!rule.test(id)) return inner.startsWith('<figure') ? `${inner}\n` : `<p>${inner}</p>\n`;
    const own = `<a class="rule-id" href="#${id}">${id}</a>`;
    return `<p class="rule" id="${this.#anchor(id)}">${inner.replace(`<strong>${id}</strong>`, own)}</p>\n`;
  }

  #anchor(wanted: string): string {
    let anchor = wanted;
    for (let n = 1; this.anchors.has(anchor); n++) anchor = `${wanted}-${n}`;
    this.anchors.add(anchor);
    return anchor;
  }

  #link(href: string, inner: string): string {
    const target = this.#around.target(href);
    switch (target.kind) {
      case 'page':
        return this.#to(target.slug, target.anchor, inner, rule.test(inner) ? unbroken : '');
      case 'outside':
        this.outside.push(target.url);
        return `<a href="${escapeHtml(target.url)}" rel="noreferrer">${inner}</a>`;
      case 'file':
        return `<span class="file" title="In the repository: ${escapeHtml(target.path)}">${inner}</span>`;
      case 'missing':
        throw new Error(`${this.#around.slug}: a link to ${target.path}, which is not there`);
    }
  }

  #to(slug: string, anchor: string, inner: string, attributes = ''): string {
    this.links.push({ from: this.#around.slug, slug, anchor });
    const page = slug === this.#around.slug ? '' : addressOf(slug);
    return `<a ${attributes}href="${page}${anchor === '' ? '' : `#${anchor}`}">${inner}</a>`;
  }

  #linkRules(text: string): string {
    return text.replace(ruleMention, (id) => {
      const slug = this.#around.pageOfRule(id);
      return slug === undefined ? id : this.#to(slug, id, id, unbroken);
    });
  }

  /** Comments are for whoever reads the file. Nothing else of HTML may stand in a text. */
  #comment(html: string): string {
    if (/^\s*<!--[\s\S]*-->\s*$/.test(html)) return '';
    throw new Error(`${this.#around.slug}: HTML in the text: ${html.trim().slice(0, 60)}`);
  }

  /**
   * A table scrolls by itself, with the keyboard too, so that the page never does. What has many columns, or long code for names, is
   * stacked on a phone; what has very many may be wider than the text on a desk.
   */
  #table(token: Tokens.Table, inline: (cell: Tokens.TableCell) => string): string {
    const names = token.header.map((cell) => textOf(inline(cell)));
    const cells = token.rows.map((row) => row.map(inline));
    const isStacked = names.length > 2 || cells.some(([first = '']) => first.includes('<code class="long"'));
    // The first cell of a stacked row is its heading, and needs no label.
    const label = (at: number) => (isStacked && at > 0 && names[at] ? ` data-label="${escapeHtml(names[at])}"` : '');
    const rows = cells.map((row) => `<tr>${row.map((cell, at) => `<td${label(at)}>${cell}</td>`).join('')}</tr>`);
    const name = `Table: ${names.filter(Boolean).join(', ')}`;
    const classes = ['table', isStacked && 'stacked', names.length > 4 && 'wide'].filter(Boolean).join(' ');
    const table = `<table>${tableHead(token.header.map(inline))}<tbody>\n${rows.join('\n')}\n</tbody></table>`;
    return `<div class="${classes}" role="group" aria-label="${escapeHtml(name)}" tabindex="0">${table}</div>\n`;
  }
}

/** Nothing for a table whose columns have no names. */
function tableHead(cells: readonly string[]): string {
  if (cells.every((cell) => cell === '')) return '';
  const named = cells.map((cell) => (cell === '' ? '<td></td>' : `<th scope="col">${cell}</th>`));
  return `<thead><tr>${named.join('')}</tr></thead>`;
}

/** Each line is an element, so that one which has to be broken can be told from two; and no flag is torn from its dashes. */
function listing(text: string): string {
  return text
    .split('\n')
    .map((line) => escapeHtml(line).replace(/(?<=^|\s)--?[a-z][\w-]*/g, '<span class="whole">$&</span>'))
    .map((line) => `<span class="line">${line}\n</span>`)
    .join('');
}

/** What is long breaks after a comma, a bar or a slash, and elsewhere only where it must. */
function inlineCode(text: string): string {
  const html = escapeHtml(text);
  if (text.length <= longCode) return `<code>${html}</code>`;
  return `<code class="long">${html.replace(/[,|/]+/g, '$&<wbr>')}</code>`;
}
