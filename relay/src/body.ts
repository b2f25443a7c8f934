/** Request bodies, read strictly: never more than the limit, never for longer than the time-out. */
import { concat, maxBodyBytes } from '@pug/wire';

/** A body of 1 KiB takes one round trip; this is for the worst line there is. */
const bodyTimeoutMs = 10_000;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of a body of up to 1,024 bytes of UTF-8.
 * @returns `too_large` as soon as it is known, `malformed` for bytes that are not UTF-8 or did not come in time
 */
export async function readBody(request: Request): Promise<{ text: string } | 'too_large' | 'malformed'> {
  const declaredBytes = Number(request.headers.get('content-length') ?? Number.NaN);
  if (declaredBytes > maxBodyBytes) return 'too_large';
  try {
    const bytes = await (declaredBytes <= maxBodyBytes ? readWhole(request) : readPieces(request));
    return typeof bytes === 'string' ? bytes : { text: utf8.decode(bytes) };
  } catch {
    return 'malformed'; // The connection broke, or the bytes are not UTF-8.
  }
}

/**
 * A body whose length is known. The runtime reads it at once and no further; a stream of pieces would make it collect garbage a dozen times a
 * second under a few hundred requests, and everybody wait for that.
 */
function readWhole(request: Request): Promise<Uint8Array | 'malformed'> {
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(resolve, bodyTimeoutMs, 'malformed');
    const settled = () => clearTimeout(timeout);
    request.bytes().then(resolve, reject).finally(settled);
  });
}

/** A body that nobody told the length of. */
async function readPieces({ body }: Request): Promise<Uint8Array | 'too_large'> {
  if (body === null) return new Uint8Array(0);
  const reader = body.getReader();
  const timeout = setTimeout(() => void reader.cancel().catch(() => {}), bodyTimeoutMs);
  try {
    return await readAll(reader);
  } finally {
    clearTimeout(timeout);
  }
}

/** `ReadableStream`'s own reader lacks what the runtime's type adds to it, so this asks for what it uses. */
async function readAll(
  reader: Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>,
): Promise<Uint8Array | 'too_large'> {
  let bytes = new Uint8Array(0);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes = concat(bytes, value);
    if (bytes.length <= maxBodyBytes) continue;
    await reader.cancel();
    return 'too_large';
  }
}
