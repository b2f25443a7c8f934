/** How many sockets the process may hold, by its limit of file descriptors (OP-15). */

/** For the runtime's own files, the listeners, and requests that are no sockets. */
const reserve = 64;

/**
 * @param limits the text of /proc/self/limits; null where there is none
 * @returns the number of sockets below both limits, at least one
 */
export function maxSocketsWithin(maxSockets: number, limits: string | null): number {
  const soft = Number(/^Max open files\s+(\d+)/m.exec(limits ?? '')?.[1] ?? Number.POSITIVE_INFINITY);
  return Math.max(1, Math.min(maxSockets, soft - reserve));
}
