/** The metrics (OP-7, OP-8) as the Prometheus text format has them. Made when asked for, from numbers that are there anyway. */
import type { Counts } from './counts.ts';

/** Numbers that are read when the metrics are. */
export interface Gauges {
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly residentBytes: number;
  readonly isDraining: boolean;
  readonly rooms: number;
  readonly maxRooms: number;
  readonly pendingRooms: number;
  readonly maxPendingRooms: number;
  readonly sockets: number;
  readonly maxSockets: number;
  readonly unjoined: number;
  readonly effort: number;
  readonly verifications: { readonly running: number; readonly waiting: number };
}

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

const lagBucketsSeconds = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5];

/** How late the event loop is: lateness of a regular timer, as a histogram. */
export class Lag {
  readonly #counts = lagBucketsSeconds.map(() => 0);
  #count = 0;
  #sumSeconds = 0;

  /** @param lateMs how much later than it should a timer fired */
  add(lateMs: number): void {
    const seconds = Math.max(0, lateMs) / 1000;
    this.#count++;
    this.#sumSeconds += seconds;
    const at = lagBucketsSeconds.findIndex((bound) => seconds <= bound);
    if (at >= 0) this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  lines(): readonly string[] {
    const name = 'pug_event_loop_lag_seconds';
    let below = 0;
    const buckets = lagBucketsSeconds.map((bound, at) => {
      below += this.#counts[at] ?? 0;
      return `${name}_bucket{le="${bound}"} ${below}`;
    });
    return [
      ...head(name, 'histogram', 'how late a timer of 250 ms fires'),
      ...buckets,
      `${name}_bucket{le="+Inf"} ${this.#count}`,
      `${name}_sum ${this.#sumSeconds}`,
      `${name}_count ${this.#count}`,
    ];
  }
}

/** The whole answer to `GET /metrics`. */
export function metricsText(counts: Counts, gauges: Gauges, lag: Lag): string {
  const lines = [...gaugeLines(gauges, counts.members), ...counterLines(counts), ...lag.lines()];
  return `${lines.join('\n')}\n`;
}

function gaugeLines(now: Gauges, members: number): readonly string[] {
  const gauge = (name: string, help: string, value: number) => [...head(name, 'gauge', help), `${name} ${value}`];
  return [
    ...head('pug_build_info', 'gauge', 'the version'),
    `pug_build_info{version="${now.version}"} 1`,
    ...gauge('pug_uptime_seconds', 'since the start', now.uptimeSeconds),
    ...gauge('pug_resident_memory_bytes', 'memory the process holds', now.residentBytes),
    ...gauge('pug_draining', '1 while the relay drains', now.isDraining ? 1 : 0),
    ...gauge('pug_rooms', 'rooms that have been joined', now.rooms),
    ...gauge('pug_rooms_max', 'how many there may be', now.maxRooms),
    ...gauge('pug_pending_rooms', 'rooms nobody has joined yet', now.pendingRooms),
    ...gauge('pug_pending_rooms_max', 'how many there may be', now.maxPendingRooms),
    ...gauge('pug_sockets', 'open sockets', now.sockets),
    ...gauge('pug_sockets_max', 'how many there may be', now.maxSockets),
    ...gauge('pug_sockets_unjoined', 'open sockets that have not joined', now.unjoined),
    ...gauge('pug_members', 'open sockets that have joined', members),
    ...gauge('pug_effort_iterations', 'effort asked for a room', now.effort),
    ...gauge('pug_verifications_running', 'solutions being verified', now.verifications.running),
    ...gauge('pug_verifications_waiting', 'solutions waiting to be verified', now.verifications.waiting),
  ];
}

function counterLines(counts: Counts): readonly string[] {
  const counter = (name: string, help: string, value: number) => [...head(name, 'counter', help), `${name} ${value}`];
  const family = (name: string, label: string, help: string, tally: Readonly<Record<string, number>>) => [
    ...head(name, 'counter', help),
    ...Object.entries(tally).map(([value, count]) => `${name}{${label}="${value}"} ${count}`),
  ];
  return [
    ...counter('pug_messages_total', 'frames taken from members', counts.messages),
    ...counter('pug_message_bytes_total', 'payload bytes of these', counts.messageBytes),
    ...counter('pug_deliveries_total', 'frames handed to sockets of members', counts.deliveries),
    ...family('pug_creations_total', 'result', 'answers to requests for a room', counts.creations),
    ...family('pug_joins_total', 'result', 'sockets that joined or ended before they had', counts.joins),
    ...family('pug_closes_total', 'name', 'ended sockets', counts.closes),
    ...family('pug_refusals_total', 'limit', 'what a limit refused', counts.refusals),
    ...counter('pug_faults_total', 'faults of ours', counts.faults),
  ];
}

function head(name: string, kind: string, help: string): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`];
}
