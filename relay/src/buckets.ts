/** Token buckets (LM-2): how much a member may send. */

/** Rates are per second; a burst is what a bucket holds. */
export interface Rates {
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly bytesPerSecond: number;
  readonly byteBurst: number;
}

/** What a member has left at `atMs`. It lives as long as its connection and is changed in place: one for each, touched by each message. */
export interface Allowance {
  messages: number;
  bytes: number;
  atMs: number;
}

/** Full buckets. */
export function fullAllowance({ messageBurst, byteBurst }: Rates, nowMs: number): Allowance {
  return { messages: messageBurst, bytes: byteBurst, atMs: nowMs };
}

/**
 * Takes one message of `sizeBytes` from what has been refilled by `nowMs`, which never goes back.
 * @returns false when there is too little of either: the member is flooding
 */
export function spend(left: Allowance, rates: Rates, sizeBytes: number, nowMs: number): boolean {
  const seconds = (nowMs - left.atMs) / 1000;
  left.messages = Math.min(rates.messageBurst, left.messages + seconds * rates.messagesPerSecond) - 1;
  left.bytes = Math.min(rates.byteBurst, left.bytes + seconds * rates.bytesPerSecond) - sizeBytes;
  left.atMs = nowMs;
  return left.messages >= 0 && left.bytes >= 0;
}
