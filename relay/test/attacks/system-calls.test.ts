import { afterAll, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { program, temporaryFolder } from '../running.ts';
import { cheap, fates, plant } from './lives.ts';
import { RelayProcess } from './processes.ts';

test.if(program('strace') !== null)(
  'RL-1 a whole life of rooms under strace: no file is written, made, renamed or removed',
  async () => {
    const traced = temporaryFolder();
    const calls = 'trace=%file,memfd_create,ftruncate,fallocate,pwrite64,pwritev';
    const before = ['strace', '-f', '-qq', '-e', calls, '-o', join(traced, 'trace')];
    const relay = await RelayProcess.start(cheap, { before, env: { XDG_CACHE_HOME: traced } });
    afterAll(() => relay.kill());
    const { owner, guest } = await plant(relay);
    for (const fate of fates) await fate(relay);
    owner.send({ type: 'purge' });
    await owner.closed;
    guest.destroy();
    await relay.end();
    expect(readdirSync(traced)).toEqual(['trace']);
    const lines = readFileSync(join(traced, 'trace'), 'utf8').split('\n');
    expect(lines.filter((line) => line.includes('openat(')).length).toBeGreaterThan(10);
    const writes =
      /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|\b(creat|rename\w*|unlink\w*|mkdir\w*|link|linkat|symlink\w*|f?truncate|fallocate|pwrite\w*|mknod\w*|memfd_create)\(/;
    const written = lines.filter((line) => writes.test(line) && !line.includes('"/dev/') && !line.includes(') = -1 '));
    expect(written).toEqual([]);
  },
  60_000,
);
