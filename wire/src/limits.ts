/** What both sides know before they speak: versions, fixed bounds, and the limits a deployment may set (LM-1). */

export const protocolVersion = 1;
/** The WebSocket subprotocol of protocol 1 (SK-1). */
export const subprotocol = 'pug.1';

export const maxU32 = 2 ** 32 - 1;
/** The last millisecond since 1970 that is a date (ECMA-262 section 21.4.1.1). */
export const maxTimeMs = 8_640_000_000_000_000;
/** The most places a room can have (HT-4). */
export const maxCapacity = 65_535;
/** The longest control message a client may send (SK-2). */
export const maxControlBytes = 1024;
/** The longest body of an HTTP request (HT-2). */
export const maxBodyBytes = 1024;

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

/** A deployment's limits as it publishes them (HT-8). Rates and bursts are for each member. */
export interface Policy {
  readonly protocol: 1;
  readonly ttlSeconds: Range;
  readonly capacity: Range;
  readonly maxPayloadBytes: number;
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly bytesPerSecond: number;
  readonly byteBurst: number;
  /** Unread bytes held for one member before it is closed as too slow (LM-3). */
  readonly queueBytes: number;
  readonly joinTimeoutSeconds: number;
  readonly idleTimeoutSeconds: number;
  readonly emptyRoomSeconds: number;
  readonly pendingRoomSeconds: number;
}

export const defaultPolicy: Policy = {
  protocol: 1,
  ttlSeconds: { min: 60, max: 86_400, default: 3_600 },
  capacity: { min: 2, max: 6, default: 2 },
  maxPayloadBytes: 65_536,
  messagesPerSecond: 20,
  messageBurst: 60,
  bytesPerSecond: 262_144,
  byteBurst: 262_144,
  queueBytes: 1_048_576,
  joinTimeoutSeconds: 10,
  idleTimeoutSeconds: 60,
  emptyRoomSeconds: 120,
  pendingRoomSeconds: 120,
};
