import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
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
