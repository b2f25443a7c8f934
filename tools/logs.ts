// What the relay can write at all: node tools/bun.mjs tools/logs.ts. RL-1 and RL-2 as far as syntax shows them: only the log and the
// command print, a log line is made of fields whose types have no room for text, and nothing writes a file.
import { posix, resolve } from 'node:path';
import {
  childAt,
  lineAt,
  listFiles,
  parseFile,
  report,
  type Source,
  type SyntaxNode,
  type Violation,
  walk,
} from './tree.ts';
import { ask } from './usage.mjs';

const FOLDER = 'relay/src';
const LOG = `${FOLDER}/log.ts`;
/** May print: the log, and the command's few lines for the person who started it. */
const PRINTERS = new Set([LOG, `${FOLDER}/main.ts`]);
const PRINTING = new Set(['console', 'process.stdout', 'process.stderr', 'Bun.stdout', 'Bun.stderr', 'process.report']);
const WRITING =
  /^(write|append|create|open|mkdir|mkdtemp|rm|rename|unlink|cp|copy|link|symlink|truncate|ftruncate|watch)/;
/** What a file may use otherwise. */
const MAY_USE: Readonly<Record<string, string>> = {
  [LOG]: 'write', // To standard error, beside the event loop.
  'relay/src/descriptors.ts': 'openSync', // Of /dev/null, to learn whether a descriptor is free.
  'relay/src/unix-socket.ts': 'unlinkSync', // Of the socket that a dead relay left.
};
/** Types that could hold what somebody sent. */
const OPEN_TYPES = new Set([
  'TSStringKeyword',
  'TSAnyKeyword',
  'TSUnknownKeyword',
  'TSObjectKeyword',
  'TSArrayType',
  'TSTemplateLiteralType',
]);
const PLAIN_VALUES = new Set(['Literal', 'Identifier', 'MemberExpression']);
const COMPARISONS = new Set(['===', '!==', '<', '>', '<=', '>=']);

type Find = (node: SyntaxNode, parent: SyntaxNode | null, field: string) => string | null;

function findAll(source: Source, find: Find): Violation[] {
  const found: Violation[] = [];
  walk(source.program, (node, parent, field) => {
    const message = find(node, parent, field);
    if (message !== null) found.push({ path: source.path, line: lineAt(source.text, node.start), message });
  });
  return found;
}

/** `process.stderr` for the node that is it. */
function dotted(node: SyntaxNode): string | null {
  if (node.type === 'Identifier') return String(node.name);
  if (node.type !== 'MemberExpression') return null;
  return `${childAt(node, 'object')?.name}.${childAt(node, 'property')?.name}`;
}

function printing(node: SyntaxNode, _: SyntaxNode | null, field: string): string | null {
  const name = dotted(node);
  // A field or property that happens to be called so is not the global.
  const isGlobal = field !== 'property' && field !== 'key';
  return name !== null && isGlobal && PRINTING.has(name) ? `only the log and the command may print, not ${name}` : null;
}

const writingIn =
  (path: string): Find =>
  (node, parent) => {
    if (dotted(node) === 'Bun.write') return 'the relay writes nothing to a disk (RL-1): Bun.write';
    if (node.type !== 'ImportSpecifier' || parent === null) return null;
    const from = String(childAt(parent, 'source')?.value);
    const name = String(childAt(node, 'imported')?.name);
    return /^(node:)?fs(\/|$)/.test(from) && WRITING.test(name) && MAY_USE[path] !== name
      ? `the relay writes nothing to a disk (RL-1): ${name}`
      : null;
  };

/** File systems are reached by named imports only, or what is used of them could not be seen. */
function hidden(node: SyntaxNode): string | null {
  const isImport = node.type === 'ImportDeclaration' || node.type === 'ImportExpression';
  const isRequire = node.type === 'CallExpression' && childAt(node, 'callee')?.name === 'require';
  const isExport = node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration';
  const from = isRequire ? (node.arguments as SyntaxNode[])[0] : isImport || isExport ? childAt(node, 'source') : null;
  if (!/^(node:)?fs(\/|$)/.test(String(from?.value))) return null;
  const isNamed = node.type === 'ImportDeclaration' && (node.specifiers as SyntaxNode[]).every(isNamedImport);
  return isNamed ? null : 'only named imports of node:fs, so that it can be seen that nothing is written (RL-1)';
}

function isNamedImport(node: SyntaxNode): boolean {
  return (
    node.type === 'ImportSpecifier' &&
    childAt(node, 'imported')?.name !== 'promises' &&
    childAt(node, 'imported')?.name !== 'default'
  );
}

/** Why this call of the log could say more than facts; null for one that cannot, and for any other node. */
function logCall(node: SyntaxNode): string | null {
  if (node.type !== 'CallExpression') return null;
  const callee = childAt(node, 'callee');
  const name = callee?.type === 'MemberExpression' ? childAt(callee, 'property')?.name : callee?.name;
  if (name !== 'log' || childAt(callee ?? node, 'object')?.name === 'console') return null;
  const [fact] = node.arguments as SyntaxNode[];
  if (fact?.type !== 'ObjectExpression') return 'a log line is written out where it is logged';
  return (fact.properties as SyntaxNode[]).every((property) => isPlain(childAt(property, 'value')))
    ? null
    : 'a field of a log line is a constant or a count as it stands';
}

/** Something that is as it stands; what is computed could be put together from what a peer sent. */
function isPlain(value: SyntaxNode | null): boolean {
  if (value?.type === 'BinaryExpression') return COMPARISONS.has(String(value.operator));
  return value !== null && PLAIN_VALUES.has(value.type);
}

/** The types that log.ts declares, and those it imports, where they are declared. */
function factTypes(root: string): readonly (readonly [Source, ReadonlySet<string> | null])[] {
  const log = parseFile(root, LOG);
  const imported: [Source, ReadonlySet<string>][] = [];
  walk(log.program, (node) => {
    const from = node.type === 'ImportDeclaration' ? String(childAt(node, 'source')?.value) : '';
    if (!from.startsWith('./')) return;
    const names = (node.specifiers as SyntaxNode[]).map((one) => String(childAt(one, 'imported')?.name));
    imported.push([parseFile(root, posix.join(FOLDER, from)), new Set(names)]);
  });
  return [[log, null], ...imported];
}

/** Fields of log lines that have room for text. */
function openFields(source: Source, names: ReadonlySet<string> | null): Violation[] {
  const found: Violation[] = [];
  walk(source.program, (node) => {
    if (node.type !== 'TSTypeAliasDeclaration' && node.type !== 'TSInterfaceDeclaration') return;
    if (names !== null && !names.has(String(childAt(node, 'id')?.name))) return;
    walk(node, (below) => {
      if (!OPEN_TYPES.has(below.type)) return;
      const message = 'a log line has no field for text, only for counts and our own words (RL-2)';
      found.push({ path: source.path, line: lineAt(source.text, below.start), message });
    });
  });
  return found;
}

/** Everything in the relay of the tree at `root` that could write what nobody may know. */
export function checkLogs(root: string): Violation[] {
  const sources = listFiles(root, FOLDER, ['.ts']).map((path) => parseFile(root, path));
  if (!sources.some(({ path }) => path === LOG)) return [{ path: LOG, line: 1, message: 'there is no log' }];
  return [
    ...sources.filter(({ path }) => !PRINTERS.has(path)).flatMap((source) => findAll(source, printing)),
    ...sources.flatMap((source) => findAll(source, writingIn(source.path))),
    ...sources.flatMap((source) => findAll(source, hidden)),
    ...sources.flatMap((source) => findAll(source, logCall)),
    ...factTypes(root).flatMap(([source, names]) => openFields(source, names)),
  ];
}

if (import.meta.main) {
  ask('node tools/bun.mjs tools/logs.ts\nChecks what the relay can write.');
  const violations = checkLogs(resolve(import.meta.dir, '..'));
  report(violations, `logs: ${violations.length} violations`);
}
