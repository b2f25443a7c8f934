/** The client without a face: make rooms, join them, stay in them. */
export type * from './api.ts';
export type { Cancellation } from './cancellation.ts';
export * from './create.ts';
export { maxLines } from './log.ts';
export { fetchPolicy } from './policy.ts';
export { openSession } from './session.ts';
export { solve, type Work } from './solver.ts';
