/** The relay's clock (OP-12): the system's at the start, advanced by one that never jumps. Nothing else in the relay asks for the time of day. */
const startedAtMs = Date.now() - performance.now();

/** Whole milliseconds since 1970 on the relay's clock. */
export function nowMs(): number {
  return Math.floor(startedAtMs + performance.now());
}
