import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { u32 } from '@pug/wire';
import fc from 'fast-check';
import type { LogEvent } from '../src/index.ts';
import { rememberedEvents, Transcript } from '../src/roster/transcript.ts';
import { hex, withFlippedBit } from './fixtures.ts';

const start = new Uint8Array(32).fill(0x33);
const frame = new Uint8Array(40).fill(9);

/** The transcript after these events, from `seq` 10 on. */
async function after(...events: readonly LogEvent[]): Promise<string> {
  const transcript = new Transcript(10, start);
  for (const event of events) await transcript.extend(event);
  return hex(transcript.hash);
}

function chained(hash: Uint8Array, seq: number, kind: number, member: number, bytes: Uint8Array): Uint8Array {
  const parts = [Buffer.from('pug/1 transcript'), hash, u32(seq), Uint8Array.of(kind), u32(member), bytes];
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

describe('CR-14 the transcript', () => {
  const nothing = new Uint8Array(0);
  const kinds: readonly [string, LogEvent, number, number, Uint8Array][] = [
    ['a frame', { type: 'frame', seq: 11, member: 4, frame }, 1, 4, frame],
    ['a join', { type: 'join', seq: 11, member: 4 }, 2, 4, nothing],
    ['a leave', { type: 'leave', seq: 11, member: 4 }, 3, 4, nothing],
    ['the lock', { type: 'lock', seq: 11, locked: true }, 4, 1, nothing],
    ['the end of the lock', { type: 'lock', seq: 11, locked: false }, 4, 0, nothing],
  ];
  test.each(kinds)('CR-14 %s is hashed with its place, kind and member', async (_name, event, kind, member, bytes) => {
    expect(await after(event)).toBe(hex(chained(start, 11, kind, member, bytes)));
  });

  test('CR-14 each event goes on from the one before', async () => {
    const first = chained(start, 11, 2, 5, nothing);
    const events = [
      { type: 'join', seq: 11, member: 5 },
      { type: 'frame', seq: 12, member: 5, frame },
    ] as const;
    expect(await after(...events)).toBe(hex(chained(first, 12, 1, 5, frame)));
  });

  test('CR-14 any other bit, member, place, kind or order gives another transcript', async () => {
    const said = { type: 'frame', seq: 11, member: 4, frame } as const;
    const joined = { type: 'join', seq: 12, member: 5 } as const;
    const others = [
      await after(said, joined),
      await after(joined, said),
      await after(said),
      await after({ ...said, member: 5 }, joined),
      await after({ ...said, seq: 12 }, joined),
      await after(said, { ...joined, type: 'leave' }),
      await after({ type: 'lock', seq: 11, locked: true }, joined),
    ];
    for (let bit = 0; bit < frame.length * 8; bit++)
      others.push(await after({ ...said, frame: withFlippedBit(frame, bit) }, joined));
    expect(new Set(others).size).toBe(others.length);
  });

  test('CR-14 compares by the first 16 bytes at each of the last events; was not shown what is ahead, and what it forgot', async () => {
    const transcript = new Transcript(10, start);
    const tags = [transcript.tag];
    const last = 10 + rememberedEvents + 90;
    for (let seq = 11; seq <= last; seq++) {
      await transcript.extend({ type: 'join', seq, member: seq });
      tags.push(transcript.tag);
    }
    const found = tags.map((tag, at) => transcript.compare(10 + at, tag));
    expect(found).toEqual(tags.map((_tag, at) => 10 + at > last - rememberedEvents));
    expect(transcript.compare(9, start.slice(0, 16))).toBeNull();
    expect(transcript.compare(last + 1, transcript.tag)).toBe(false);
    for (let bit = 0; bit < 128; bit++)
      expect(transcript.compare(last, withFlippedBit(transcript.tag, bit))).toBe(false);
  });

  test('CR-14 two members who begin at different places and see the same agree', async () => {
    const events = fc.array(
      fc.oneof(
        fc.record({ type: fc.constant('frame' as const), member: fc.nat(9), frame: fc.uint8Array({ maxLength: 50 }) }),
        fc.record({ type: fc.constantFrom('join' as const, 'leave' as const), member: fc.nat(9) }),
        fc.record({ type: fc.constant('lock' as const), locked: fc.boolean() }),
      ),
      { minLength: 1, maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(events, fc.nat(19), async (list, at) => {
        const founder = new Transcript(0, start);
        let newcomer: Transcript | null = null;
        for (const [index, event] of list.entries()) {
          await founder.extend({ ...event, seq: index + 1 });
          await newcomer?.extend({ ...event, seq: index + 1 });
          if (index === at % list.length) newcomer = new Transcript(founder.seq, founder.hash);
        }
        expect(newcomer?.hash).toEqual(founder.hash);
        expect(newcomer?.compare(founder.seq, founder.tag)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
