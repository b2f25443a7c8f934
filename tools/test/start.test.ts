import { describe, expect, test } from 'bun:test';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { bunPath } from '../bun.mjs';
import { FOLDERS } from '../source.mjs';
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

describe('npm start', () => {
  const root = join(import.meta.dir, '..', '..');
  const scripts = ['start.mjs', 'bun.mjs', 'web.mjs', 'source.mjs', 'usage.mjs'].map((name) => `tools/${name}`);
  const tree = {
    ...Object.fromEntries(scripts.map((path) => [path, readFileSync(join(root, path), 'utf8')])),
    // Stands where npm says that it is, and is asked to build.
    'npm.mjs': "console.log('builds'); process.exit(1);",
  };

  /** In a tree whose web client was never built. */
  const start = (...flags: readonly string[]) =>
    withTree(tree, (folder) => {
      for (const name of ['relay', 'node_modules']) symlinkSync(join(root, name), join(folder, name));
      const env = { ...process.env, npm_execpath: join(folder, 'npm.mjs') };
      return spawnSync('node', [join(folder, 'tools', 'start.mjs'), ...flags], { env, encoding: 'utf8' });
    });

  test('builds nothing for a relay that would refuse its settings', () => {
    const { status, stdout, stderr } = start('--nonsense');
    expect([status, stdout, stderr]).toEqual([2, '', '--nonsense: there is no such flag (see --help)\n']);
  });

  test.each(['--help', '--version', '--check-config', '--print-config'])('builds nothing to answer %s', (flag) => {
    const { status, stdout } = start(flag);
    expect(status).toBe(0);
    expect(stdout).not.toContain('builds');
  });

  test('builds before it serves', () => {
    expect(start('--port', '0')).toMatchObject({ status: 1, stdout: 'builds\n' });
  });
});

describe('the web client is built again', () => {
  const sources = [...FOLDERS.map((folder) => `${folder}/src/a.ts`), 'LICENSE', 'deploy/compose.yaml'];
  const others = ['notes.txt', 'deploy/compose.mine.yaml', 'relay/dist/a.ts', 'web/node_modules/a.ts', 'web/.env.ts'];
  const tree = Object.fromEntries(['web/dist/index.html', ...sources, ...others].map((path) => [path, '']));
  const inAnHour = new Date(Date.now() + 3_600_000);

  const isBuilt = (changed: string[], files = tree) =>
    withTree(files, (root) => {
      for (const path of changed) utimesSync(join(root, path), inAnHour, inAnHour);
      return isWebBuilt(root);
    });

  test('when it is missing', () => {
    expect(isBuilt([], Object.fromEntries(sources.map((path) => [path, ''])))).toBe(false);
  });

  test.each(sources)('when %s is newer, which the archive of the source holds', (path) => {
    expect(isBuilt(['web/dist/index.html'])).toBe(true);
    expect(isBuilt([path])).toBe(false);
  });

  test('but not for what is no part of the source', () => {
    expect(isBuilt(['web/dist/index.html', ...others])).toBe(true);
  });
});
