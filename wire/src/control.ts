/** Control messages: the text messages of the socket (SK-2 … SK-6). */
import {
  ascending,
  boolean,
  bytes,
  decodeParsed,
  encode,
  id,
  integer,
  oneOf,
  optional,
  parse,
  type Shape,
} from './json.ts';
import { maxCapacity, maxControlBytes, maxTimeMs, maxU32 } from './limits.ts';

/** Why a member left (RM-4). */
export type LeaveReason = 'left' | 'lost' | 'replaced' | 'slow' | 'removed' | 'flood';

/** Client to relay (SK-5). Signatures are 64 bytes, keys 32, tickets 16; `room` is 22 base64url characters. */
export type ClientMessage =
  | {
      readonly type: 'join';
      readonly room: string;
      readonly joinKey: Uint8Array;
      readonly proof: Uint8Array;
      readonly ownerProof?: Uint8Array;
      readonly ticket?: Uint8Array;
    }
  | { readonly type: 'ping' }
  | { readonly type: 'purge' }
  | { readonly type: 'lock'; readonly locked: boolean }
  | { readonly type: 'remove'; readonly member: number };

/** Relay to client (SK-3, SK-6). Times are milliseconds since 1970 on the relay's clock; the nonce is 32 bytes, a ticket 16. */
export type ServerMessage =
  | { readonly type: 'hello'; readonly nonce: Uint8Array; readonly protocol: 1 }
  | {
      readonly type: 'joined';
      readonly member: number;
      readonly members: readonly number[];
      readonly seq: number;
      readonly now: number;
      readonly expiresAt: number;
      readonly capacity: number;
      readonly locked: boolean;
      readonly owners: readonly number[];
      readonly ticket: Uint8Array;
    }
  | { readonly type: 'join'; readonly seq: number; readonly member: number; readonly owner: boolean }
  | { readonly type: 'leave'; readonly seq: number; readonly member: number; readonly why: LeaveReason }
  | { readonly type: 'lock'; readonly seq: number; readonly locked: boolean }
  | { readonly type: 'pong' }
  | { readonly type: 'closing'; readonly inSeconds: number };

type Shapes<M extends { type: string }> = { readonly [T in M['type']]: Shape<Extract<M, { type: T }>> };

const number32 = integer(1, maxU32);

const clientShapes: Shapes<ClientMessage> = {
  join: {
    type: oneOf('join'),
    room: id(16),
    joinKey: bytes(32),
    proof: bytes(64),
    ownerProof: optional(bytes(64)),
    ticket: optional(bytes(16)),
  },
  ping: { type: oneOf('ping') },
  purge: { type: oneOf('purge') },
  lock: { type: oneOf('lock'), locked: boolean },
  remove: { type: oneOf('remove'), member: number32 },
};

const serverShapes: Shapes<ServerMessage> = {
  hello: { type: oneOf('hello'), nonce: bytes(32), protocol: oneOf(1) },
  joined: {
    type: oneOf('joined'),
    member: number32,
    members: ascending(1, maxU32),
    seq: number32,
    now: integer(0, maxTimeMs),
    expiresAt: integer(0, maxTimeMs),
    capacity: integer(1, maxCapacity),
    locked: boolean,
    owners: ascending(1, maxU32),
    ticket: bytes(16),
  },
  join: { type: oneOf('join'), seq: number32, member: number32, owner: boolean },
  leave: {
    type: oneOf('leave'),
    seq: number32,
    member: number32,
    why: oneOf('left', 'lost', 'replaced', 'slow', 'removed', 'flood'),
  },
  lock: { type: oneOf('lock'), seq: number32, locked: boolean },
  pong: { type: oneOf('pong') },
  closing: { type: oneOf('closing'), inSeconds: integer(0, maxU32) },
};

export function encodeClientMessage(message: ClientMessage): string {
  return encodeMessage(message, clientShapes);
}

/** The message that `text` spells, or null: malformed, unknown, or longer than 1,024 bytes (all characters are ASCII). */
export function decodeClientMessage(text: string): ClientMessage | null {
  return text.length > maxControlBytes ? null : decodeMessage(text, clientShapes);
}

export function encodeServerMessage(message: ServerMessage): string {
  return encodeMessage(message, serverShapes);
}

/**
 * The message that `text` spells, or null. Its length is not bounded here: `joined` grows with the capacity.
 * The new member and all `owners` are among `members`, and no room lasts longer than HT-4 can ask.
 */
export function decodeServerMessage(text: string): ServerMessage | null {
  const message = decodeMessage(text, serverShapes);
  if (message?.type !== 'joined') return message;
  if (message.expiresAt - message.now > maxU32 * 1000) return null;
  const listed = new Set(message.members);
  return [message.member, ...message.owners].every((member) => listed.has(member)) ? message : null;
}

// The two casts below tie a message to the shape of its own `type`, which the language cannot follow through an index.
function encodeMessage<M extends { type: string }>(message: M, shapes: Shapes<M>): string {
  return encode(message, shapes[message.type as M['type']] as unknown as Shape<M>);
}

function decodeMessage<M extends { type: string }>(text: string, shapes: Shapes<M>): M | null {
  const json = parse(text);
  const type: unknown = typeof json === 'object' && json !== null && 'type' in json ? json.type : undefined;
  if (typeof type !== 'string' || !Object.hasOwn(shapes, type)) return null;
  return decodeParsed(text, json, shapes[type as M['type']] as unknown as Shape<M>);
}
