/**
 * What the relay counts about itself (OP-7 … OP-9). Plain numbers under fixed names: to count is an addition, nothing is allocated, and there
 * is no place where a room or a person could be named.
 */
import { type CloseName, closeCodes } from '@pug/wire';

/** What can refuse somebody (OP-9). */
export const limitNames = [
  'sockets',
  'prefix',
  'rooms',
  'pending_rooms',
  'verification',
  'solutions',
  'rate',
  'queue',
  'descriptors',
] as const;
export type LimitName = (typeof limitNames)[number];

/** How `POST /api/v1/rooms` is answered. */
const creationResults = [
  'created',
  'malformed',
  'unsupported',
  'expired',
  'clock',
  'forged',
  'too_easy',
  'wrong',
  'replayed',
  'taken',
  'busy',
  'draining',
  'too_large',
  'media_type',
  'origin_refused',
] as const;
export type CreationResult = (typeof creationResults)[number];

/** How a socket ends: closed by the relay, taken over by the same person's next (JN-7), closed with 1000, or in any other way. */
export type EndName = CloseName | 'replaced' | 'left' | 'lost';
// The keys of `closeCodes` are its names.
const endNames: readonly EndName[] = [...(Object.keys(closeCodes) as CloseName[]), 'replaced', 'left', 'lost'];

/** What a socket's wish to join comes to. */
export type JoinResult = 'joined' | EndName;

export type Tally<Name extends string> = Record<Name, number>;

export class Counts {
  /** Frames taken from members, and their payload bytes. */
  messages = 0;
  messageBytes = 0;
  /** Frames handed to members' sockets. */
  deliveries = 0;
  /** Sockets that are members now. */
  members = 0;
  /** Answers with `internal`. */
  faults = 0;
  readonly creations: Tally<CreationResult> = tally(creationResults);
  readonly joins: Tally<JoinResult> = tally(['joined', ...endNames]);
  readonly closes: Tally<EndName> = tally(endNames);
  readonly refusals: Tally<LimitName> = tally(limitNames);

  joined(): void {
    this.joins.joined++;
    this.members++;
  }

  /** A socket that was `stage` has ended, or is being closed; for one that is `gone` that was counted. */
  ended(stage: 'unjoined' | 'seated' | 'gone', name: EndName): void {
    if (stage === 'gone') return;
    this.closes[name]++;
    if (stage === 'unjoined') this.joins[name]++;
    else this.members--;
  }
}

function tally<Name extends string>(names: readonly Name[]): Tally<Name> {
  // Every name of the type is among the names.
  return Object.fromEntries(names.map((name) => [name, 0])) as Tally<Name>;
}
