/** Vectors of the two closed lists: how a connection ends (SK-12) and how a request fails (HT-2). */
import type { Vector } from './vector.ts';

const closes: readonly (readonly [number, string, 'ends' | 'retries'])[] = [
  [4000, 'purged', 'ends'],
  [4001, 'expired', 'ends'],
  [4003, 'proof_rejected', 'ends'],
  [4004, 'not_found', 'ends'],
  [4008, 'too_slow', 'retries'],
  [4009, 'full', 'ends'],
  [4010, 'locked', 'ends'],
  [4011, 'removed', 'ends'],
  [4029, 'flooding', 'retries'],
  [4400, 'bad_message', 'ends'],
  [4408, 'join_timeout', 'retries'],
  [4413, 'too_large', 'ends'],
  [1012, 'restarting', 'retries'],
  [1013, 'overloaded', 'retries'],
];

const problems: readonly (readonly [string, number, 'client' | 'relay' | 'nobody'])[] = [
  ['malformed', 400, 'client'],
  ['unsupported', 400, 'client'],
  ['expired', 400, 'nobody'],
  ['clock', 400, 'relay'],
  ['forged', 400, 'client'],
  ['too_easy', 400, 'nobody'],
  ['wrong', 400, 'client'],
  ['replayed', 409, 'client'],
  ['taken', 409, 'client'],
  ['busy', 503, 'relay'],
  ['draining', 503, 'relay'],
  ['not_found', 404, 'client'],
  ['method_not_allowed', 405, 'client'],
  ['too_large', 413, 'client'],
  ['media_type', 415, 'client'],
  ['origin_refused', 403, 'client'],
  ['upgrade_refused', 400, 'client'],
  ['service_worker_refused', 403, 'client'],
  ['key_exposed', 400, 'nobody'],
  ['internal', 500, 'relay'],
];

export const codeVectors: readonly Vector[] = [
  {
    path: 'codes/close',
    rule: 'SK-12',
    expect: 'accept',
    comment: 'all close codes of this protocol, their names, and what a client does; after any other code it retries',
    data: { codes: closes.map(([code, name, client]) => ({ code, name, client })) },
  },
  {
    path: 'codes/problems',
    rule: 'HT-2',
    expect: 'accept',
    comment: 'all error codes of HTTP answers, their status, and who is at fault',
    data: { codes: problems.map(([code, status, fault]) => ({ code, status, fault })) },
  },
];
