// Files up to 400 lines, functions up to 50, without exceptions: node tools/bun.mjs tools/size.ts.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { childAt, lineAt, listFiles, parseFile, report, type SyntaxNode, type Violation, walk } from './tree.ts';
import { ask } from './usage.mjs';

const MAX_FILE_LINES = 400;
const MAX_FUNCTION_LINES = 50;
const PARSED = ['.ts', '.tsx', '.mjs', '.js'];
const COUNTED = [...PARSED, '.css', '.c', '.go'];
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** `describe(…)`, `test.describe(…)` and `describe.skipIf(…)(…)` take a list of tests, not a function that does something. */
function isTestList(parent: SyntaxNode | null): boolean {
  const called = parent?.type === 'CallExpression' ? childAt(parent, 'callee') : null;
  const callee = called?.type === 'CallExpression' ? childAt(called, 'callee') : called;
  const parts = callee && [callee, childAt(callee, 'object'), childAt(callee, 'property')];
  return parts?.some((part) => part?.name === 'describe') ?? false;
}

function longFunctions(root: string, path: string): Violation[] {
  const { text, program } = parseFile(root, path);
  const found: Violation[] = [];
  walk(program, (node, parent) => {
    if (!FUNCTIONS.has(node.type) || isTestList(parent)) return;
    const line = lineAt(text, node.start);
    const lines = lineAt(text, node.end) - line + 1;
    if (lines > MAX_FUNCTION_LINES) found.push({ path, line, message: `function of ${lines} lines` });
  });
  return found;
}

/** As gofmt writes them, a function begins and ends at the margin. A table is data, also where a function returns it. */
function longGoFunctions(root: string, path: string): Violation[] {
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(/^func .*\{\n(?:.*\n)*?\}$/gm)].flatMap(({ 0: whole, index }) => {
    const lines = whole.split('\n').length;
    const isTable = /^func .*\{\n\treturn \[\]/.test(whole);
    if (lines <= MAX_FUNCTION_LINES || isTable) return [];
    return [{ path, line: lineAt(text, index), message: `function of ${lines} lines` }];
  });
}

/** Every file and function in the tree at `root` that is too long. */
export function checkSize(root: string): Violation[] {
  return listFiles(root, '.', COUNTED).flatMap((path) => {
    const lines = readFileSync(join(root, path), 'utf8').replace(/\n$/, '').split('\n').length;
    const tooLong = lines > MAX_FILE_LINES ? [{ path, line: lines, message: `file of ${lines} lines` }] : [];
    if (path.endsWith('.go')) return [...tooLong, ...longGoFunctions(root, path)];
    return PARSED.some((ending) => path.endsWith(ending)) ? [...tooLong, ...longFunctions(root, path)] : tooLong;
  });
}

if (import.meta.main) {
  ask('node tools/bun.mjs tools/size.ts\nChecks that no file and no function is too long.');
  const violations = checkSize(resolve(import.meta.dir, '..'));
  report(violations, `size: ${violations.length} too long`);
}
