/** What the tree itself fills in: a line `<!-- table: name -->` in a text becomes that table, `<!-- file: path -->` that file as it is. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { portOf } from './started.ts';

const place = /^<!-- (table|file): (\S+) -->$/gm;
const relayMain = 'relay/src/main.ts';
const startWithinMs = 20_000;

type Row = readonly (string | number)[];

/** Puts tables and files into a Markdown text. Throws for a table nobody makes. */
export function fillIn(root: string, text: string, tables: ReadonlyMap<string, string>): string {
  return text.replace(place, (_line, kind: string, name: string) => {
    if (kind === 'file') return `\`\`\`\n${readFileSync(join(root, name), 'utf8').trimEnd()}\n\`\`\``;
    const table = tables.get(name);
    if (table === undefined) throw new Error(`there is no table ${name}`);
    return table;
  });
}

/** All tables, as Markdown. Starts the relay of the tree at `root` to ask it. */
export async function makeTables(root: string): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['settings', settingsTable(await ask(root, '--help'), await ask(root, '--print-config'))],
    ['actions', actionsTable(await ask(root, '--help'))],
    ['policy', policyTable(await publishedPolicy(root))],
    ['close-codes', closeCodes(root)],
    ['error-codes', errorCodes(root)],
    ['vectors', vectorsTable(root)],
    ['rules', rulesTable(await run(root, ['tools/rules.ts', '--list']))],
  ]);
}

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function ask(root: string, flag: string): Promise<string> {
  return run(root, [relayMain, flag]);
}

/** What a program of the tree writes. Throws when it fails. */
async function run(root: string, program: readonly string[]): Promise<string> {
  const child = Bun.spawn([process.execPath, ...program], { cwd: root, env: {}, stdout: 'pipe', stderr: 'inherit' });
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`${program.join(' ')} failed`);
  return text;
}

interface Flag {
  readonly flag: string;
  readonly help: string;
  readonly byDefault: string;
}

/** The lines `--flag   what it does (default)` of a help text; the actions stand before the first empty line after them. */
function flagsOf(help: string): { readonly actions: readonly Flag[]; readonly settings: readonly Flag[] } {
  const [actions = [], settings = []] = help
    .split(/\n\s*\n/)
    .map((block) =>
      [...block.matchAll(/^ {2}(--[\w-]+) +(.+?)(?: \(([^()\s]+)\))?$/gm)].map(
        ([, flag = '', text = '', value = '']) => ({
          flag,
          help: text,
          byDefault: value,
        }),
      ),
    )
    .filter((flags) => flags.length > 0);
  return { actions, settings };
}

function settingsTable(help: string, printed: string): string {
  const keyOf = new Map(keysOf(JSON.parse(printed)).map((key) => [kebab(key), key]));
  const rows = flagsOf(help).settings.map(({ flag, help: text, byDefault }) => {
    const words = flag.slice(2);
    const key = keyOf.get(words) ?? words.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const variable = `PUG_${words.replaceAll('-', '_').toUpperCase()}`;
    return [`\`${flag}\` \`${variable}\` \`${key}\``, byDefault === '' ? '' : `\`${byDefault}\``, text];
  });
  if (rows.length < 20) throw new Error('the help of the relay is not what it was');
  return table(['flag, variable, key in the file', 'default', 'meaning'], rows);
}

function actionsTable(help: string): string {
  return table(
    ['flag', 'what it does'],
    // `--config` stands among them and asks nothing: the page explains it.
    flagsOf(help)
      .actions.filter(({ flag }) => flag !== '--config')
      .map(({ flag, help: text }) => [`\`${flag}\``, text]),
  );
}

/** `{ttlSeconds: {min: 60}}` has the key `ttlSeconds.min`. */
function keysOf(config: object, before = ''): string[] {
  return Object.entries(config).flatMap(([name, value]) => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? keysOf(value, `${before}${name}.`) : [`${before}${name}`];
  });
}

function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll('.', '-');
}

/** What a relay with no settings answers to `GET /api/v1/policy` (HT-8). */
async function publishedPolicy(root: string): Promise<object> {
  const args = [relayMain, '--host', '127.0.0.1', '--port', '0'];
  const relay = Bun.spawn([process.execPath, ...args], { cwd: root, env: {}, stdout: 'pipe', stderr: 'ignore' });
  try {
    const port = await portOf(relay.stdout);
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/policy`, {
      signal: AbortSignal.timeout(startWithinMs),
    });
    return (await answer.json()) as object;
  } finally {
    relay.kill('SIGKILL');
    await relay.exited;
  }
}

function policyTable(policy: object): string {
  const rows = Object.entries(policy).map(([name, value]) => [
    `\`${name}\``,
    typeof value === 'object' ? `${value.min} … ${value.max}, default ${value.default}` : value,
  ]);
  return table(['field', 'value'], rows);
}

/** The rows of the table in `path` whose first cell is `first`, by that cell. Spec and vectors must name the same codes. */
function specRows(root: string, path: string): ReadonlyMap<string, readonly string[]> {
  const lines = readFileSync(join(root, path), 'utf8').split('\n');
  const cells = lines
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.trim()),
    );
  return new Map(cells.map(([first = '', ...rest]) => [first.replaceAll('`', ''), rest]));
}

/** The cell of a code's row; throws when the specification does not know the code. */
function specCell(rows: ReadonlyMap<string, readonly string[]>, code: unknown, column: number): string {
  const cell = rows.get(String(code))?.at(column);
  if (cell === undefined) throw new Error(`the specification has no row for the code ${code}`);
  return cell;
}

function codesOf(root: string, name: string): readonly Record<string, string | number>[] {
  // Our own vectors: the conformance suite has judged their form.
  return (JSON.parse(readFileSync(join(root, `vectors/codes/${name}.json`), 'utf8')) as { codes: never[] }).codes;
}

function closeCodes(root: string): string {
  const spec = specRows(root, 'spec/socket.md');
  const rows = codesOf(root, 'close').map(({ code = '', name = '', client = '' }) => [
    code,
    `\`${name}\``,
    specCell(spec, code, 1),
    client === 'ends' ? 'the room is over for it' : 'tries again',
  ]);
  return table(['code', 'name', 'who, why', 'the client'], rows);
}

function errorCodes(root: string): string {
  const spec = specRows(root, 'spec/http.md');
  const rows = codesOf(root, 'problems').map(({ code = '', status = '', fault = '' }) => [
    `\`${code}\``,
    status,
    fault,
    specCell(spec, code, 2),
  ]);
  return table(['code', 'status', 'at fault', 'meaning'], rows);
}

function vectorsTable(root: string): string {
  const folders = readdirSync(join(root, 'vectors'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const rows = folders.map(({ name }) => {
    const files = readdirSync(join(root, 'vectors', name)).filter((file) => file.endsWith('.json'));
    const rules = files.flatMap((file) => {
      const { rule } = JSON.parse(readFileSync(join(root, 'vectors', name, file), 'utf8')) as {
        rule?: string | string[];
      };
      return [
        ...[rule]
          .flat()
          .join(' ')
          .matchAll(/\b[A-Z]{2}-\d+\b/g),
      ].map(([id]) => id);
    });
    const sorted = [...new Set(rules)].sort(byNumber);
    return [
      `\`vectors/${name}\``,
      files.length,
      sorted.length === 0 ? 'the vectors of RFC 9420’s authors' : sorted.join(', '),
    ];
  });
  return table(['folder', 'vectors', 'rules they prove'], rows);
}

/** Each rule with the tests that name it, from lines `rule path`; a rule may have very many vectors, so these are counted. */
function rulesTable(listed: string): string {
  const pairs = listed
    .trim()
    .split('\n')
    .map((line) => line.split(' ') as [string, string]);
  const rules = [...new Set(pairs.map(([rule]) => rule))].sort(byNumber);
  const rows = rules.map((rule) => {
    const paths = pairs.filter(([named]) => named === rule).map(([, path]) => path);
    return [rule, [...Map.groupBy(paths, (path) => path.split('/')[0] ?? '')].map(namedBy).join(' · ')];
  });
  return table(['rule', 'named by'], rows);
}

/** `e2e: talk, purge` for e2e/talk.spec.ts and e2e/purge.spec.ts. */
function namedBy([folder, paths]: readonly [string, readonly string[]]): string {
  if (folder === 'vectors') return paths.length === 1 ? '1 vector' : `${paths.length} vectors`;
  return `**${folder}**: ${paths.map((path) => basename(path).replace(/(\.(test|spec))?\.ts$/, '')).join(', ')}`;
}

/** RM-2 before RM-10. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
