/** Programs that speak in lines: one in, one out. */
import type { BunFile, Subprocess } from 'bun';
import { builtPath } from './machine.ts';

type Program = Subprocess<'pipe', 'pipe', BunFile>;

/** A running program whose standard output is read line by line. */
export class Lines {
  readonly #program: Program;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #held = '';

  readonly #errors: BunFile;

  /** What the program writes to standard error is shown only when it ends early. */
  constructor(command: readonly string[], env: Readonly<Record<string, string | undefined>> = process.env) {
    this.#errors = Bun.file(builtPath(`errors-${++programs}`));
    this.#program = Bun.spawn([...command], { stdin: 'pipe', stdout: 'pipe', stderr: this.#errors, env: { ...env } });
    this.#reader = this.#program.stdout.getReader();
    running.add(this);
  }

  get pid(): number {
    return this.#program.pid;
  }

  write(text: string): void {
    this.#program.stdin.write(text);
    this.#program.stdin.flush();
  }

  /** @throws {Error} when the program ends before it has written a line */
  async read(): Promise<string> {
    for (;;) {
      const end = this.#held.indexOf('\n');
      if (end >= 0) {
        const line = this.#held.slice(0, end);
        this.#held = this.#held.slice(end + 1);
        return line;
      }
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`a program of the measurement ended early:\n${await this.#errors.text()}`);
      this.#held += this.#decoder.decode(value, { stream: true });
    }
  }

  async ask(text: string): Promise<string> {
    this.write(`${text}\n`);
    return this.read();
  }

  /** Ends the program at once. */
  kill(): void {
    this.#program.kill('SIGKILL');
  }

  /** Ends the program and waits until it has ended. It may finish what it writes, such as a profile. */
  async stop(): Promise<void> {
    running.delete(this);
    this.#program.kill('SIGTERM');
    const timer = setTimeout(() => this.#program.kill('SIGKILL'), longestEndMs);
    await this.#program.exited;
    clearTimeout(timer);
  }
}

const longestEndMs = 5000;
let programs = 0;
// What was started is stopped even when a measurement fails half-way or is interrupted.
const running = new Set<Lines>();

process.on('exit', () => {
  for (const program of running) program.kill();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((program) => program.stop()));
}
