/** The path of a unix socket, which outlives a process that had no time to remove it (OP-3). */
import { lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';

/** Removes the socket at `path` when nobody answers there. Anything else is left alone, for the listener to stumble on. */
export async function removeStale(path: string): Promise<void> {
  const isSocket = lstatSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
  if (isSocket && (await isRefused(path))) unlinkSync(path);
}

function isRefused(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
