/** How fast a client sends: three quarters of what the relay allows, in messages and in bytes (CL-11, LM-2). Pure. */
import { clientHeaderBytes, type Policy } from '@pug/wire';

const share = 0.75;

interface Bucket {
  readonly perSecond: number;
  readonly burst: number;
  readonly level: number;
}

/** Two token buckets and when they were last filled. */
export interface Pacer {
  readonly messages: Bucket;
  readonly bytes: Bucket;
  readonly atMs: number;
}

/** Full buckets, as the relay's are for a new member. A policy of 0 counts as 1: nothing may wait for ever. */
export function newPacer(policy: Policy, nowMs: number): Pacer {
  return {
    messages: fullBucket(policy.messagesPerSecond, policy.messageBurst),
    bytes: fullBucket(policy.bytesPerSecond, policy.byteBurst),
    atMs: nowMs,
  };
}

/** The pacer after `passedMs`, and how long a message of `lengthBytes` has to wait: 0 when it may go. */
export function waitMs(pacer: Pacer, nowMs: number, lengthBytes: number): number {
  const { messages, bytes } = filled(pacer, nowMs);
  return Math.ceil(Math.max(missingMs(messages, 1), missingMs(bytes, lengthBytes)));
}

/** The pacer after a message of `lengthBytes` went, waited for or not: what could not wait is owed by the next. */
export function spend(pacer: Pacer, nowMs: number, lengthBytes: number): Pacer {
  const { messages, bytes, atMs } = filled(pacer, nowMs);
  return { messages: drained(messages, 1), bytes: drained(bytes, lengthBytes), atMs };
}

/** The largest payload that this relay takes from a member; a larger one would end the connection each time it is sent again. */
export function maxPayloadBytes(policy: Policy): number {
  return Math.min(policy.maxPayloadBytes, policy.byteBurst - clientHeaderBytes);
}

function fullBucket(perSecond: number, burst: number): Bucket {
  const level = Math.max(1, burst * share);
  return { perSecond: Math.max(1, perSecond) * share, burst: level, level };
}

function filled({ messages, bytes, atMs }: Pacer, nowMs: number): Pacer {
  // A clock that was set back gives nothing and takes nothing.
  const passedSeconds = Math.max(0, nowMs - atMs) / 1000;
  const fill = (bucket: Bucket): Bucket => ({
    ...bucket,
    level: Math.min(bucket.burst, bucket.level + passedSeconds * bucket.perSecond),
  });
  return { messages: fill(messages), bytes: fill(bytes), atMs: nowMs };
}

/** A message larger than the whole bucket goes when the bucket is full, or it would wait for ever. */
function missingMs(bucket: Bucket, cost: number): number {
  return (Math.max(0, Math.min(cost, bucket.burst) - bucket.level) / bucket.perSecond) * 1000;
}

function drained(bucket: Bucket, cost: number): Bucket {
  return { ...bucket, level: bucket.level - cost };
}
