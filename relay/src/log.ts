/** The log (RL-2, OP-10): one JSON line for each fact, to stderr. The closed type is the rule: there is no field that could name anybody. */
import { write } from 'node:fs';
import { promisify } from 'node:util';
import type { LimitName } from './counts.ts';
import type { PairFault } from './tls.ts';

/** Lifecycle facts. Numbers are counts, seconds, iterations and our own ports; `code` and `limit` are our own words. */
export type Fact =
  | {
      readonly event: 'listening';
      readonly port: number | null;
      readonly tls: boolean;
      readonly redirectPort: number | null;
      readonly metricsPort: number | null;
      /** How many there may be (OP-15). */
      readonly sockets: number;
      readonly webClient: boolean;
      readonly docs: boolean;
    }
  | { readonly event: 'draining'; readonly seconds: number; readonly sockets: number; readonly rooms: number }
  | { readonly event: 'stopped' }
  | { readonly event: 'fault'; readonly code: FaultCode }
  | { readonly event: 'tls_reloaded' }
  | { readonly event: 'tls_refused'; readonly code: PairFault }
  | { readonly event: 'difficulty'; readonly effort: number; readonly was: number }
  | { readonly event: 'limit'; readonly limit: LimitName; readonly refused: number }
  | {
      readonly event: 'counts';
      readonly rooms: number;
      readonly pending: number;
      readonly sockets: number;
      readonly members: number;
      readonly messages: number;
      readonly bytes: number;
    };

/** Faults of ours, by where they surfaced: a message or a stack could quote a peer's bytes. */
export type FaultCode = 'http' | 'uncaught_exception' | 'unhandled_rejection' | 'listen_failed';

const levels: Readonly<Record<Fact['event'], 'info' | 'warn' | 'error'>> = {
  listening: 'info',
  draining: 'info',
  stopped: 'info',
  fault: 'error',
  tls_reloaded: 'info',
  tls_refused: 'error',
  difficulty: 'info',
  limit: 'warn',
  counts: 'info',
};

/** The line of a fact, without its line feed. */
export function lineOf({ event, ...fields }: Fact, now: Date): string {
  return JSON.stringify({ event, ts: now.toISOString(), level: levels[event], ...fields });
}

const writeSoon = promisify(write);
const stderr = 2;
/** Lines for a reader who is slow; more are lost. */
const maxWaiting = 100;
/** How long the end of the process waits for whoever reads the log. */
const patienceMs = 1_000;

const waiting: string[] = [];
let writing: Promise<void> | null = null;

/** Writes one line to stderr, soon. */
export function log(fact: Fact): void {
  if (waiting.length === maxWaiting) return;
  waiting.push(`${lineOf(fact, new Date())}\n`);
  writing ??= writeAll();
}

/** Resolves when all lines are written, or whoever should read them does not. */
export async function logWritten(): Promise<void> {
  await Promise.race([writing, Bun.sleep(patienceMs)]);
}

/** Beside the event loop: the runtime's own stream waits for a terminal that has been stopped, and rooms, signals and the end with it. */
async function writeAll(): Promise<void> {
  for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
    // Whoever read the log has gone: no reason to end the rooms, and nowhere to say so.
    await writeSoon(stderr, line).catch(() => {});
  }
  writing = null;
}
