import { describe, expect, test } from 'bun:test';
import type { Pending } from '@pug/client';
import { changesOf, newlyUnsent } from '../src/state/changes.ts';
import { en } from '../src/strings/en.ts';
import { viewOf } from './views.ts';

describe('CL-13 what the voice says when a room changes', () => {
  const before = viewOf({ admitted: false });

  test('SK-14 that the relay stops, once for each time that it says so', () => {
    const closing = viewOf({ closingAtMs: 8_500 });
    expect(changesOf(viewOf(), closing, 0)).toEqual([en.banner.closing(9)]);
    expect(changesOf(closing, viewOf({ closingAtMs: 8_500, locked: true }), 0)).toEqual([]);
    expect(changesOf(closing, viewOf(), 0)).toEqual([]);
  });

  test('CR-9 that one was let in, and not to somebody alone', () => {
    expect(changesOf(before, viewOf(), 0)).toEqual([en.announce.letIn]);
    expect(changesOf(viewOf(), viewOf(), 0)).toEqual([]);
    expect(changesOf(null, viewOf(), 0)).toEqual([]);
    expect(changesOf(before, viewOf({ members: viewOf().members.slice(0, 1) }), 0)).toEqual([]);
  });

  test('CL-5 a text that became not sent, once', () => {
    const text = (key: number, state: Pending['state']): Pending => ({ key, text: 'x', atMs: 0, state });
    const [sending, late] = [text(1, 'sending'), text(1, 'not_sent')];
    expect(newlyUnsent([sending], [late, text(2, 'sending')])).toBe(1);
    expect(newlyUnsent([late], [late])).toBe(0);
    expect(newlyUnsent([], [text(1, 'not_sent'), text(2, 'not_sent')])).toBe(2);
  });
});
