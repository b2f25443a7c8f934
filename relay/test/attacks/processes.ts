// The relay and an attacker, each as a process of its own.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Keys } from '../peer.ts';
import type { AttackName } from './attacks.ts';

const main = join(import.meta.dir, '..', '..', 'src', 'main.ts');
const attacker = join(import.meta.dir, 'attacker.ts');

type Child = Bun.Subprocess<'pipe', 'pipe', 'pipe' | 'inherit'>;

/** The lines that a process writes, one by one. */
class Lines {
  readonly #lines: AsyncIterator<string>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#lines = linesOf(stream);
  }

  async next(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the process has ended');
    return value;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let text = '';
  for await (const bytes of stream) {
    text += Buffer.from(bytes).toString();
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    yield* lines;
  }
}

export class RelayProcess {
  readonly origin: string;
  readonly #child: Child;
  readonly pid: number;

  private constructor(child: Child, origin: string, pid: number) {
    this.#child = child;
    this.origin = origin;
    this.pid = pid;
  }

  /**
   * @param before a program that becomes the relay, or starts it as its child, such as a tracer
   * @param run flags of the runtime
   */
  static async start(
    flags: readonly string[],
    before: readonly string[] = [],
    run: readonly string[] = [],
  ): Promise<RelayProcess> {
    const command = [...before, process.execPath, ...run, main, '--host', '127.0.0.1', '--port', '0', ...flags];
    const child = Bun.spawn(command, { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' });
    let errors = '';
    const drained = (async () => {
      for await (const bytes of child.stderr) errors += Buffer.from(bytes).toString();
    })();
    const lines = linesOf(child.stdout);
    let printed = '';
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`the relay did not start: ${printed}${errors}`);
      printed += `${value}\n`;
      const origin = /Pug Network is running: (\S+)/.exec(value)?.[1];
      if (origin === undefined) continue;
      const [inner] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ');
      const relay = new RelayProcess(child, origin, inner ? Number(inner) : child.pid);
      relay.#printed = async () => {
        for (let next = await lines.next(); !next.done; next = await lines.next()) printed += `${next.value}\n`;
        await drained;
        return printed + errors;
      };
      return relay;
    }
  }

  #printed: () => Promise<string> = async () => '';

  get port(): number {
    return Number(new URL(this.origin).port);
  }

  get residentBytes(): number {
    return 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]);
  }

  get descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** Seconds of processor time so far. */
  get cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Ends it in an orderly way. @returns all that it wrote */
  async stop(): Promise<string> {
    process.kill(this.pid, 'SIGTERM');
    const hardStop = setTimeout(() => process.kill(this.pid, 'SIGKILL'), 20_000);
    await this.#child.exited;
    clearTimeout(hardStop);
    return this.#printed();
  }

  /** Ends it with a core dump, where there are any. @returns all that it wrote */
  async abort(): Promise<string> {
    process.kill(this.pid, 'SIGABRT');
    await this.#child.exited;
    return this.#printed();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

export interface Progress {
  readonly strikes: number;
  readonly open: number;
}

export class AttackerProcess {
  readonly #child: Child;
  readonly #lines: Lines;

  private constructor(child: Child) {
    this.#child = child;
    this.#lines = new Lines(child.stdout);
  }

  /** Niced, so that it takes no processor time from the people who are measured: what it does to the relay is what counts. */
  static async start(name: AttackName, origin: string, victim: Keys): Promise<AttackerProcess> {
    const keys = [victim.join, victim.owner].map((key) =>
      key.export({ format: 'der', type: 'pkcs8' }).toString('base64url'),
    );
    const command = ['nice', '-n', '19', process.execPath, attacker, name, origin, ...keys];
    const child = Bun.spawn(command, { stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' });
    const started = new AttackerProcess(child);
    await started.#lines.next();
    return started;
  }

  async tell(what: 'go' | 'stop' | 'rest'): Promise<Progress> {
    this.#child.stdin.write(`${what}\n`);
    this.#child.stdin.flush();
    return JSON.parse(await this.#lines.next());
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
