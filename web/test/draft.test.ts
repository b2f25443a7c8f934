import { describe, expect, test } from 'bun:test';
import { sizeOf } from '../src/state/draft.ts';

describe('CL-5 the size of a draft', () => {
  test.each([
    ['nothing', '', { kind: 'nothing' }],
    ['white space', ' \n\t', { kind: 'nothing' }],
    ['what nobody would see', '\u200b\u202e', { kind: 'nothing' }],
    ['a word', 'hello', { kind: 'fits' }],
    ['80 %', 'x'.repeat(80), { kind: 'fits' }],
    ['more than that', 'x'.repeat(81), { kind: 'near', bytes: 81 }],
    ['bytes, not characters', 'ü'.repeat(41), { kind: 'near', bytes: 82 }],
    ['the most there may be', 'x'.repeat(100), { kind: 'near', bytes: 100 }],
    ['one more', 'x'.repeat(101), { kind: 'over', overBytes: 1 }],
    ['what is taken away before sending does not count', `${'x'.repeat(100)}\u200b`, { kind: 'near', bytes: 100 }],
    ['what grows when it is normalised does', '\u0958'.repeat(20), { kind: 'over', overBytes: 20 }],
    ['a whole book', 'x'.repeat(1_000_000), { kind: 'over', overBytes: 999_900 }],
  ] as const)('CL-5 %s', (_what, draft, size) => expect(sizeOf(draft, 100)).toEqual(size));
});
