/** Builds the documentation site: node tools/bun.mjs site/src/build.ts [--app <address of the app>]. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix, resolve } from 'node:path';
import { ask } from '../../tools/usage.mjs';
import { type Asset, assetOf, drawing, pngSize, script, stylesheet } from './assets.ts';
import { escapeHtml } from './html.ts';
import { brokenLinks, targetOf } from './links.ts';
import { type Content, render } from './markdown.ts';
import { type PageEntry, sections } from './pages.ts';
import { searchIndex } from './search.ts';
import { fillIn, makeTables } from './tables.ts';
import { type Frame, pageOf } from './template.ts';

/** Everything of one page that is not shared with others. */
export const maxPageBytes = 50_000;

export interface Built {
  /** File name in the folder → its bytes. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly outside: readonly string[];
}

/** Makes all files of the site of the tree at `root`. Throws on a broken link, a page that is too large, and whatever else is wrong. */
export async function buildSite(root: string, app: string): Promise<Built> {
  const entries = sections.flatMap(({ pages }) => pages);
  const assets = new Map<string, Asset>();
  const share = (asset: Asset): Asset => {
    assets.set(asset.path, asset);
    return asset;
  };
  const contents = await renderAll(root, entries, share);
  const links = contents.flatMap(([, { links: of }]) => of);
  const broken = brokenLinks(links, new Map(contents.map(([slug, { anchors }]) => [slug, anchors])));
  if (broken.length > 0) throw new Error(`broken links:\n${broken.join('\n')}`);
  const frame: Frame = {
    sections,
    style: share(assetOf('style.css', stylesheet(root))).path,
    script: share(assetOf('search.js', await script())),
    logo: share(assetOf('pug.svg', readFileSync(join(root, 'web/src/style/pug.svg')))).path,
    index: share(assetOf('index.json', searchIndex(contents))).path,
    app,
  };
  const bySlug = new Map(contents);
  const files = new Map([...assets.values()].map(({ path, bytes }) => [path, bytes]));
  for (const entry of entries) files.set(`${entry.slug}.html`, page(frame, entry, bySlug.get(entry.slug)));
  return { files, outside: [...new Set(contents.flatMap(([, { outside }]) => outside))].sort() };
}

async function renderAll(root: string, entries: readonly PageEntry[], share: (asset: Asset) => Asset) {
  const tables = await makeTables(root);
  const texts = new Map(
    entries.map((entry) => [entry, fillIn(root, readFileSync(join(root, entry.source), 'utf8'), tables)]),
  );
  const slugs = new Map(entries.map(({ source, slug }) => [source, slug]));
  const rules = new Map(
    [...texts].flatMap(([{ slug }, text]) =>
      [...text.matchAll(/^\*\*([A-Z]{2}-\d+)\*\*/gm)].map(([, id = '']) => [id, slug] as const),
    ),
  );
  return [...texts].map(([{ slug, source }, text]): readonly [string, Content] => [
    slug,
    render(text, {
      slug,
      target: (href) => targetOf({ root, slugs }, source, href),
      pageOfRule: (id) => rules.get(id),
      picture: (href, alt) => picture(join(root, posix.dirname(source), href), alt, share),
    }),
  ]);
}

function picture(path: string, alt: string, share: (asset: Asset) => Asset): string {
  const name = basename(path);
  if (name.endsWith('.svg')) return drawing(readFileSync(path, 'utf8'), basename(name, '.svg'));
  const bytes = new Uint8Array(readFileSync(path));
  const { width, height } = pngSize(bytes);
  const asset = share(assetOf(name, bytes));
  return `<figure><img src="${asset.path}" alt="${escapeHtml(alt)}" width="${width}" height="${height}" loading="lazy"></figure>`;
}

function page(frame: Frame, entry: PageEntry, content: Content | undefined): Uint8Array {
  if (content === undefined) throw new Error(`${entry.slug} was not rendered`);
  const bytes = new TextEncoder().encode(pageOf(frame, entry, content));
  if (bytes.length > maxPageBytes)
    throw new Error(`${entry.slug}.html has ${bytes.length} bytes, over ${maxPageBytes}`);
  return bytes;
}

/** Writes the files into an empty folder. */
export function writeSite(folder: string, { files }: Built): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

function summary({ files, outside }: Built): string {
  const sizes = [...files].map(([path, { length }]) => ({ path, length }));
  const pages = sizes.filter(({ path }) => path.endsWith('.html')).sort((a, b) => b.length - a.length);
  const shared = sizes.filter(({ path }) => path.startsWith('assets/'));
  const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  const [largest] = pages;
  return [
    ...outside.map((url) => `outside: ${url}`),
    ...shared.map(({ path, length }) => `shared by all pages: ${path}, ${kB(length)}`),
    `site: ${pages.length} pages, the largest is ${largest?.path} with ${kB(largest?.length ?? 0)}`,
  ].join('\n');
}

if (import.meta.main) {
  const root = resolve(import.meta.dir, '..', '..');
  const usage =
    'npm run build:site -- [--app ADDRESS]\nBuilds the documentation into site/dist. --app is where "open the app" leads: ../ unless told.';
  const { texts } = ask(usage, { texts: ['app'] });
  const built = await buildSite(root, texts.app ?? '../');
  writeSite(join(root, 'site', 'dist'), built);
  console.log(summary(built));
}
