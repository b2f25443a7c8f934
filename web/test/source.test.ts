import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sourceFiles } from '../../tools/source.mjs';
import { packSource } from '../source.ts';

// A second by itself, and several on a busy machine.
setDefaultTimeout(60_000);

const root = resolve(import.meta.dir, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'pug-source-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The folder in which the archive of this tree, as anybody's tar unpacks it, has its files. */
async function unpacked(): Promise<string> {
  const archive = join(folder, 'source.tar.gz');
  writeFileSync(archive, await packSource(root));
  const { exitCode, stderr } = Bun.spawnSync(['tar', '-xzf', archive, '-C', folder]);
  expect([exitCode, stderr.toString()]).toEqual([0, '']);
  rmSync(archive);
  const [inside = '', ...others] = readdirSync(folder);
  expect([inside, others]).toEqual([expect.stringMatching(/^pug-network-\d+\.\d+\.\d+$/), []]);
  return join(folder, inside);
}

const git = (...args: string[]) =>
  Bun.spawnSync(['git', 'ls-files', '-z', ...args], { cwd: root })
    .stdout.toString()
    .split('\0')
    .filter(Boolean);

test.skipIf(!existsSync(join(root, '.git')))(
  'the source is every file that git knows, and none that it would not take',
  () => {
    const files = new Set(sourceFiles(root));
    expect(files.size).toBeGreaterThan(1000);
    expect(git().filter((path) => existsSync(join(root, path)) && !files.has(path))).toEqual([]);
    const taken = new Set(git('--cached', '--others', '--exclude-standard'));
    expect([...files].filter((path) => !taken.has(path))).toEqual([]);
  },
);

test('the archive holds the source byte for byte, and what was unpacked makes the same archive again', async () => {
  const copy = await unpacked();
  const files = sourceFiles(root);
  expect(sourceFiles(copy)).toEqual(files);
  for (const path of files)
    expect(readFileSync(join(copy, path)).equals(readFileSync(join(root, path))), path).toBe(true);
  const runs = files.filter((path) => (statSync(join(copy, path)).mode & 0o111) !== 0);
  expect(runs).toEqual(['.ci/run', 'deploy/rc.d/pug_relay']);
  writeFileSync(join(copy, '.env'), 'SECRET=1');
  writeFileSync(join(copy, 'deploy', 'settings.json'), '{}');
  const again = await packSource(copy);
  expect(Bun.hash(again)).toBe(Bun.hash(await packSource(root)));
});

test('the archive names no time, owner or machine', async () => {
  const archive = await packSource(root);
  // RFC 1952: no flags, so no name; no time.
  expect([...archive.subarray(0, 8)]).toEqual([31, 139, 8, 0, 0, 0, 0, 0]);
  const tar = Bun.gunzipSync(new Uint8Array(archive));
  const field = (at: number, length: number) =>
    Buffer.from(tar.subarray(at, at + length))
      .toString()
      .replace(/\0.*/, '');
  expect([field(265, 32), field(297, 32), Number.parseInt(field(136, 12), 8)]).toEqual(['', '', 315_532_800]);
});
