/** The orderly end (SK-14). */
import { encodeServerMessage } from '@pug/wire';
import type { Socket } from './connection.ts';
import type { Streams } from './stream.ts';

const stepMs = 100;

/**
 * Tells every connection how long it has, then closes all with 1012, the oldest first and spread evenly over that time, so that they do
 * not all come back in one moment. Resolves when none is left, which is at once when there was none.
 */
export async function drainSockets(all: ReadonlySet<Socket>, seconds: number, streams: Streams): Promise<void> {
  const closing = encodeServerMessage({ type: 'closing', inSeconds: seconds });
  for (const socket of all) socket.send(closing);
  const [count, steps] = [all.size, Math.ceil((seconds * 1000) / stepMs)];
  for (let stepsLeft = steps - 1; all.size > 0; stepsLeft--) {
    await Bun.sleep(stepMs);
    const keep = Math.floor((count * Math.max(0, stepsLeft)) / Math.max(1, steps));
    // A copy, because closing takes the socket out of the set.
    for (const socket of [...all].slice(0, Math.max(0, all.size - keep))) streams.close(socket, 'restarting');
  }
}
