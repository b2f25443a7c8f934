/** Padding to powers of two (CR-3): the relay learns one of eight sizes. */
import { concat, readU32, u32 } from '@pug/wire';

const lengthBytes = 4;
const minBodyBytes = 256;
const maxBodyBytes = 32_768;

/** The largest content that can be padded, in bytes. */
export const maxContentBytes = maxBodyBytes - lengthBytes;

/** `length(4) ‖ content ‖ zeros`, 256 to 32,768 bytes. Throws RangeError above `maxContentBytes`. */
export function pad(content: Uint8Array): Uint8Array {
  if (content.length > maxContentBytes) throw new RangeError('content is at most 32,764 bytes');
  return concat(
    u32(content.length),
    content,
    new Uint8Array(bodyBytesFor(content.length) - lengthBytes - content.length),
  );
}

/** The content of a body, or null for any padding that `pad` would not have made. */
export function unpad(body: Uint8Array): Uint8Array | null {
  if (body.length < minBodyBytes || body.length > maxBodyBytes) return null;
  const contentBytes = readU32(body, 0);
  if (contentBytes > body.length - lengthBytes || bodyBytesFor(contentBytes) !== body.length) return null;
  const end = lengthBytes + contentBytes;
  return body.subarray(end).every((byte) => byte === 0) ? body.slice(lengthBytes, end) : null;
}

function bodyBytesFor(contentBytes: number): number {
  let bodyBytes = minBodyBytes;
  while (bodyBytes < lengthBytes + contentBytes) bodyBytes *= 2;
  return bodyBytes;
}
