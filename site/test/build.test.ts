// What the build makes, and what it refuses.
import { beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assetOf, drawing } from '../src/assets.ts';
import { type Built, buildSite, maxPageBytes } from '../src/build.ts';
import { brokenLinks, targetOf } from '../src/links.ts';
import { render } from '../src/markdown.ts';
import { fillIn } from '../src/tables.ts';

const root = resolve(import.meta.dir, '..', '..');
const buildWithinMs = 30_000;

let built: Built;
let pages: ReadonlyMap<string, string>;

beforeAll(async () => {
  built = await buildSite(root, '../');
  const decoder = new TextDecoder();
  const html = [...built.files].filter(([path]) => path.endsWith('.html'));
  pages = new Map(html.map(([path, bytes]) => [path, decoder.decode(bytes)]));
}, buildWithinMs);

function pageWith(anchor: string): string | undefined {
  return [...pages].find(([, html]) => html.includes(` id="${anchor}"`))?.[0];
}

describe('the site', () => {
  test('building it twice gives the same bytes', async () => {
    const again = await buildSite(root, '../');
    expect([...again.files].map(([path, bytes]) => [path, Bun.hash(bytes)])).toEqual(
      [...built.files].map(([path, bytes]) => [path, Bun.hash(bytes)]),
    );
  }, 30_000);

  test('has a page for every file of docs/ and spec/', () => {
    const texts = ['docs', 'spec'].flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((name) => name.endsWith('.md'))
        .map((name) => `${folder}/${name}`),
    );
    const sources = [...pages.values()].map((html) => /Made from <code>([^<]+)<\/code>/.exec(html)?.[1]);
    expect(sources).toEqual(expect.arrayContaining(texts));
  });

  test('gives every rule of the specification an anchor that links to itself', () => {
    const rules = readdirSync(join(root, 'spec')).flatMap((name) =>
      [...readFileSync(join(root, 'spec', name), 'utf8').matchAll(/^\*\*([A-Z]{2}-\d+)\*\*/gm)].map(
        ([, id = '']) => id,
      ),
    );
    expect(rules.length).toBeGreaterThan(100);
    for (const id of rules) {
      const page = pageWith(id);
      expect(page, id).toBeDefined();
      expect(pages.get(page ?? ''), id).toContain(`<a class="rule-id" href="#${id}">`);
    }
  });

  test('links the mention of a rule to its page', () => {
    expect(pages.get('trust-model.html')).toContain('<a class="whole" href="limits.html#RL-1">RL-1</a>');
  });

  test('holds no inline style or script, no handler, and no address from the root of a server', () => {
    for (const [path, html] of pages) {
      expect(html, path).not.toMatch(/<[^>]+\sstyle=|<style|<script(?![^>]*\ssrc=)|<[^>]+\son[a-z]+=|<base|<iframe/);
      expect(html, path).not.toMatch(/(?:href|src)="\//);
    }
  });

  test('loads nothing from elsewhere, and binds its script to its bytes', () => {
    for (const [path, html] of pages) {
      const loaded = [...html.matchAll(/<(?:link|script|img)\b[^>]*?\s(?:href|src)="([^"]+)"/g)].map(
        ([, url = '']) => url,
      );
      for (const url of loaded) expect(built.files.has(url), `${path}: ${url}`).toBe(true);
      expect(html, path).toMatch(
        /<script type="module" crossorigin integrity="sha384-[A-Za-z0-9+/]{64}" src="assets\//,
      );
    }
  });

  test(`keeps every page under ${maxPageBytes} bytes`, () => {
    for (const [path, { length }] of built.files) {
      if (path.endsWith('.html')) expect(length, path).toBeLessThanOrEqual(maxPageBytes);
    }
  });
});

describe('the tables', () => {
  test('name every flag that the relay knows', () => {
    const help = Bun.spawnSync([process.execPath, 'relay/src/main.ts', '--help'], { cwd: root }).stdout.toString();
    const flags = [...help.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, flag]) => flag).filter((flag) => flag !== '--config');
    expect(flags.length).toBeGreaterThan(25);
    for (const flag of flags) expect(pages.get('configuration.html')).toContain(`>${flag}</code>`);
    expect(pages.get('configuration.html')).toContain('<code>ttlSeconds.max</code>');
  });

  test('show what a running relay publishes, and every code', () => {
    const html = pages.get('codes.html') ?? '';
    expect(html).toContain('<td><code>capacity</code></td><td>2 … 6, default 2</td>');
    for (const code of ['1012', '4029', '<code>key_exposed</code>', '<code>vectors/safety</code>']) {
      expect(html).toContain(`>${code}</td>`);
    }
  });

  test('say which tests name a rule, and how many vectors', () => {
    const rows = pages.get('rules.html')?.split('\n') ?? [];
    const row = rows.find((line) => line.includes('encryption.html#CR-9'));
    expect(row).toMatch(/<strong>core<\/strong>: [^·]*credential.*\d+ vectors/);
  });

  test('a table nobody makes is an error', () => {
    expect(() => fillIn(root, '<!-- table: nonsense -->', new Map())).toThrow('no table nonsense');
  });

  test('a file is shown as it is', () => {
    expect(fillIn(root, '<!-- file: .editorconfig -->', new Map())).toContain('root = true');
  });
});

describe('a text', () => {
  const surroundings = {
    slug: 'here',
    target: () => ({ kind: 'missing', path: 'nowhere.md' }) as const,
    pageOfRule: () => undefined,
    picture: () => '',
  };

  test('with a link to a file that is not there ends the build', () => {
    expect(() => render('# Title\n[x](nowhere.md)', surroundings)).toThrow('here: a link to nowhere.md');
    const links = { root, slugs: new Map([['docs/faq.md', 'faq']]) };
    expect(targetOf(links, 'docs/x.md', 'nowhere.md')).toEqual({ kind: 'missing', path: 'docs/nowhere.md' });
    expect(targetOf(links, 'docs/x.md', 'faq.md#a')).toEqual({ kind: 'page', slug: 'faq', anchor: 'a' });
    expect(targetOf(links, 'README.md', 'spec/')).toEqual({ kind: 'file', path: 'spec' });
  });

  test('with a link to an anchor that is not there ends the build', () => {
    const anchors = new Map([['faq', new Set(['why'])]]);
    expect(brokenLinks([{ from: 'x', slug: 'faq', anchor: 'why' }], anchors)).toEqual([]);
    expect(brokenLinks([{ from: 'x', slug: 'faq', anchor: 'how' }], anchors)).toEqual(['x: faq has no anchor #how']);
    expect(brokenLinks([{ from: 'x', slug: 'no', anchor: '' }], anchors)).toEqual(['x: there is no page no']);
  });

  test('with HTML in it ends the build, and code in it stays text', () => {
    expect(() => render('# Title\n<div>x</div>', surroundings)).toThrow('HTML in the text');
    expect(() => render('# Title\na <b>x</b>', surroundings)).toThrow('HTML in the text');
    const { html } = render('# Title\n`<b>`\n```\n<script>\n```', surroundings);
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toContain('<script>');
  });

  test('with a listing shows its very lines', () => {
    const lines = 'run --flag -- --other \\\n\n  -x a-b <c>';
    const { html } = render(`# Title\n\`\`\`\n${lines}\n\`\`\``, surroundings);
    expect(html).toContain('<span class="whole">--flag</span> -- <span class="whole">--other</span>');
    const shown = html
      .replace(/<[^>]+>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>');
    expect(shown).toBe(`${lines}\n\n`);
  });

  test('with a table without names has none for its columns', () => {
    expect(render('# Title\n| | |\n|---|---|\n| a | b |', surroundings).html).not.toContain('<thead>');
  });

  test('with the same heading twice has two anchors', () => {
    const { anchors } = render('# Title\n## Is it?\n## Is it?', surroundings);
    expect([...anchors]).toEqual(['is-it', 'is-it-1']);
  });
});

describe('an asset', () => {
  test('has a name that changes with its bytes', () => {
    expect(assetOf('a.css', 'x').path).toMatch(/^assets\/a-[0-9a-f]{12}\.css$/);
    expect(assetOf('a.css', 'x').path).not.toBe(assetOf('a.css', 'y').path);
  });

  test('that is a drawing brings no style of its own, and ids that are its alone', () => {
    const svg =
      '<svg aria-labelledby="title desc"><title id="title">T</title><style>x</style><path marker-end="url(#arrow)"/></svg>';
    const html = drawing(svg, 'life');
    expect(html).toContain('aria-labelledby="life-title life-desc"');
    expect(html).toContain('marker-end="url(#life-arrow)"');
    expect(html).not.toContain('style');
  });
});
