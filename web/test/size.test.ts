import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { archiveName } from '../source.ts';

const dist = join(import.meta.dir, '..', 'dist');
const firstPaintBytes = 60_000;
const allBytes = 160_000;

const read = (path: string) => readFileSync(join(dist, path));

// Before the first build there is nothing to judge; the check builds first.
const isBuilt = existsSync(join(dist, 'index.html'));
const it = test.skipIf(!isBuilt);

describe('CL-3 the built page', () => {
  const page = isBuilt ? read('index.html').toString() : '';
  const tagsOf = (html: string) => html.match(/<(?:script|link|img)\b[^>]*>/g) ?? [];
  const addressOf = (tag: string) => /\b(?:src|href)="([^"]*)"/.exec(tag)?.[1] ?? '';
  // What stands in a template is fetched only when the script takes it out.
  const [kept = ''] = /<template\b.*<\/template>/s.exec(page) ?? [];
  const tags = tagsOf(page);
  const shown = tagsOf(page.replace(kept, ''));
  const isScript = (tag: string) => tag.startsWith('<script');

  /** As the relay in TypeScript sends them (HT-19), spelt again because nothing here may import it. */
  function sizes(files: readonly string[]) {
    const each = files.map(
      (file) => [file, Bun.gzipSync(read(file), { library: 'libdeflate', level: 10 }).length] as const,
    );
    return {
      total: each.reduce((sum, [, bytes]) => sum + bytes, 0),
      each: each.map((one) => one.join(' ')).join(', '),
    };
  }

  it('CL-3 the page and all that it fetches before somebody asks for more are at most 60 kB compressed', () => {
    const first = new Set(shown.map(addressOf).filter((address) => address !== ''));
    const { total, each } = sizes(['index.html', ...first]);
    expect([...first].map((address) => address.replace(/.*\.|-.*/g, '')).toSorted(), each).toEqual([
      'css',
      'js',
      'js',
      'svg',
    ]);
    expect(total, each).toBeLessThanOrEqual(firstPaintBytes);
  });

  it('CL-3 everything that it ever fetches by itself is at most 160 kB compressed', () => {
    const all = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    // The source is fetched by people who ask for it.
    const files = all.filter(({ name }) => name !== archiveName);
    expect(files.length).toBe(all.length - 1);
    const { total, each } = sizes(files.map(({ parentPath, name }) => join(parentPath, name).slice(dist.length + 1)));
    expect(files.length).toBeGreaterThanOrEqual(6);
    expect(total, each).toBeLessThanOrEqual(allBytes);
  });

  it('CL-3 nothing of the development server is in it', () => {
    const scripts = readdirSync(join(import.meta.dir, '..', 'dev'));
    expect(scripts.length).toBeGreaterThan(3);
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' });
    for (const name of files) expect(name).not.toMatch(/\bdev\b|serve|people|script\b/);
    const built = files.filter((name) => /\.(html|js|css)$/.test(name)).map((name) => read(name).toString());
    expect(built.length).toBeGreaterThanOrEqual(4);
    for (const text of built)
      expect(text).not.toMatch(/Olive Heron|Donaudampf|fake people|\/dev\/|@vite|import\.meta\.hot|devDependencies/);
  });

  it('CL-3 everything it names is on its own origin', () => {
    expect(tags.length).toBeGreaterThanOrEqual(5);
    for (const tag of tags) expect(addressOf(tag)).toMatch(/^\/[^/]/);
  });

  it('HT-10 every script and stylesheet is pinned, and nothing is inline', () => {
    const pinned = tags.filter((tag) => isScript(tag) || tag.includes('rel="stylesheet"'));
    expect(pinned.length).toBe(6);
    for (const tag of pinned) {
      const hash = createHash('sha384')
        .update(read(addressOf(tag)))
        .digest('base64');
      expect(tag).toContain(`integrity="sha384-${hash}"`);
      // Without it the request has no CORS mode, and Integrity-Policy blocks it.
      expect(tag).toContain('crossorigin');
    }
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script[^>]*>[^<]/);
  });

  it('CL-3 every script begins with the hint to compile it ahead', () => {
    const scripts = tags.filter((tag) => isScript(tag) && addressOf(tag).startsWith('/assets/'));
    expect(scripts.length).toBe(4);
    for (const tag of scripts) expect(read(addressOf(tag)).toString()).toStartWith('//# allFunctionsCalledOnLoad\n');
  });

  it('CL-1 the first script begins by taking the fragment out of the address bar, and no script reaches for a storage', () => {
    const modules = shown.filter((tag) => isScript(tag) && tag.includes('type="module"'));
    expect(modules.length).toBe(1);
    const first = read(addressOf(modules[0] ?? ''))
      .toString()
      .slice(0, 300);
    expect(first).toMatch(/location\.hash/);
    expect(first).toMatch(/history\.replaceState\(null,[`'"]{2},location\.pathname\)/);
    for (const tag of tags.filter(isScript)) {
      expect(read(addressOf(tag)).toString()).not.toMatch(
        /\bimport\(|localStorage|sessionStorage|indexedDB|serviceWorker|\.cookie\b|\beval\(|new Function\(|WebAssembly/,
      );
    }
  });

  it('CR-11 CR-15 the ratchet and the roster are one script of their own that waits in the page, and the first script holds nothing of them', () => {
    const [ratchet, ...languages] = tagsOf(kept);
    expect(addressOf(ratchet ?? '')).toMatch(/^\/assets\/ratchet-[\w-]+\.js$/);
    expect(languages.map((tag) => addressOf(tag).replace(/-[\w-]+\.js$/, ''))).toEqual(['/assets/qr', '/assets/de']);
    for (const part of ['MLS 1.0 ', 'pug/1 transcript', 'abandon', 'zebra']) {
      const holders = readdirSync(join(dist, 'assets')).filter((name) => read(`assets/${name}`).includes(part));
      expect(
        holders.map((name) => `/assets/${name}`),
        part,
      ).toEqual([addressOf(ratchet ?? '')]);
    }
  });
});
