/** The log (RL-2): one JSON line for each fact, to stderr. The closed type is the rule: there is no field that could name anybody. */

/** Lifecycle facts. Numbers are counts, seconds and our own port; `code` is one of our own words. */
export type Fact =
  | { readonly event: 'listening'; readonly port: number | null; readonly webClient: boolean }
  | { readonly event: 'draining'; readonly seconds: number; readonly sockets: number; readonly rooms: number }
  | { readonly event: 'stopped' }
  | { readonly event: 'fault'; readonly code: FaultCode };

/** Faults of ours, by where they surfaced: a message or a stack could quote a peer's bytes. */
export type FaultCode = 'http' | 'uncaught_exception' | 'unhandled_rejection' | 'listen_failed';

const levels = { listening: 'info', draining: 'info', stopped: 'info', fault: 'error' } as const;

/** The line of a fact, without its line feed. */
export function lineOf(fact: Fact, now: Date): string {
  return JSON.stringify({ ts: now.toISOString(), level: levels[fact.event], ...fact });
}

/** Writes one line to stderr. */
export function log(fact: Fact): void {
  process.stderr.write(`${lineOf(fact, new Date())}\n`);
}
