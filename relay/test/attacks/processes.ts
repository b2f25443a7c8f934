// The relay and an attacker, each as a process of its own.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Keys } from '../peer.ts';
import { type Circumstances, listening, program, type Running, residentBytes, spawned } from '../running.ts';
import type { AttackName } from './attacks.ts';

const attacker = join(import.meta.dir, 'attacker.ts');
const onIdleTime = program('chrt') === null ? ['nice', '-n', '19'] : ['chrt', '--idle', '0'];

/** What Linux counts processor time in. */
const ticksPerSecond = 100;

type Child = Bun.Subprocess<'pipe', 'pipe', 'inherit'>;

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
  /** The relay's own process, which a tracer may have started. */
  readonly pid: number;
  readonly #running: Running;

  private constructor(running: Running, pid: number) {
    this.#running = running;
    this.pid = pid;
  }

  static async start(flags: readonly string[], around: Circumstances = {}): Promise<RelayProcess> {
    const running = await listening(spawned(flags, around));
    const { pid } = running.child;
    const [inner] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
    return new RelayProcess(running, inner ? Number(inner) : pid);
  }

  get origin(): string {
    return this.#running.origin;
  }

  get port(): number {
    return Number(new URL(this.origin).port);
  }

  residentBytes(): Promise<number> {
    return residentBytes(this.pid);
  }

  get descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** Seconds of processor time so far. */
  get cpuSeconds(): number {
    return cpuSecondsOf(this.pid);
  }

  /** All that it has written so far. */
  get output(): string {
    return this.#running.output();
  }

  /** Ends it with this signal. @returns all that it wrote */
  async end(signal: 'SIGTERM' | 'SIGABRT' = 'SIGTERM'): Promise<string> {
    process.kill(this.pid, signal);
    const hardStop = setTimeout(() => this.kill(), 20_000);
    await this.#running.child.exited;
    clearTimeout(hardStop);
    return this.output;
  }

  kill(): void {
    this.#running.child.kill('SIGKILL');
  }
}

/**
 * Real-time priority for this process and what it starts from now on; attackers take none. What the innocent room waits for is then the relay's
 * work, and not its own turn on cores that it shares with the attacker and everybody else.
 * @returns whether the system grants it
 */
export function goFirst(): boolean {
  const chrt = program('chrt');
  return chrt !== null && Bun.spawnSync([chrt, '--all-tasks', '--fifo', '--pid', '1', String(process.pid)]).success;
}

/** The processor time of a process so far, in seconds. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** The processor time that all cores have given to anybody so far, in seconds: all but the fourth and fifth column, which are idle. */
export function machineCpuSeconds(): number {
  const columns =
    readFileSync('/proc/stat', 'latin1').split('\n')[0]?.trim().split(/\s+/).slice(1, 9).map(Number) ?? [];
  return columns.reduce((sum, ticks, at) => (at === 3 || at === 4 ? sum : sum + ticks), 0) / ticksPerSecond;
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

  /**
   * On processor time that nobody else wants: what it does to the relay is what counts, and not that it is on the same machine. One that is only
   * nice may finish its turn of some milliseconds before somebody who is measured gets theirs.
   */
  static async start(name: AttackName, origin: string, victim: Keys): Promise<AttackerProcess> {
    const keys = [victim.join, victim.owner].map((key) =>
      key.export({ format: 'der', type: 'pkcs8' }).toString('base64url'),
    );
    const command = [...onIdleTime, process.execPath, attacker, name, origin, ...keys];
    const child = Bun.spawn(command, { stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' });
    const started = new AttackerProcess(child);
    await started.#lines.next();
    return started;
  }

  /** Seconds of processor time so far. */
  get cpuSeconds(): number {
    return cpuSecondsOf(this.#child.pid);
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
