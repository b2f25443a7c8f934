/** What the frames of the room protocol carry inside the envelope (CR-10). Each pair: null = not of its form. */
import { concat, readU32, u32 } from '@pug/wire';

/** The type bytes of the envelope. */
export const frameTypes = { keyPackage: 1, found: 2, commit: 3, welcome: 4, message: 5, beat: 6 } as const;

export const groupIdBytes = 16;
export const transcriptBytes = 32;
/** A transcript is compared by its first 16 bytes. */
export const transcriptTagBytes = 16;
/** And so is the epoch's authenticator. */
export const authenticatorTagBytes = 16;

export interface Found {
  readonly groupId: Uint8Array;
  readonly keyPackage: Uint8Array;
}

export interface CommitBody {
  readonly groupId: Uint8Array;
  readonly epoch: number;
  readonly commit: Uint8Array;
}

/** `seq` and `transcript` (32 bytes) are the commit's: the newcomer goes on from there. */
export interface WelcomeBody {
  readonly seq: number;
  readonly transcript: Uint8Array;
  readonly welcome: Uint8Array;
}

/** Where its sender is: its epoch and the start of that epoch's authenticator, its last event and the start of its transcript there. */
export interface Beat {
  readonly groupId: Uint8Array;
  readonly epoch: number;
  /** 16 bytes. */
  readonly authenticator: Uint8Array;
  readonly seq: number;
  /** 16 bytes. */
  readonly transcript: Uint8Array;
}

export function encodeFound({ groupId, keyPackage }: Found): Uint8Array {
  return concat(groupId, keyPackage);
}

export function decodeFound(body: Uint8Array): Found | null {
  if (body.length <= groupIdBytes) return null;
  return { groupId: body.slice(0, groupIdBytes), keyPackage: body.slice(groupIdBytes) };
}

export function encodeCommit({ groupId, epoch, commit }: CommitBody): Uint8Array {
  return concat(groupId, u32(epoch), commit);
}

export function decodeCommit(body: Uint8Array): CommitBody | null {
  const at = groupIdBytes + 4;
  if (body.length <= at) return null;
  return { groupId: body.slice(0, groupIdBytes), epoch: readU32(body, groupIdBytes), commit: body.slice(at) };
}

export function encodeWelcome({ seq, transcript, welcome }: WelcomeBody): Uint8Array {
  return concat(u32(seq), transcript, welcome);
}

export function decodeWelcome(body: Uint8Array): WelcomeBody | null {
  const at = 4 + transcriptBytes;
  if (body.length <= at) return null;
  return { seq: readU32(body, 0), transcript: body.slice(4, at), welcome: body.slice(at) };
}

export function encodeBeat({ groupId, epoch, authenticator, seq, transcript }: Beat): Uint8Array {
  return concat(groupId, u32(epoch), authenticator, u32(seq), transcript);
}

export function decodeBeat(body: Uint8Array): Beat | null {
  const authenticatorAt = groupIdBytes + 4;
  const seqAt = authenticatorAt + authenticatorTagBytes;
  const transcriptAt = seqAt + 4;
  if (body.length !== transcriptAt + transcriptTagBytes) return null;
  return {
    groupId: body.slice(0, groupIdBytes),
    epoch: readU32(body, groupIdBytes),
    authenticator: body.slice(authenticatorAt, seqAt),
    seq: readU32(body, seqAt),
    transcript: body.slice(transcriptAt),
  };
}
