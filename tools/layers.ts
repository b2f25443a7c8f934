// Who may import what: node tools/bun.mjs tools/layers.ts. The table is the one in CONTRIBUTING.md; types count as imports.
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix, resolve } from 'node:path';
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

/** What one folder may import besides its own files. */
interface Layer {
  readonly ours: readonly string[];
  /** Outside packages that `src/` may import; 'any' where the job decides. */
  readonly outside: readonly string[] | 'any';
  readonly runtime: 'allowed' | 'forbidden';
  /** Its programs are commands for people, which say alike how they are asked: tools/usage.mjs. */
  readonly commands?: true;
  /** Which files the row binds: programs that only start and measure others keep the rule in every file. */
  readonly files: 'src' | 'all';
}

const pure = { outside: [], runtime: 'forbidden', files: 'src' } as const;
const tool = { ours: [], outside: 'any', runtime: 'allowed', files: 'all' } as const;

export const LAYERS: Readonly<Record<string, Layer>> = {
  wire: { ...pure, ours: [] },
  core: { ...pure, ours: ['wire'], outside: ['ts-mls', '@hpke/core', '@hpke/hybridkem-x-wing'] },
  client: { ...pure, ours: ['wire', 'core'] },
  relay: { ours: ['wire'], outside: [], runtime: 'allowed', files: 'src' },
  web: { ...pure, ours: ['client', 'core'], outside: ['preact', '@preact/signals', 'lean-qr'] },
  conformance: { ours: ['wire', 'core', 'client'], outside: [], runtime: 'allowed', commands: true, files: 'src' },
  docs: { ours: ['client', 'core'], outside: [], runtime: 'allowed', files: 'all' },
  e2e: tool,
  site: tool,
  deploy: tool,
  bench: tool,
  tools: tool,
};

/** What only these files of those who may at all import: one folder speaks for the ratchet's library, and one script of the page holds it. */
const NARROW: Readonly<Record<string, readonly string[]>> = {
  'ts-mls': ['core/src/ratchet/'],
  '@hpke/core': ['core/src/ratchet/'],
  '@hpke/hybridkem-x-wing': ['core/src/ratchet/'],
  '@pug/core/ratchet': ['web/src/parts/ratchet.ts', 'conformance/src/', 'docs/examples/'],
};
// A second way into a package, beside its front door.
const SIDE_DOORS = new Set(['@pug/core/ratchet']);

// What core and its neighbours are handed instead of reaching for it: clock, timers, randomness, a place to print, a page.
const HANDED_IN = ['wire', 'core', 'client'];
const FORBIDDEN_NAMES = new Set(
  'console Date performance process document window setTimeout setInterval setImmediate'.split(' '),
);
// Fields that hold a name without meaning the global: `clock.setTimeout`, `{ process: … }`, `interface { document: … }`.
const NAMING_FIELDS = new Set(['property', 'key', 'imported', 'exported']);
const USAGE = 'tools/usage.mjs';
// What anybody may import: how a command is asked, how a program finds Bun, and how a test looks into the memory of another process.
const OPEN_FILES = new Set(['tools/bun.mjs', 'tools/memory.ts', USAGE]);

interface Import {
  readonly specifier: string | null;
  readonly offset: number;
}

function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  walk(source.program, (node) => {
    const isRequire = node.type === 'CallExpression' && childAt(node, 'callee')?.name === 'require';
    const target = isRequire ? (node.arguments as SyntaxNode[])[0] : childAt(node, 'source');
    if (!target || (!isRequire && !/^(Import|Export|TSImportType)/.test(node.type))) return;
    const value = target.value;
    found.push({ specifier: typeof value === 'string' ? value : null, offset: node.start });
  });
  return found;
}

/** `preact/hooks` → `preact`, `@pug/wire/src/x` → `@pug/wire`. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Why `folder` may not import `specifier` from the file at `path`; null when it may. */
function refusal(folder: string, layer: Layer, path: string, specifier: string | null): string | null {
  if (specifier === null) return 'imports a computed path, which no check can follow';
  if (specifier.startsWith('.') || specifier.startsWith('/')) {
    const target = posix.join(posix.dirname(path), specifier);
    const isOpen = layer.files === 'all' ? OPEN_FILES.has(target) : layer.commands === true && target === USAGE;
    return isOpen || target.startsWith(`${folder}/`) ? null : `reaches out of ${folder}/ with a path: ${specifier}`;
  }
  const name = packageOf(specifier);
  if (name.startsWith('@pug/')) {
    if (specifier !== name && !SIDE_DOORS.has(specifier)) return `reaches past the front door of ${name}: ${specifier}`;
    return layer.ours.includes(name.slice('@pug/'.length)) ? null : `${folder} may not import ${name}`;
  }
  if (isBuiltin(specifier) || name === 'bun' || specifier.startsWith('bun:')) {
    return layer.runtime === 'allowed' ? null : `${folder} may not import the runtime's module ${specifier}`;
  }
  return layer.outside === 'any' || layer.outside.includes(name)
    ? null
    : `${folder} may not import the package ${name}`;
}

/** Why this file may not import what others of its folder may; null when it may. */
function narrowRefusal(path: string, specifier: string | null): string | null {
  const open = specifier === null ? undefined : (NARROW[specifier] ?? NARROW[packageOf(specifier)]);
  if (!open || open.some((place) => path.startsWith(place))) return null;
  return `only ${open.join(' and ')} may import ${specifier}`;
}

function importViolations(folder: string, layer: Layer, source: Source): Violation[] {
  return importsOf(source).flatMap(({ specifier, offset }) => {
    const message = refusal(folder, layer, source.path, specifier) ?? narrowRefusal(source.path, specifier);
    return message === null ? [] : [{ path: source.path, line: lineAt(source.text, offset), message }];
  });
}

/** The forbidden global that a node names, or null. */
function forbiddenName(node: SyntaxNode, parent: SyntaxNode | null, field: string): string | null {
  if (node.type === 'MemberExpression') {
    const object = childAt(node, 'object')?.name;
    const property = childAt(node, 'property');
    const name = String(property?.name ?? property?.value);
    if (object === 'Math' && name === 'random') return 'Math.random';
    return object === 'globalThis' && FORBIDDEN_NAMES.has(name) ? name : null;
  }
  if (node.type !== 'Identifier' || !FORBIDDEN_NAMES.has(String(node.name))) return null;
  return NAMING_FIELDS.has(field) && parent?.computed !== true ? null : String(node.name);
}

function nameViolations(folder: string, source: Source): Violation[] {
  if (!HANDED_IN.includes(folder)) return [];
  const found: Violation[] = [];
  walk(source.program, (node, parent, field) => {
    const name = forbiddenName(node, parent, field);
    if (name === null) return;
    found.push({
      path: source.path,
      line: lineAt(source.text, node.start),
      message: `${folder} may not name ${name}: it is handed what it needs`,
    });
  });
  return found;
}

/** A circle of files that import each other, as the path round it, or null. */
function cycleFrom(start: string, edges: ReadonlyMap<string, readonly string[]>, done: Set<string>): string[] | null {
  const trail: string[] = [];
  const visit = (path: string): string[] | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return null;
    trail.push(path);
    for (const next of edges.get(path) ?? []) {
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    trail.pop();
    done.add(path);
    return null;
  };
  return visit(start);
}

function cycleViolations(sources: readonly Source[]): Violation[] {
  const edges = new Map<string, string[]>();
  for (const source of sources) {
    const relative = importsOf(source).flatMap(({ specifier }) => (specifier?.startsWith('.') ? [specifier] : []));
    edges.set(
      source.path,
      relative.map((specifier) => posix.join(posix.dirname(source.path), specifier)),
    );
  }
  const done = new Set<string>();
  for (const path of edges.keys()) {
    const cycle = cycleFrom(path, edges, done);
    if (cycle) return [{ path, line: 1, message: `files import each other in a circle: ${cycle.join(' → ')}` }];
  }
  return [];
}

/** The same table held against the dependencies that a package.json declares for what it ships. */
function dependencyViolations(root: string, folder: string, layer: Layer): Violation[] {
  const path = `${folder}/package.json`;
  if (!existsSync(join(root, path))) return [];
  // A package.json is ours and npm has validated it before this runs.
  const declared = JSON.parse(readFileSync(join(root, path), 'utf8')) as { dependencies?: Record<string, string> };
  return Object.keys(declared.dependencies ?? {}).flatMap((name) => {
    const message = refusal(folder, layer, path, name);
    return message === null ? [] : [{ path, line: 1, message: `${message}, yet declares it` }];
  });
}

// Of relay-go: one WebSocket package with what it needs itself, and the calls of the system by which it gives up its rights.
const GO_MODULES = ['github.com/gobwas/ws', 'github.com/gobwas/httphead', 'golang.org/x/sys'];
const GO_MODULE = 'relay-go/go.mod';

/** Modules that relay-go requires and the table does not have. */
function goViolations(root: string): Violation[] {
  if (!existsSync(join(root, GO_MODULE))) return [];
  const lines = readFileSync(join(root, GO_MODULE), 'utf8').split('\n');
  return lines.flatMap((line, at) => {
    const [, name] = /^(?:require\s+|\t)(\S+) v/.exec(line) ?? [];
    if (name === undefined || GO_MODULES.includes(name)) return [];
    return [{ path: GO_MODULE, line: at + 1, message: `relay-go may not require ${name}` }];
  });
}

/** Everything in the tree at `root` that breaks the import table. */
export function checkLayers(root: string): Violation[] {
  const ours = Object.entries(LAYERS).flatMap(([folder, layer]) => {
    const paths = listFiles(root, layer.files === 'src' ? `${folder}/src` : folder, ['.ts', '.tsx', '.mjs']);
    const sources = paths.map((path) => parseFile(root, path));
    return [
      ...sources.flatMap((source) => importViolations(folder, layer, source)),
      ...sources.flatMap((source) => nameViolations(folder, source)),
      ...cycleViolations(sources),
      ...dependencyViolations(root, folder, layer),
    ];
  });
  return [...ours, ...goViolations(root)];
}

if (import.meta.main) {
  ask('node tools/bun.mjs tools/layers.ts\nChecks who imports what.');
  const violations = checkLayers(resolve(import.meta.dir, '..'));
  report(violations, `layers: ${violations.length} violations`);
}
