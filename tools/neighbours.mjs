// What tests run beside the relay: proxies in front of it, a movable clock, a look at its system calls, judges of its unit and torrc.
// node tools/neighbours.mjs installs what is missing, as root on Debian or Ubuntu. Where something is missing, its tests are skipped.
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './debian.mjs';
import { ask } from './usage.mjs';

const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

const NEED = {
  files: [
    '/usr/bin/caddy',
    '/usr/sbin/haproxy',
    '/usr/sbin/nginx',
    '/usr/bin/openssl',
    '/usr/bin/prlimit',
    '/usr/bin/strace',
    '/usr/bin/systemd-analyze',
    '/usr/bin/tor',
    `/usr/lib/${architecture}-linux-gnu/faketime/libfaketime.so.1`,
  ],
  packages: ['caddy', 'haproxy', 'libfaketime', 'nginx', 'openssl', 'strace', 'systemd', 'tor', 'util-linux'],
};

/**
 * Makes sure that all of them are installed.
 * @param {(line: string) => void} say told before anything is installed
 * @returns {string | null} null when all are there, else what a person should do
 */
export function ensureNeighbours(say) {
  return ensureInstalled(NEED, say);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ask(
    'node tools/neighbours.mjs\nInstalls the programs that some tests stand a relay beside where they are missing: as root on Debian or Ubuntu.',
  );
  const problem = ensureNeighbours(console.log);
  console.log(problem ?? 'neighbours: ready');
  process.exit(problem === null ? 0 : 1);
}
