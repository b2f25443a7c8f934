import { describe, expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { bunPath } from '../bun.mjs';
import { isWebBuilt } from '../web.mjs';
import { withTree } from './plant.ts';

const launcher = join(import.meta.dir, '..', 'bun.mjs');

/** Runs code under the launcher under Node, as npm does. */
function launch(code: string) {
  return spawn('node', [launcher, '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('the launcher of Bun', () => {
  test('finds the binary that runs this test, by its version', async () => {
    const child = spawn(bunPath(), ['--version'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [version] = await once(child.stdout, 'data');
    expect(String(version).trim()).toBe(Bun.version);
  });

  test('keeps Bun from writing what it compiled to the disk', async () => {
    const child = Bun.spawn(['node', launcher, '-p', 'process.env.BUN_RUNTIME_TRANSPILER_CACHE_PATH'], {
      stdout: 'pipe',
      env: { ...process.env, BUN_RUNTIME_TRANSPILER_CACHE_PATH: undefined },
    });
    expect(await new Response(child.stdout).text()).toBe('0\n');
  });

  test('ends with the exit code of what it runs', async () => {
    expect(await once(launch('process.exit(7)'), 'exit')).toEqual([7, null]);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('hands on %s and waits for the end', async (signal) => {
    const child = launch(
      `process.on('${signal}', () => setTimeout(() => process.exit(3), 50)); console.log('up'); setInterval(() => {}, 1000);`,
    );
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([3, null]);
  });

  test('reports a death by signal as a shell does', async () => {
    expect(await once(launch("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);"), 'exit')).toEqual([
      137,
      null,
    ]);
  });
});

describe('the web client is built again', () => {
  const sources = [
    'web/src/main.ts',
    'client/src/a.ts',
    'core/src/a.ts',
    'wire/src/a.ts',
    'tsconfig.base.json',
    'package-lock.json',
  ];
  const tree = Object.fromEntries(['web/dist/index.html', 'web/test/a.test.ts', ...sources].map((path) => [path, '']));
  const inAnHour = new Date(Date.now() + 3_600_000);

  const isBuilt = (changed: string[], files = tree) =>
    withTree(files, (root) => {
      utimesSync(join(root, 'tsconfig.base.json'), 0, 0);
      for (const path of changed) utimesSync(join(root, path), inAnHour, inAnHour);
      return isWebBuilt(root);
    });

  test('when it is missing', () => {
    expect(isBuilt([], Object.fromEntries(sources.map((path) => [path, ''])))).toBe(false);
  });

  test.each(sources)('when %s is newer', (path) => {
    expect(isBuilt(['web/dist/index.html'])).toBe(true);
    expect(isBuilt([path])).toBe(false);
  });

  test('but not for a test', () => {
    expect(isBuilt(['web/dist/index.html', 'web/test/a.test.ts'])).toBe(true);
  });
});
