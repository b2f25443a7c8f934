// The browsers that e2e/ drives: node tools/browsers.mjs. As root on Debian or Ubuntu it installs what is missing.
// Distribution packages and not Playwright's own downloads: people use these builds, and apt verifies them.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const EXECUTABLES = ['/usr/bin/chromium', '/usr/bin/firefox-esr'];
// The fonts: without them a page draws boxes, and text has other widths than people see.
const PACKAGES = ['chromium', 'firefox-esr', 'fonts-dejavu-core', 'fonts-noto-color-emoji'];

const missing = () => EXECUTABLES.filter((path) => !existsSync(path));

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
 * Makes sure that both browsers are installed.
 * @param {(line: string) => void} say told before anything is installed
 * @returns {string | null} null when both are there, else what a person should do
 */
export function ensureBrowsers(say) {
  if (missing().length === 0) return null;
  const wanted = `${missing().join(' and ')} missing. Install them: apt-get install ${PACKAGES.join(' ')}`;
  if (!isDebian()) return `${missing().join(' and ')} missing; they are installed for you only on Debian and Ubuntu`;
  if (process.getuid?.() !== 0) return wanted;
  say(`${missing().join(' and ')} missing; installing with apt-get: ${PACKAGES.join(' ')}`);
  const installed = apt(['update']) && apt(['install', '-y', '--no-install-recommends', ...PACKAGES]);
  return installed && missing().length === 0 ? null : `apt-get failed. ${wanted}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problem = ensureBrowsers(console.log);
  console.log(problem ?? 'browsers: ready');
  process.exit(problem === null ? 0 : 1);
}
