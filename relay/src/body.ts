/** Request bodies, read strictly: never more than the limit, never for longer than the time-out. */
import { maxBodyBytes } from '@pug/wire';

/** A body of 1 KiB takes one round trip; this is for the worst line there is. */
const bodyTimeoutMs = 10_000;

/**
 * The text of a body of up to 1,024 bytes of UTF-8.
 * @returns `too_large` as soon as it is known, `malformed` for bytes that are not UTF-8 or did not come in time
 */
export async function readBody(request: Request): Promise<{ text: string } | 'too_large' | 'malformed'> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) return 'too_large';
  if (request.body === null) return { text: '' };
  const reader = request.body.getReader();
  const timeout = setTimeout(() => void reader.cancel().catch(() => {}), bodyTimeoutMs);
  try {
    return await readAll(reader);
  } catch {
    return 'malformed'; // The connection broke, or the bytes are not UTF-8.
  } finally {
    clearTimeout(timeout);
  }
}

/** `ReadableStream`'s own reader lacks what the runtime's type adds to it, so this asks for what it uses. */
async function readAll(
  reader: Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>,
): Promise<{ text: string } | 'too_large'> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  let lengthBytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode() };
    lengthBytes += value.length;
    if (lengthBytes > maxBodyBytes) {
      await reader.cancel();
      return 'too_large';
    }
    text += decoder.decode(value, { stream: true });
  }
}
