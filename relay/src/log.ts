/** The log (RL-2, OP-10): one JSON line for each fact, to stderr. The closed type is the rule: there is no field that could name anybody. */
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

/** Writes one line to stderr. */
export function log(fact: Fact): void {
  process.stderr.write(`${lineOf(fact, new Date())}\n`);
}
