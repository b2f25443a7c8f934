import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { describeCounts, readCounts } from '../counts.mjs';
import { withTree } from './plant.ts';

const read = (kind: 'junit' | 'playwright', text: string, succeeded: boolean) =>
  withTree({ report: text }, (root) => readCounts(kind, join(root, 'report'), succeeded));
const junit = (tests: number, failures: number, skipped: number) =>
  `<?xml version="1.0"?>\n<testsuites name="bun test" tests="${tests}" assertions="9" failures="${failures}" skipped="${skipped}" time="1">`;
const playwright = (expected: number, unexpected: number, flaky: number, skipped: number) =>
  JSON.stringify({ stats: { expected, unexpected, flaky, skipped } });

describe('the count of a run', () => {
  test('is what the report of the unit tests says', () => {
    expect(read('junit', junit(10, 2, 3), false)).toEqual({ passed: 5, failed: 2, skipped: 3 });
  });

  test('is what the report of the browser tests says, and a lucky second try is a failure', () => {
    expect(read('playwright', playwright(7, 1, 2, 4), false)).toEqual({ passed: 7, failed: 3, skipped: 4 });
  });

  test('has a failure when the runner failed, whatever its report says', () => {
    expect(read('junit', junit(3, 0, 0), false)).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });

  test('has a failure when nothing ran', () => {
    expect(read('junit', junit(2, 0, 2), true)).toEqual({ passed: 0, failed: 1, skipped: 2 });
    expect(read('junit', 'not a report', true)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(readCounts('junit', '/nowhere/report', true)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test('of a check is one', () => {
    expect(readCounts('exit code', '', true)).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(readCounts('exit code', '', false)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

test('the closing line names skipped tests only when there are any', () => {
  expect(describeCounts({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  expect(describeCounts({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
});
