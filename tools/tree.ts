// The files of this tree and their syntax, for the checks beside this file.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

/** A node of an ESTree syntax tree; `start` and `end` are offsets into the text. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** One source file: its path from the root with forward slashes, its text and its syntax. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly program: SyntaxNode;
}

/** Something a check refuses. `line` counts from 1. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'test-results', 'log']);

/**
 * Every file under `folder` whose name ends as one of `endings`, sorted; paths from `root` with forward slashes.
 * Hidden folders and what tools generate are left out. A folder that does not exist has no files.
 */
export function listFiles(root: string, folder: string, endings: readonly string[]): string[] {
  const top = join(root, folder);
  if (!statSync(top, { throwIfNoEntry: false })?.isDirectory()) return [];
  const found = readdirSync(top, { withFileTypes: true }).flatMap((entry) => {
    const path = join(top, entry.name);
    if (entry.isDirectory()) {
      const skipped = entry.name.startsWith('.') || SKIPPED_FOLDERS.has(entry.name);
      return skipped ? [] : listFiles(root, relative(root, path), endings);
    }
    return endings.some((ending) => entry.name.endsWith(ending)) ? [relative(root, path).split(sep).join('/')] : [];
  });
  return found.sort();
}

/** Reads and parses one TypeScript or JavaScript file. Throws on a syntax error, naming the file. */
export function parseFile(root: string, path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  try {
    const program = parseAst(text, { lang: path.endsWith('x') ? 'tsx' : path.endsWith('.d.ts') ? 'dts' : 'ts' }, path);
    // The parser's own types are a union of some hundred shapes; the checks need only these few fields.
    return { path, text, program: program as unknown as SyntaxNode };
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : cause}`);
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The direct children of a node, each with the name of the field that holds it. */
export function children(node: SyntaxNode): { readonly field: string; readonly child: SyntaxNode }[] {
  return Object.entries(node).flatMap(([field, value]) =>
    (Array.isArray(value) ? value : [value]).filter(isNode).map((child) => ({ field, child })),
  );
}

/** Calls `visit` for a node and all below it, outermost first, with the parent and the field it stands in. */
export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, parent: SyntaxNode | null, field: string) => void,
  parent: SyntaxNode | null = null,
  field = '',
): void {
  visit(node, parent, field);
  for (const below of children(node)) walk(below.child, visit, node, below.field);
}

/** The child node in this field, or null. */
export function childAt(node: SyntaxNode, field: string): SyntaxNode | null {
  const value = node[field];
  return isNode(value) ? value : null;
}

/** The line, counted from 1, of an offset into `text`. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Prints violations as `path:line message`, then `summary`, and ends the process: 1 when there are any, else 0. */
export function report(violations: readonly Violation[], summary: string): never {
  for (const { path, line, message } of violations) console.log(`${path}:${line} ${message}`);
  console.log(summary);
  process.exit(violations.length === 0 ? 0 : 1);
}
