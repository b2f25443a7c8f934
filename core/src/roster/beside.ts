/**
 * What stands beside a message, in the clear for everybody with the link (CR-11): the room, who says it, and whether that is a text or a
 * name. Whoever was not let in yet missed a text, and no name: that is said to them again (CL-8).
 */
import { ascii, concat, equalBytes, u32 } from '@pug/wire';
import { type Content, kindBytes } from '../message.ts';

export type Kind = Content['kind'];

/** The `authenticated_data` of a message: `roomId` is 16 bytes. */
export function besideOf(roomId: Uint8Array, member: number, kind: Kind): Uint8Array {
  return concat(ascii('pug/1 message'), roomId, u32(member), Uint8Array.of(kindBytes[kind]));
}

/** What a message of `member` with this beside it says to be; null when it is of another member or room. */
export function kindBeside(roomId: Uint8Array, member: number, beside: Uint8Array | null): Kind | null {
  const kinds = ['text', 'name'] as const;
  return kinds.find((kind) => beside !== null && equalBytes(beside, besideOf(roomId, member, kind))) ?? null;
}
