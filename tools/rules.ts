// Every rule of the specification has a test or a vector, and every test names a rule that exists:
// node tools/bun.mjs tools/rules.ts. An id counts where it is written in full; "RL-1 to RL-4" cites two rules.
// With --list it writes instead which file names which rule, a pair in each line.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { childAt, lineAt, listFiles, parseFile, report, type SyntaxNode, type Violation, walk } from './tree.ts';
import { ask } from './usage.mjs';

const DEFINITION = /^(?:[-*] )?\*\*([A-Z]{2}-\d+)\*\*/;
const CITATION = /\b[A-Z]{2}-\d+\b/g;
// The conformance suite runs each `scenario(title, …)` of its list as one test.
const TITLED = new Set(['test', 'it', 'describe', 'scenario']);
const SCENARIOS = 'conformance/src/scenarios';
// What is never run proves nothing.
const NOT_RUN = new Set(['skip', 'todo', 'fixme']);

/** A place where a rule's id stands. */
export interface Mention {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
}

/** The rules that the specification defines, in order. */
export function definitions(root: string): Mention[] {
  const paths = [...listFiles(root, 'spec', ['.md']), ...listFiles(root, '.', ['PUG_NETWORK_LOGIC.md'])];
  return paths.flatMap((path) =>
    readFileSync(join(root, path), 'utf8')
      .split('\n')
      .flatMap((text, index) => {
        const rule = DEFINITION.exec(text.trimStart())?.[1];
        return rule ? [{ rule, path, line: index + 1 }] : [];
      }),
  );
}

/** The names in `test.describe.each(table)`: test, describe, each. */
function calleeNames(node: SyntaxNode | null): string[] {
  if (node?.type === 'Identifier') return [String(node.name)];
  if (node?.type === 'CallExpression') return calleeNames(childAt(node, 'callee'));
  if (node?.type !== 'MemberExpression') return [];
  return [...calleeNames(childAt(node, 'object')), ...calleeNames(childAt(node, 'property'))];
}

/** The fixed text of a string or template literal; '' for anything else. */
function textOf(node: SyntaxNode | undefined): string {
  if (node?.type === 'Literal') return String(node.value);
  if (node?.type !== 'TemplateLiteral') return '';
  // By ESTree, the quasis of a template are nodes whose value is { raw, cooked }.
  return (node.quasis as { value: { raw: string } }[]).map(({ value }) => value.raw).join(' ');
}

function mentions(text: string, path: string, line: number): Mention[] {
  return [...text.matchAll(CITATION)].map(([rule]) => ({ rule, path, line }));
}

function titleCitations(root: string, path: string): Mention[] {
  const { text, program } = parseFile(root, path);
  const found: Mention[] = [];
  walk(program, (node) => {
    if (node.type !== 'CallExpression') return;
    const names = calleeNames(childAt(node, 'callee'));
    if (!TITLED.has(names[0] ?? '') || names.some((name) => NOT_RUN.has(name))) return;
    const title = textOf((node.arguments as SyntaxNode[])[0]);
    found.push(...mentions(title, path, lineAt(text, node.start)));
  });
  return found;
}

function vectorCitations(root: string, path: string): Mention[] {
  // Vectors are ours; one without a rule is for the conformance suite to refuse.
  const { rule } = JSON.parse(readFileSync(join(root, path), 'utf8')) as { rule?: unknown };
  return mentions([rule].flat().join(' '), path, 1);
}

/** Go has no titles: a test's rules stand at the end of its name, `TestWhatHolds_RM_1_RM_10`. */
function goCitations(root: string, path: string): Mention[] {
  const lines = readFileSync(join(root, path), 'utf8').split('\n');
  return lines.flatMap((line, at) => {
    const [, name = ''] = /^func (?:Test|Fuzz)(\w+)\(/.exec(line) ?? [];
    return mentions(name.replaceAll(/_([A-Z]{2})_(\d+)/g, ' $1-$2 '), path, at + 1);
  });
}

/** The rules that test titles and vectors name. */
export function citations(root: string): Mention[] {
  const tests = [
    ...listFiles(root, '.', ['.test.ts', '.test.tsx', '.spec.ts']),
    ...listFiles(root, SCENARIOS, ['.ts']),
  ];
  return [
    ...tests.filter((path) => !path.startsWith('tools/')).flatMap((path) => titleCitations(root, path)),
    ...listFiles(root, 'relay-go', ['_test.go']).flatMap((path) => goCitations(root, path)),
    ...listFiles(root, 'vectors', ['.json']).flatMap((path) => vectorCitations(root, path)),
  ];
}

/** Rules defined twice, rules that nothing proves, and citations of rules that do not exist. */
export function checkRules(root: string): Violation[] {
  const defined = definitions(root);
  const cited = citations(root);
  const known = new Set(defined.map(({ rule }) => rule));
  const proven = new Set(cited.map(({ rule }) => rule));
  const say = (list: readonly Mention[], message: string): Violation[] =>
    list.map(({ rule, path, line }) => ({ path, line, message: `${rule} ${message}` }));
  const first = new Map(defined.toReversed().map((mention) => [mention.rule, mention]));
  return [
    ...say(
      defined.filter((mention) => first.get(mention.rule) !== mention),
      'is defined a second time',
    ),
    ...say(
      defined.filter(({ rule }) => !proven.has(rule)),
      'is proven by no test and no vector',
    ),
    ...say(
      cited.filter(({ rule }) => !known.has(rule)),
      'is cited but defined nowhere',
    ),
  ];
}

if (import.meta.main) {
  const root = resolve(import.meta.dir, '..');
  const usage =
    'node tools/bun.mjs tools/rules.ts [--list]\nChecks that every rule is proven and every citation real. --list prints what is cited where.';
  if (ask(usage, { flags: ['list'] }).flags.has('list')) {
    console.log([...new Set(citations(root).map(({ rule, path }) => `${rule} ${path}`))].join('\n'));
    process.exit(0);
  }
  const violations = checkRules(root);
  const counts = `${definitions(root).length} rules, ${citations(root).length} citations`;
  report(violations, `rules: ${counts}, ${violations.length} problems`);
}
