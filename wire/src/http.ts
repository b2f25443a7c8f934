/** Bodies of the HTTP calls (HT-2 … HT-8). */
import { type ProblemCode, problemCodes, problems } from './codes.ts';
import { bytes, decode, encode, id, integer, object, oneOf, optional, type Shape, title } from './json.ts';
import { maxBodyBytes, maxCapacity, maxTimeMs, maxU32, type Policy, type Range } from './limits.ts';
import { type RoomTerms, tokenBytes } from './proofofwork.ts';

/** A puzzle (HT-3). `effort` is in PBKDF2 iterations, `expiresAt` in milliseconds since 1970. */
export interface Challenge {
  readonly token: Uint8Array;
  readonly algorithm: 'pbkdf2';
  readonly k: number;
  readonly target: number;
  readonly effort: number;
  readonly raisedBy: 'none' | 'load' | 'network';
  readonly expiresAt: number;
}

/** A room to be made (HT-4). The token is 52 bytes, the solution 4 for each hit. */
export interface CreateRequest extends RoomTerms {
  readonly token: Uint8Array;
  readonly solution: Uint8Array;
}

/** A room that was made, with what was granted (HT-5). `expiresAt` is in milliseconds since 1970. */
export interface Created {
  readonly roomId: string;
  readonly expiresAt: number;
  readonly ttlSeconds: number;
  readonly capacity: number;
}

/** An error (RFC 9457). */
export interface Problem {
  readonly type: `urn:pug:error:${ProblemCode}`;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly challenge?: Challenge;
}

const challengeShape: Shape<Challenge> = {
  token: bytes(tokenBytes),
  algorithm: oneOf('pbkdf2'),
  k: integer(1, 255),
  target: integer(0, maxU32),
  effort: integer(),
  raisedBy: oneOf('none', 'load', 'network'),
  expiresAt: integer(0, maxTimeMs),
};

const createRequestShape: Shape<CreateRequest> = {
  token: bytes(tokenBytes),
  solution: bytes(),
  joinKey: bytes(32),
  ownerKey: bytes(32),
  ttlSeconds: integer(1, maxU32),
  capacity: integer(1, maxCapacity),
};

const createdShape: Shape<Created> = {
  roomId: id(16),
  expiresAt: integer(0, maxTimeMs),
  ttlSeconds: integer(1, maxU32),
  capacity: integer(1, maxCapacity),
};

function rangeTo(max: number): Shape<Range> {
  return { min: integer(1, max), max: integer(1, max), default: integer(1, max) };
}

const policyShape: Shape<Policy> = {
  protocol: oneOf(1),
  ttlSeconds: object(rangeTo(maxU32)),
  capacity: object(rangeTo(maxCapacity)),
  maxPayloadBytes: integer(),
  messagesPerSecond: integer(),
  messageBurst: integer(),
  bytesPerSecond: integer(),
  byteBurst: integer(),
  queueBytes: integer(),
  joinTimeoutSeconds: integer(),
  idleTimeoutSeconds: integer(),
  emptyRoomSeconds: integer(),
  pendingRoomSeconds: integer(),
};

const problemTypes = problemCodes.map((code) => `urn:pug:error:${code}` as const);

const problemShape: Shape<Problem> = {
  type: oneOf(...problemTypes),
  title,
  status: integer(400, 599),
  code: oneOf(...problemCodes),
  challenge: optional(object(challengeShape)),
};

export function encodeChallenge(challenge: Challenge): string {
  return encode(challenge, challengeShape);
}

export function decodeChallenge(text: string): Challenge | null {
  return decode(text, challengeShape);
}

export function encodeCreateRequest(request: CreateRequest): string {
  return encode(request, createRequestShape);
}

/** The request that `text` spells, or null: malformed, or longer than 1,024 bytes. */
export function decodeCreateRequest(text: string): CreateRequest | null {
  return text.length > maxBodyBytes ? null : decode(text, createRequestShape);
}

export function encodeCreated(created: Created): string {
  return encode(created, createdShape);
}

export function decodeCreated(text: string): Created | null {
  return decode(text, createdShape);
}

export function encodePolicy(policy: Policy): string {
  return encode(policy, policyShape);
}

/** The policy that `text` spells, or null; each default lies in its range (HT-8). */
export function decodePolicy(text: string): Policy | null {
  const policy = decode(text, policyShape);
  const ranges = policy ? [policy.ttlSeconds, policy.capacity] : [];
  return ranges.every((range) => range.min <= range.default && range.default <= range.max) ? policy : null;
}

export function encodeProblem(problem: Problem): string {
  return encode(problem, problemShape);
}

/** The problem that `text` spells, or null; its `type`, `status` and `code` must name the same error (HT-2). */
export function decodeProblem(text: string): Problem | null {
  const problem = decode(text, problemShape);
  if (problem === null || problem.type !== `urn:pug:error:${problem.code}`) return null;
  return problem.status === problems[problem.code].status ? problem : null;
}
