/** The envelope around everything a client sends (CR-1): AES-256-GCM bound to room, type and sender. */
import { ascii, concat, u32 } from '@pug/wire';
import { unshared } from './webcrypto.ts';

const envelopeVersion = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headerBytes = 2 + nonceBytes;

/** Bytes by which a payload is longer than its body. */
export const envelopeOverheadBytes = headerBytes + tagBytes;

/** Who sends into which room. */
export interface Sender {
  readonly frameKey: CryptoKey;
  /** 16 bytes. */
  readonly roomIdBytes: Uint8Array;
  /** The sender's number (RM-2). */
  readonly member: number;
}

export interface Sealing extends Sender {
  /** 12 bytes, random for each frame (CR-2). */
  readonly nonce: Uint8Array;
  /** 0 … 255. */
  readonly type: number;
  readonly body: Uint8Array;
}

export interface Opening extends Sender {
  readonly payload: Uint8Array;
}

export interface OpenedFrame {
  readonly type: number;
  readonly body: Uint8Array;
}

/** The payload of a frame: body + 30 bytes. Throws RangeError when nonce or room id are not of their size. */
export async function sealFrame({ frameKey, roomIdBytes, member, nonce, type, body }: Sealing): Promise<Uint8Array> {
  if (nonce.length !== nonceBytes) throw new RangeError('a nonce has 12 bytes');
  const algorithm = aesGcm(nonce, additionalData(roomIdBytes, type, member));
  const sealed = await crypto.subtle.encrypt(algorithm, frameKey, unshared(body));
  return concat(Uint8Array.of(envelopeVersion, type), nonce, new Uint8Array(sealed));
}

/**
 * What a payload that the relay says `member` sent holds, or null when it does not open: another version, another key, room or
 * sender, or a single changed bit (CR-6). Never throws on a peer's bytes.
 */
export async function openFrame({ frameKey, roomIdBytes, member, payload }: Opening): Promise<OpenedFrame | null> {
  const [version, type] = payload;
  if (version !== envelopeVersion || type === undefined || payload.length < envelopeOverheadBytes) return null;
  const algorithm = aesGcm(payload.slice(2, headerBytes), additionalData(roomIdBytes, type, member));
  try {
    const body = await crypto.subtle.decrypt(algorithm, frameKey, unshared(payload.subarray(headerBytes)));
    return { type, body: new Uint8Array(body) };
  } catch {
    // Web Crypto has one error for bytes that are false and for a failure of its own (OperationError): to a receiver they are the same.
    return null;
  }
}

function aesGcm(nonce: Uint8Array, additional: Uint8Array) {
  return { name: 'AES-GCM', iv: unshared(nonce), additionalData: unshared(additional), tagLength: 128 } as const;
}

/** The member number keeps a relay from relabelling or reflecting a frame, the room id from carrying it elsewhere (CR-5). */
function additionalData(roomIdBytes: Uint8Array, type: number, member: number): Uint8Array {
  if (roomIdBytes.length !== 16) throw new RangeError('a room id has 16 bytes');
  return concat(ascii('pug/1 frame'), roomIdBytes, Uint8Array.of(type), u32(member));
}
