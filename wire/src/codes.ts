/** The closed lists of how a connection ends (SK-12) and how a request fails (HT-2). */

/** Close codes by name; the name is the close frame's reason. */
export const closeCodes = {
  purged: 4000,
  expired: 4001,
  proof_rejected: 4003,
  not_found: 4004,
  too_slow: 4008,
  full: 4009,
  locked: 4010,
  removed: 4011,
  flooding: 4029,
  bad_message: 4400,
  join_timeout: 4408,
  too_large: 4413,
  restarting: 1012,
  overloaded: 1013,
} as const;

export type CloseName = keyof typeof closeCodes;

/** The names after which a client does not try again; after any other end it does. */
export const finalCloses = [
  'purged',
  'expired',
  'proof_rejected',
  'not_found',
  'full',
  'locked',
  'removed',
  'bad_message',
  'too_large',
] as const satisfies readonly CloseName[];

export type FinalClose = (typeof finalCloses)[number];

/** The name of a close code, or null for one that is not ours: a lost connection. */
export function closeNameOf(code: number): CloseName | null {
  for (const [name, value] of Object.entries(closeCodes)) if (value === code) return name as CloseName;
  return null;
}

/** Whether a client that was closed with `name` stays away. */
export function isFinal(name: CloseName): name is FinalClose {
  return (finalCloses as readonly CloseName[]).includes(name);
}

/** Error codes with their HTTP status, and who is at fault. */
export const problems = {
  malformed: { status: 400, fault: 'client' },
  unsupported: { status: 400, fault: 'client' },
  expired: { status: 400, fault: 'nobody' },
  clock: { status: 400, fault: 'relay' },
  forged: { status: 400, fault: 'client' },
  too_easy: { status: 400, fault: 'nobody' },
  wrong: { status: 400, fault: 'client' },
  replayed: { status: 409, fault: 'client' },
  taken: { status: 409, fault: 'client' },
  busy: { status: 503, fault: 'relay' },
  draining: { status: 503, fault: 'relay' },
  not_found: { status: 404, fault: 'client' },
  method_not_allowed: { status: 405, fault: 'client' },
  too_large: { status: 413, fault: 'client' },
  media_type: { status: 415, fault: 'client' },
  origin_refused: { status: 403, fault: 'client' },
  upgrade_refused: { status: 400, fault: 'client' },
  service_worker_refused: { status: 403, fault: 'client' },
  key_exposed: { status: 400, fault: 'nobody' },
  internal: { status: 500, fault: 'relay' },
} as const satisfies Record<string, { status: number; fault: 'client' | 'relay' | 'nobody' }>;

export type ProblemCode = keyof typeof problems;

export const problemCodes = Object.keys(problems) as readonly ProblemCode[];

/** What people read of an error. Only a relay says it. */
export const problemTitles: Readonly<Record<ProblemCode, string>> = {
  malformed: 'The request is not of the form this relay understands',
  unsupported: 'This relay does not know that kind of challenge',
  expired: 'The challenge is too old',
  clock: 'The challenge was issued in the future',
  forged: 'The challenge is not from this relay',
  too_easy: 'Difficulty rose since the challenge was issued',
  wrong: 'The solution does not fit this request',
  replayed: 'The solution was used before',
  taken: 'A room with this key lives already',
  busy: 'The relay cannot take this now',
  draining: 'The relay is about to stop',
  not_found: 'There is nothing here',
  method_not_allowed: 'This method is not allowed here',
  too_large: 'The request body is too large',
  media_type: 'The request body must be application/json',
  origin_refused: 'Pages of other origins may not use this relay',
  upgrade_refused: 'This is a WebSocket that speaks pug.1',
  service_worker_refused: 'No service worker is ever served',
  key_exposed: 'The key of this link was sent to the server',
  internal: 'The relay failed',
};
