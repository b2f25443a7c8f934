/** What the relay must never see: links, keys, envelopes, messages, names. */
export * from './envelope.ts';
export * from './keys.ts';
export * from './link.ts';
export * from './message.ts';
export * from './names.ts';
export * from './padding.ts';
export * from './receiver.ts';
export * from './text.ts';
