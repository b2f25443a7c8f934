// Runs Bun from node_modules: node tools/bun.mjs <arguments>.
// The launcher in node_modules/.bin works only after Bun's install script has run, and .npmrc lets no package run one.
// The binary itself comes in a package of its own for each platform, so this looks for that.
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * At a terminal, Ctrl-C and hanging up reach every process of the command by themselves. Handed on as well they would
 * arrive twice, and a relay takes the second signal for "stop now".
 * @type {readonly NodeJS.Signals[]}
 */
const FORWARDED_SIGNALS = process.stdin.isTTY || process.stdout.isTTY ? ['SIGTERM'] : ['SIGTERM', 'SIGINT', 'SIGHUP'];
/** @type {readonly NodeJS.Signals[]} */
const TERMINAL_SIGNALS = ['SIGINT', 'SIGHUP'];
// Bun keeps what it compiled of larger sources in the user's cache folder. A relay writes nothing to a disk (RL-1), not even itself.
process.env.BUN_RUNTIME_TRANSPILER_CACHE_PATH ??= '0';
// Nor does it tell anybody that it has crashed.
process.env.BUN_ENABLE_CRASH_REPORTING ??= '0';

// Before Bun's install script has run, a short text stands where the launcher will be.
const MIN_BINARY_BYTES = 1024 * 1024;

/** On musl, Node's report of the process names no version of glibc. */
function isMusl() {
  if (process.platform !== 'linux') return false;
  // The type of a report is a bare object; its header is documented.
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return report.header?.glibcVersionRuntime === undefined;
}

/** Whether an x64 machine has AVX2, which Bun's usual x64 build may need. Only Linux tells in a file. */
function hasAvx2() {
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync('/proc/cpuinfo', 'utf8').includes(' avx2');
  } catch {
    return false;
  }
}

/** The packages whose binary runs on this machine, best first. */
function platformPackages() {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
  const usual = `@oven/bun-${system}-${arch}${isMusl() ? '-musl' : ''}`;
  if (arch !== 'x64') return [usual];
  const baseline = `${usual}-baseline`;
  return hasAvx2() ? [usual, baseline] : [baseline, usual];
}

/**
 * Where the binary would be, best first; where Bun's install script did run, it has moved it to the last place.
 * @returns {string[]}
 */
function candidates() {
  const { resolve } = createRequire(import.meta.url);
  const file = process.platform === 'win32' ? 'bun.exe' : 'bun';
  return [...platformPackages().map((name) => [name, file]), ['bun', 'bun.exe']].flatMap(([name, binary]) => {
    try {
      return [join(dirname(resolve(`${name}/package.json`)), 'bin', String(binary))];
    } catch {
      return []; // Not installed.
    }
  });
}

/**
 * Finds the Bun binary for this machine.
 * @returns {string} its absolute path
 * @throws {Error} when none is installed
 */
export function bunPath() {
  const found = candidates().find((path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MIN_BINARY_BYTES);
  if (found) return found;
  const wanted = platformPackages().join(' or ');
  throw new Error(`Bun is not installed (looked for ${wanted}). Run "npm ci", without leaving out optional packages.`);
}

/**
 * Runs a program on this terminal, hands signals on to it, and exits as it does.
 * @param {string} program
 * @param {string[]} args
 */
export function become(program, args) {
  const child = spawn(program, args, { stdio: 'inherit' });
  for (const signal of TERMINAL_SIGNALS) process.on(signal, () => {}); // Stay until the program has ended.
  for (const signal of FORWARDED_SIGNALS) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`${program} could not be started: ${error.message}`);
    process.exit(1);
  });
  // As a shell reports it: 128 + the number of the signal that ended the program.
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    become(bunPath(), process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
