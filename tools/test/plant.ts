// Plants small trees of files for the checks to judge.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Violation } from '../tree.ts';

/** Writes `files` (path to text) into a new folder, hands the folder to `check`, removes it, returns what `check` did. */
export function withTree<T>(files: Readonly<Record<string, string>>, check: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'pug-tree-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return check(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Violations as one line each, so that a test can compare them with plain text. */
export function lines(violations: readonly Violation[]): string[] {
  return violations.map(({ path, line, message }) => `${path}:${line} ${message}`);
}
