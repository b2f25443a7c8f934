/** What the relay must never see: links, keys, envelopes, messages, names, and who is in the room. The ratchet itself is `@pug/core/ratchet`. */
export * from './credential.ts';
export * from './envelope.ts';
export * from './identity.ts';
export * from './keys.ts';
export * from './link.ts';
export * from './message.ts';
export * from './names.ts';
export * from './padding.ts';
export type { RatchetMaker } from './ratchet/index.ts';
export type * from './ratchet/ratchet.ts';
export * from './receiver.ts';
export * from './roster/bodies.ts';
export * from './roster/log.ts';
export * from './roster/plan.ts';
export * from './roster/roster.ts';
export type { Agreement, EpochMark } from './roster/seat.ts';
export * from './safety/safety.ts';
export * from './text.ts';
