/** What a measurement was made on and with: versions, cores, a compiler. */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = join(import.meta.dir, '..', '..');

/** The load has one core and what is measured the other, where there are two and a way to say so. */
export type Core = 'server' | 'load';
const coreNumbers: Readonly<Record<Core, string>> = { server: '0', load: '1' };

let canPin = Bun.which('taskset') !== null && cpus().length > 1;

/** For what compares nothing: it runs wherever the machine has room. */
export function leaveCores(): void {
  canPin = false;
}

/** The command line that runs `command` on one core only. */
export function onCore(core: Core, command: readonly string[]): string[] {
  return canPin ? ['taskset', '-c', coreNumbers[core], ...command] : [...command];
}

export function describePinning(): string {
  return canPin
    ? 'server on core 0, load on core 1'
    : 'not pinned (taskset or a second core is missing): compare with care';
}

/** The first line a program prints about itself, or a word that it is not there. */
export function versionOf(command: readonly string[]): string {
  const [program = ''] = command;
  if (Bun.which(program) === null) return `no ${program}`;
  const { stdout } = Bun.spawnSync([...command], { stderr: 'ignore' });
  return stdout.toString().split('\n')[0]?.trim() ?? '';
}

/** The version of an installed package. */
export async function packageVersion(name: string): Promise<string> {
  const { version } = await Bun.file(join(root, 'node_modules', name, 'package.json')).json();
  return `${name} ${version}`;
}

/** How busy the machine is: the load averages of 1, 5 and 15 minutes. Read before and after a run, they tell whether it was alone. */
export async function loadAverages(): Promise<string> {
  return (await Bun.file('/proc/loadavg').text()).split(' ').slice(0, 3).join(' ');
}

/** One line: the machine and the time. */
export async function describeMachine(): Promise<string> {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const flags = await Bun.file('/proc/cpuinfo').text();
  const vectors = flags.includes(' avx512f ') ? 'AVX-512' : flags.includes(' avx2 ') ? 'AVX2' : 'no AVX2';
  return `${model}, ${cpus().length} cores, ${vectors}, Linux ${release()}, ${new Date().toISOString()}`;
}

// What C compiles to and programs complain about: outside the tree, removed when the process ends.
const built = mkdtempSync(join(tmpdir(), 'pug-bench-'));
process.on('exit', () => rmSync(built, { recursive: true, force: true }));

/** Where a file of this run is that nobody needs afterwards. */
export function builtPath(name: string): string {
  return join(built, name);
}

/**
 * Compiles C files below bench/ into one program.
 * @returns its path
 * @throws {Error} when there is no C compiler, or the sources do not compile
 */
export function compile(name: string, sources: readonly string[], flags: readonly string[]): string {
  const program = builtPath(name);
  if (Bun.which('cc') === null)
    throw new Error('A C compiler is needed for this measurement: install gcc or clang (cc).');
  const files = sources.map((source) => join(root, 'bench', source));
  const command = ['cc', '-std=gnu11', '-Wall', '-Wextra', ...flags, ...files, '-o', program, '-ldl'];
  const { exitCode, stderr } = Bun.spawnSync(command, { stdout: 'ignore', stderr: 'pipe' });
  if (exitCode !== 0) throw new Error(`cc could not compile ${name}:\n${stderr.toString()}`);
  return program;
}

const builtGo = new Map<string, string>();

/**
 * Builds one program of a Go module below bench/.
 * @returns its path
 * @throws {Error} when there is no Go, or the sources do not compile
 */
export function compileGo(module: string, name: string): string {
  const known = builtGo.get(name);
  if (known !== undefined) return known;
  if (Bun.which('go') === null) throw new Error('Go is needed for this measurement: put it on the PATH.');
  const program = builtPath(`go-${name}`);
  const command = ['go', 'build', '-o', program, `./${name}`];
  const { exitCode, stderr } = Bun.spawnSync(command, { cwd: join(root, 'bench', module), stderr: 'pipe' });
  if (exitCode !== 0) throw new Error(`go could not build ${name}:\n${stderr.toString()}`);
  builtGo.set(name, program);
  return program;
}
