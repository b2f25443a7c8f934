/** Request bodies, read strictly: never more than the limit, never for longer than the time-out. */
import { maxBodyBytes } from '@pug/wire';

/** A body of 1 KiB takes one round trip; this is for the worst line there is. */
const bodyTimeoutMs = 10_000;

/**
 * The runtime keeps what has come of a body until it is whole, and answers a longer one by its status alone before that. Above the protocol's
 * limit, so that it is this relay that refuses what is a little too long (HT-2).
 */
export const tolerableBodyBytes = maxBodyBytes + 4096;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of a body of up to 1,024 bytes of UTF-8. It is read in one piece, be its length declared or not: a stream of pieces would make the
 * runtime collect garbage a dozen times a second under a few hundred requests, and everybody wait for that.
 * @returns `too_large` as soon as it is known, `malformed` for bytes that are not UTF-8 or did not come in time
 */
export async function readBody(request: Request): Promise<{ text: string } | 'too_large' | 'malformed'> {
  if (Number(request.headers.get('content-length')) > maxBodyBytes) return 'too_large';
  try {
    const bytes = await inTime(request.bytes());
    return bytes.length > maxBodyBytes ? 'too_large' : { text: utf8.decode(bytes) };
  } catch {
    return 'malformed'; // The connection broke, the time is up, or the bytes are not UTF-8.
  }
}

function inTime(bytes: Promise<Uint8Array>): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const timeout = setTimeout(reject, bodyTimeoutMs);
  bytes.then(resolve, reject).finally(() => clearTimeout(timeout));
  return promise;
}
