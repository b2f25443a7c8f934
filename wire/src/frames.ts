/** Frames: the binary messages of the socket, a header and a payload that only clients can read (SK-7, SK-8). */
import { concat, readU32, u32 } from './bytes.ts';

/** `to(4)` before a client's payload. */
export const clientHeaderBytes = 4;
/** `seq(4) ‖ member(4)` before a relay's payload. */
export const serverHeaderBytes = 8;

/** `to = 0` is everybody. The payload is 1 byte at least; its upper bound is the relay's policy. */
export interface ClientFrame {
  readonly to: number;
  readonly payload: Uint8Array;
}

/** `seq = 0` marks a directed frame, outside the order (SK-10). `member` is the sender's number, 1 or more. */
export interface ServerFrame {
  readonly seq: number;
  readonly member: number;
  readonly payload: Uint8Array;
}

export function encodeClientFrame({ to, payload }: ClientFrame): Uint8Array<ArrayBuffer> {
  return concat(u32(to), payload);
}

/** The frame, its payload a view of `frame`, or null when it is too short to hold one. */
export function decodeClientFrame(frame: Uint8Array): ClientFrame | null {
  if (frame.length <= clientHeaderBytes) return null;
  return { to: readU32(frame, 0), payload: frame.subarray(clientHeaderBytes) };
}

export function encodeServerFrame({ seq, member, payload }: ServerFrame): Uint8Array<ArrayBuffer> {
  return concat(u32(seq), u32(member), payload);
}

/** The frame, its payload a view of `frame`, or null when it is too short or names no sender. */
export function decodeServerFrame(frame: Uint8Array): ServerFrame | null {
  if (frame.length <= serverHeaderBytes) return null;
  const member = readU32(frame, 4);
  return member === 0 ? null : { seq: readU32(frame, 0), member, payload: frame.subarray(serverHeaderBytes) };
}
