// The browsers that e2e/ drives: node tools/browsers.mjs. As root on Debian or Ubuntu it installs what is missing.
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './debian.mjs';
import { ask } from './usage.mjs';

const NEED = {
  files: ['/usr/bin/chromium', '/usr/bin/firefox-esr'],
  // The fonts: without them a page draws boxes, and text has other widths than people see.
  packages: ['chromium', 'firefox-esr', 'fonts-dejavu-core', 'fonts-noto-color-emoji'],
};

/**
 * Makes sure that both browsers are installed.
 * @param {(line: string) => void} say told before anything is installed
 * @returns {string | null} null when both are there, else what a person should do
 */
export function ensureBrowsers(say) {
  return ensureInstalled(NEED, say);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ask(
    'node tools/browsers.mjs\nInstalls the browsers that e2e/ drives where they are missing: as root on Debian or Ubuntu.',
  );
  const problem = ensureBrowsers(console.log);
  console.log(problem ?? 'browsers: ready');
  process.exit(problem === null ? 0 : 1);
}
