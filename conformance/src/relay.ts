/** The relay under test: one that runs somewhere, known by its URL alone, or one started here with flags of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodePolicy, type Policy } from '@pug/wire';
import { refuse } from '../../tools/usage.mjs';
import { exchange } from './http.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const startPatienceMs = 15_000;

/** What starts a relay: a program and its first arguments; the flags come behind them. */
export type Command = readonly [program: string, ...args: string[]];

/** The relay of a tree like this one. Whoever imports this file runs under Bun, and so does that relay. */
export function relayIn(folder: string): Command {
  return [process.execPath, join(folder, 'relay/src/main.ts')];
}

/** The relay to judge where none is named: this tree's, unless the environment says otherwise. */
const judged = commandOf(process.env.PUG_RELAY_COMMAND) ?? relayIn(root);

function commandOf(text: string | undefined): Command | null {
  const [program, ...args] = text?.split(' ') ?? [];
  return program === undefined ? null : [program, ...args];
}

export class Relay {
  readonly url: URL;
  readonly policy: Policy;
  /** Only of a relay started here. */
  readonly process: RelayProcess | null;
  /** What this relay was told and must never print (RL-2). */
  readonly planted = new Set<string>();

  constructor(url: URL, policy: Policy, process: RelayProcess | null) {
    this.url = url;
    this.policy = policy;
    this.process = process;
  }

  plant(...secrets: readonly string[]): void {
    for (const secret of secrets) this.planted.add(secret);
  }
}

/** No relay outlives the process that started it. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A relay process of ours, and everything it printed. */
export class RelayProcess {
  readonly command: Command;
  readonly child: ChildProcess;
  printed = '';
  readonly exited: Promise<number | null>;

  constructor(flags: readonly string[], command: Command = judged) {
    const [program, ...args] = command;
    this.command = command;
    // A relay refuses every PUG_* variable that it does not know.
    const { PUG_RELAY_COMMAND: _, ...env } = process.env;
    this.child = spawn(program, [...args, '--port', '0', ...flags], { cwd: root, env });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.printed += text;
      });
    }
    running.add(this.child);
    this.exited = new Promise((resolve) => this.child.once('exit', (code) => resolve(code)));
    void this.exited.then(() => running.delete(this.child));
  }

  /** The address it prints. @throws when it ends, or prints none within 15 s */
  async url(): Promise<URL> {
    const until = Date.now() + startPatienceMs;
    let ended = false;
    void this.exited.then(() => {
      ended = true;
    });
    while (Date.now() < until && !ended) {
      const address = /https?:\/\/[^\s"]+/.exec(this.printed);
      if (address) return new URL(address[0]);
      await Bun.sleep(20);
    }
    throw new Error(`the relay did not start:\n${this.printed}`);
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Memory held, in bytes. Linux only. */
  async residentBytes(): Promise<number> {
    const status = await Bun.file(`/proc/${this.child.pid}/status`).text();
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  }

  /** Ends it and waits. @returns its exit code */
  async stop(): Promise<number | null> {
    const force = setTimeout(() => this.child.kill('SIGKILL'), startPatienceMs);
    this.child.kill('SIGTERM');
    const code = await this.exited;
    clearTimeout(force);
    return code;
  }
}

/** The address a person gave, as HTTP: where `ws` is a relay's socket, `http` is its calls. @throws for what is no address, or of another scheme */
export function relayUrl(text: string): URL {
  const url = URL.parse(text.replace(/^ws(s?):/i, 'http$1:'));
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Error('a relay is at an http, https, ws or wss address');
  return new URL(url.origin);
}

/** The address that a command was given with --url, if it was; else it ends here with its usage. */
export function askedUrl(usage: string, text: string | undefined): URL | null {
  try {
    return text === undefined ? null : relayUrl(text);
  } catch (error) {
    refuse(usage, `--url: ${error instanceof Error ? error.message : error}`);
  }
}

/** The relay at `url`. @throws when it does not answer with a policy */
export async function relayAt(url: URL, process: RelayProcess | null = null): Promise<Relay> {
  const answer = await exchange(url, { path: '/api/v1/policy' });
  const policy = decodePolicy(answer.text);
  if (policy === null) throw new Error(`HT-8: no policy of protocol 1: ${answer.status} ${answer.text.slice(0, 300)}`);
  return new Relay(url, policy, process);
}

/** Starts a relay on a free port of this machine. */
export async function startRelay(flags: readonly string[] = [], command?: Command): Promise<Relay> {
  const process = new RelayProcess(flags, command);
  return relayAt(await process.url(), process);
}
