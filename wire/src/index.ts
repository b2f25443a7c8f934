export * from './bytes.ts';
export * from './codes.ts';
export * from './control.ts';
export * from './frames.ts';
export * from './http.ts';
export * from './join.ts';
export * from './limits.ts';
export * from './proofofwork.ts';
