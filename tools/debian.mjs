// Programs that tests need and npm does not have: as root on Debian or Ubuntu, what is missing is installed.
// Distribution packages and no other downloads: people use these builds, and apt verifies them.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const POLICY = '/usr/sbin/policy-rc.d';

/** What some tests need: files that must be there, and the packages that bring them. @typedef {{ files: string[], packages: string[] }} Need */

function isDebian() {
  if (!existsSync('/etc/os-release')) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/**
 * Runs apt-get without questions, its output on standard error.
 * @param {string[]} args
 */
function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', args, { env, stdio: ['ignore', 2, 2] }).status === 0;
}

/**
 * Installs packages. None of them starts a service: a test starts what it needs itself.
 * @param {string[]} packages
 */
function install(packages) {
  const isOurs = !existsSync(POLICY);
  if (isOurs) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return apt(['update']) && apt(['install', '-y', '--no-install-recommends', ...packages]);
  } finally {
    if (isOurs) rmSync(POLICY);
  }
}

/**
 * Makes sure that what is needed is there.
 * @param {Need} need
 * @param {(line: string) => void} say told before anything is installed
 * @returns {string | null} null when all is there, else what a person should do
 */
export function ensureInstalled({ files, packages }, say) {
  const missing = () => files.filter((path) => !existsSync(path)).join(', ');
  if (missing() === '') return null;
  const wanted = `${missing()} missing. Install with: apt-get install ${packages.join(' ')}`;
  if (!isDebian()) return `${missing()} missing; installed for you only on Debian and Ubuntu`;
  if (process.getuid?.() !== 0) return wanted;
  say(`${missing()} missing; installing with apt-get: ${packages.join(' ')}`);
  return install(packages) && missing() === '' ? null : `apt-get failed. ${wanted}`;
}
