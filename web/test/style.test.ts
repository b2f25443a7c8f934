import { expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dir, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8').replace(/\s+/g, ' ');

// The page of the relay in Go is this one, to the byte: its own tests say so.
test('LK-8 the page for a key that was sent has the colours of all others, and the fonts of their headings', () => {
  const tokens = new Map(
    [...read('web/src/style/tokens.css').matchAll(/--([\w-]+): ([^;]+);/g)].map(([, name, value]) => [value, name]),
  );
  const [style = ''] = /<style>.*<\/style>/.exec(read('relay/src/exposed.ts')) ?? [];
  const used = [...style.matchAll(/light-dark\([^)]*\)|(?<=font-family: )[^;]+/g)].map(([value]) => tokens.get(value));
  expect(used).toEqual(['paper', 'ink', 'heading-font', 'line', 'accent']);
});

// With such a rule the browser looks at all lines of the log anew whenever one is drawn.
test('CL-5 no rule is for whatever stands behind something', () => {
  const sheets = readdirSync(join(root, 'web/src/style')).filter((name) => name.endsWith('.css'));
  expect(sheets.length).toBeGreaterThan(5);
  for (const name of sheets) expect(read(`web/src/style/${name}`), name).not.toMatch(/[+~] ?[*:]/);
});
