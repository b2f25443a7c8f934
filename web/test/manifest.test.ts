import { expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const dist = join(import.meta.dir, '..', 'dist');
const name = 'manifest.txt';
// The check builds before it runs this.
const isBuilt = existsSync(join(dist, 'index.html'));

test.skipIf(!isBuilt)('HT-17 the manifest names every built file but itself, sorted by path, with its hash', () => {
  const entries = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => relative(dist, join(entry.parentPath, entry.name)));
  const hashOf = (path: string) =>
    createHash('sha256')
      .update(readFileSync(join(dist, path)))
      .digest('hex');
  const lines = paths
    .filter((path) => path !== name)
    .toSorted()
    .map((path) => `${hashOf(path)}  ${path}\n`);
  expect(lines.length).toBeGreaterThan(3);
  expect(readFileSync(join(dist, name), 'utf8')).toBe(lines.join(''));
});

test.skipIf(!isBuilt)('HT-17 sha256sum reads it', () => {
  const { exitCode, stdout } = Bun.spawnSync(['sha256sum', '--check', '--strict', name], { cwd: dist });
  expect([exitCode, stdout.toString()]).toEqual([0, expect.stringContaining('index.html: OK\n')]);
});
