import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const dist = join(import.meta.dir, '..', 'dist');
const firstPaintBytes = 60_000;

const read = (path: string) => readFileSync(join(dist, path));

// Before the first build there is nothing to judge; the check builds first.
describe.skipIf(!existsSync(join(dist, 'index.html')))('CL-3 the built page', () => {
  const page = existsSync(join(dist, 'index.html')) ? read('index.html').toString() : '';
  const tags = page.match(/<(?:script|link|img)\b[^>]*>/g) ?? [];
  const addressOf = (tag: string) => /\b(?:src|href)="([^"]*)"/.exec(tag)?.[1] ?? '';

  test('CL-3 everything for the first paint is at most 60 kB compressed', () => {
    const files = ['index.html', 'too-old.js', ...readdirSync(join(dist, 'assets')).map((name) => `assets/${name}`)];
    const sizes = files.map((file) => [file, gzipSync(read(file), { level: 6 }).length] as const);
    const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
    expect(total, sizes.map(([file, bytes]) => `${file} ${bytes}`).join(', ')).toBeLessThanOrEqual(firstPaintBytes);
  });

  test('CL-3 everything it names is on its own origin', () => {
    expect(tags.length).toBeGreaterThanOrEqual(4);
    for (const tag of tags) expect(addressOf(tag)).toMatch(/^\/[^/]/);
  });

  test('HT-10 every script and stylesheet is pinned, and nothing is inline', () => {
    const pinned = tags.filter((tag) => /^<script|rel="stylesheet"/.test(tag));
    expect(pinned.length).toBe(3);
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

  test('CL-1 the script begins by taking the fragment out of the address bar, and is one file', () => {
    const scripts = readdirSync(join(dist, 'assets')).filter((name) => name.endsWith('.js'));
    expect(scripts.length).toBe(1);
    const code = read(`assets/${scripts[0]}`).toString();
    const first = code.slice(0, 300);
    expect(first).toMatch(/location\.hash/);
    expect(first).toMatch(/history\.replaceState\(null,[`'"]{2},location\.pathname\)/);
    expect(code).not.toMatch(/\bimport\(|localStorage|sessionStorage|indexedDB|serviceWorker|\.cookie\b/);
  });
});
