// The relay as people start it, in a process of its own.
import { afterAll } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The program under test, with arguments that go before the flags; PUG_RELAY_COMMAND names another, such as the executable. */
export const relayCommand: readonly string[] = process.env.PUG_RELAY_COMMAND?.split(' ') ?? [
  process.execPath,
  join(import.meta.dir, '..', 'src', 'main.ts'),
];

/** What the relay may know of this process's environment: a variable PUG_* that is no setting is a mistake to it. */
export function environment(more: Readonly<Record<string, string>> = {}): Record<string, string | undefined> {
  const { PUG_RELAY_COMMAND: _, ...env } = process.env;
  // As tools/bun.mjs has it, which starts the relay and these tests.
  return { ...env, BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0', ...more };
}

export interface Running {
  readonly child: Bun.Subprocess<'ignore', 'pipe', 'pipe'>;
  readonly origin: string;
  /** All that it has written to stdout and stderr. */
  readonly output: () => string;
}

export interface Circumstances {
  /** A command that runs the relay's. */
  readonly before?: readonly string[];
  /** Another program than the relay, that takes its flags. */
  readonly program?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts it with these flags, on a free port of the loopback interface unless they say otherwise, until the test file is done. */
export function running(flags: readonly string[] = [], around: Circumstances = {}): Promise<Running> {
  const child = spawned(flags, around);
  afterAll(() => child.kill('SIGKILL'));
  return listening(child);
}

/** The same, for whoever ends it. */
export function spawned(flags: readonly string[] = [], around: Circumstances = {}): Running['child'] {
  const where = flags.includes('--unix-socket') ? [] : ['--port', '0'];
  const host = flags.includes('--host') ? [] : ['--host', '127.0.0.1'];
  const command = [...(around.before ?? []), ...(around.program ?? relayCommand), ...host, ...where, ...flags];
  const env = environment(around.env);
  return Bun.spawn(command, { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe', env });
}

/** Waits until it listens. */
export async function listening(child: Running['child']): Promise<Running> {
  const output = outputOf(child);
  const origin = await until(() => /Pug Network is running: (?:unix socket )?(\S+)\n/.exec(output())?.[1], output);
  await until(() => logOf({ output }).find(({ event }) => event === 'listening'), output);
  return { child, origin, output };
}

/** Collects all that a process writes to stdout and stderr. */
export function outputOf(child: Running['child']): () => string {
  let text = '';
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    for await (const bytes of stream) text += Buffer.from(bytes).toString();
  };
  void collect(child.stdout);
  void collect(child.stderr);
  return () => text;
}

/** What `look` finds as soon as it finds something. @param state said when it finds nothing within 30 s */
export async function until<T>(look: () => T | undefined | Promise<T | undefined>, state = () => ''): Promise<T> {
  const deadlineMs = performance.now() + 30_000;
  while (performance.now() < deadlineMs) {
    const found = await look();
    if (found !== undefined) return found;
    await Bun.sleep(25);
  }
  throw new Error(`it did not happen in time: ${state()}`);
}

/** The log's lines: everything but the lines for people. */
export function logOf({ output }: Pick<Running, 'output'>): readonly Record<string, unknown>[] {
  return output()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line));
}

/** The first line of this event. */
export function logged(relay: Running, event: string): Promise<Record<string, unknown>> {
  return until(() => logOf(relay).find((line) => line.event === event), relay.output);
}

/** Memory it holds. Linux only. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await Bun.file(`/proc/${pid}/status`).text();
  return 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
}

/** A folder that goes when the test file is done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pug-relay-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The path of a program, also of one that only root has on its path; null where it is not installed. */
export function program(name: string): string | null {
  return Bun.which(name, { PATH: `${process.env.PATH}:/usr/sbin:/sbin` });
}
