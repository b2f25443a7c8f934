/** A relay process of its own, with everything it prints and everything in its memory. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMemory } from '../../tools/memory.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const startPatienceMs = 20_000;
/** The program of another relay that takes the same flags, to tell the stories with; this tree's own unless it is named. */
const other = process.env.PUG_RELAY_COMMAND;

export class Relay {
  readonly flags: readonly string[];
  /** Everything it and its successors on this port printed. */
  printed = '';
  #child: ChildProcess;
  #scheme = 'http';
  #port = 0;

  private constructor(flags: readonly string[]) {
    this.flags = flags;
    this.#child = this.#spawn();
  }

  static async start(flags: readonly string[]): Promise<Relay> {
    const relay = new Relay(flags);
    await relay.#ready().catch(async (error: unknown) => {
      await relay.stop();
      throw error;
    });
    return relay;
  }

  get port(): number {
    return this.#port;
  }

  get origin(): string {
    return `${this.#scheme}://localhost:${this.#port}`;
  }

  /** Ends it without a word, as a power cut would. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    process.kill(this.#pid(), 'SIGKILL');
    await ended;
  }

  /** Has it read its certificate again, and waits until it says what came of it. */
  async readCertificateAgain(): Promise<void> {
    const seen = this.printed.length;
    process.kill(this.#pid(), 'SIGHUP');
    const until = Date.now() + startPatienceMs;
    while (!/"event":"tls_\w+"/.test(this.printed.slice(seen))) {
      if (Date.now() > until) throw new Error(`the relay did not read its certificate again:\n${this.printed}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Starts a new process on the same port, which remembers nothing. The system may have lent the port to somebody's connection meanwhile. */
  async startAgain(): Promise<void> {
    const until = Date.now() + startPatienceMs;
    for (;;) {
      this.#child = this.#spawn();
      const failure = await this.#ready().catch((error: unknown) => error);
      if (failure === undefined) return;
      if (Date.now() > until) throw failure;
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill();
  }

  /** How often each of `needles` stands anywhere in the memory of the process. */
  countInMemory(needles: readonly Buffer[]): number[] {
    return readMemory(this.#pid(), needles);
  }

  #spawn(): ChildProcess {
    const flags = ['--host', '127.0.0.1', '--port', `${this.#port}`, ...this.flags];
    // A relay refuses every PUG_* variable that it does not know.
    const { PUG_RELAY_COMMAND: _, ...env } = process.env;
    const program = other ?? process.execPath;
    const args = other === undefined ? ['tools/bun.mjs', 'relay/src/main.ts', ...flags] : flags;
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.printed += text;
      });
    }
    return child;
  }

  async #ready(): Promise<void> {
    const seen = this.printed.length;
    const until = Date.now() + startPatienceMs;
    while (Date.now() < until && this.#child.exitCode === null) {
      const address = /is running: (https?):\S+:(\d+)/.exec(this.printed.slice(this.#port === 0 ? 0 : seen));
      if (address?.[1] !== undefined) {
        this.#scheme = address[1];
        this.#port = Number(address[2]);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`the relay did not start:\n${this.printed}`);
  }

  /** The relay itself; this tree's own is a child of the program that finds Bun. */
  #pid(): number {
    const { pid } = this.#child;
    if (other !== undefined) return Number(pid);
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
  }
}
