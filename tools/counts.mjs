// How many tests passed: read from the runners' own reports, for test.mjs.
import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {'exit code' | 'junit' | 'playwright'} Report */

/** @type {Counts} */
export const NONE = { passed: 0, failed: 0, skipped: 0 };

/** @param {Counts} a @param {Counts} b @returns {Counts} */
export function sum(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** The closing line of a suite or of the whole run. @param {Counts} counts */
export function describeCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** @param {string} xml @returns {Counts} */
function readJunit(xml) {
  const head = /<testsuites [^>]*>/.exec(xml)?.[0] ?? '';
  const [tests = 0, failed = 0, skipped = 0] = ['tests', 'failures', 'skipped'].map((name) =>
    Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1] ?? 0),
  );
  return { passed: tests - failed - skipped, failed, skipped };
}

/** A test that passes only when it is tried again has failed. @param {string} json @returns {Counts} */
function readPlaywright(json) {
  const { stats } = JSON.parse(json);
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
}

/**
 * What a finished program's report says. Without a report, or when it names no test that ran, the program has failed:
 * silence proves nothing.
 * @param {Report} kind 'exit code' for a program that is one check and writes no report
 * @param {string} path of the report
 * @param {boolean} succeeded whether the program ended with exit code 0
 * @returns {Counts}
 */
export function readCounts(kind, path, succeeded) {
  if (kind === 'exit code') return { ...NONE, [succeeded ? 'passed' : 'failed']: 1 };
  if (!existsSync(path)) return { ...NONE, failed: 1 };
  const text = readFileSync(path, 'utf8');
  const counts = kind === 'junit' ? readJunit(text) : readPlaywright(text);
  const ranNothing = counts.passed + counts.failed === 0;
  // A test file that breaks while it is loaded fails the run without counting as a test.
  return { ...counts, failed: Math.max(counts.failed, ranNothing || !succeeded ? 1 : 0) };
}
