import { heapStats } from 'bun:jsc';
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { deriveKeys, frameTypes } from '@pug/core';
import { closeCodes, defaultPolicy, finalCloses, readU32, u32 } from '@pug/wire';
import fc from 'fast-check';
import { Acquaintances, maxKnown } from '../src/acquaintances.ts';
import type { WaitReason } from '../src/api.ts';
import { ceilingMs, delayMs } from '../src/backoff.ts';
import { Circle } from '../src/circle.ts';
import { Compared } from '../src/comparison.ts';
import { Inbox, maxWaiting } from '../src/inbox.ts';
import { Log, maxLines } from '../src/log.ts';
import {
  added,
  afterLoss,
  emptyOutbox,
  findSent,
  givenUp,
  maxInFlight,
  nextToSend,
  type Outbox,
  sent,
  toPending,
  without,
} from '../src/outbox.ts';
import { maxPayloadBytes, newPacer, spend, waitMs } from '../src/pacer.ts';
import { maxSeen, Seen } from '../src/seen.ts';
import { Sender, type Task } from '../src/sender.ts';
import { Speech } from '../src/speech.ts';
import { type Circumstances, verdictOf } from '../src/verdict.ts';
import { FakePlatform } from './fake.ts';
import { makeIdentity, random, ratchet } from './parts.ts';
import { patienceMs, settle } from './waiting.ts';

setDefaultTimeout(patienceMs);

const top = 2 ** 32 - 1;

describe('CL-4 backoff', () => {
  test('CL-4 doubles from half a second to thirty', () => {
    const expected = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000];
    expect(expected.map((_, at) => ceilingMs(at + 1))).toEqual(expected);
    expect(ceilingMs(1e9)).toBe(30_000);
  });

  test('CL-4 is any time up to the ceiling, never above it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: top }), (attempt, random) => {
        const ms = delayMs(attempt, 'lost', random);
        return ms >= 0 && ms < ceilingMs(attempt);
      }),
    );
    expect(delayMs(1, 'lost', 0)).toBe(0);
    expect(delayMs(1, 'lost', top)).toBe(499);
  });

  test('SK-12 waits five seconds at least after flooding', () => {
    expect(delayMs(1, 'flooding', 0)).toBe(5_000);
    expect(delayMs(9, 'flooding', top)).toBe(34_999);
  });
});

describe('CR-15 what was found of the safety code', () => {
  test('CR-15 while nobody knows who is in, a warning stands and an assurance does not', () => {
    const compared = new Compared();
    expect(compared.in('us')).toBeNull();
    compared.note('us', 'equal');
    expect([compared.in('us'), compared.in(null), compared.in('others')]).toEqual(['equal', null, null]);
    compared.note('us', 'different');
    expect([compared.in('us'), compared.in(null), compared.in('others')]).toEqual(['different', 'different', null]);
    expect([compared.isOutdatedBy('us'), compared.isOutdatedBy(null)]).toEqual([false, false]);
    expect([compared.isOutdatedBy('others'), compared.isOutdatedBy('others')]).toEqual([true, false]);
  });
});

describe('CL-11 pacing', () => {
  const policies = fc.record({
    messagesPerSecond: fc.integer({ min: 1, max: 100 }),
    messageBurst: fc.integer({ min: 2, max: 200 }),
    bytesPerSecond: fc.integer({ min: 1_000, max: 1_000_000 }),
    byteBurst: fc.integer({ min: 70_000, max: 2_000_000 }),
  });
  const steps = fc.array(
    fc.record({ idleMs: fc.integer({ min: 0, max: 3_000 }), bytes: fc.integer({ min: 1, max: 33_000 }) }),
    {
      maxLength: 300,
      size: 'max',
    },
  );

  test('CL-11 LM-2 in every window no more than three quarters of what the relay allows goes', () => {
    fc.assert(
      fc.property(policies, steps, (limits, waits) => {
        let pacer = newPacer({ ...defaultPolicy, ...limits }, 0);
        let nowMs = 0;
        const gone: { atMs: number; bytes: number }[] = [];
        for (const { idleMs, bytes } of waits) {
          nowMs += idleMs;
          // Twice, for rounding may leave a fraction of a byte to wait for.
          for (let n = 0; n < 2; n++) nowMs += waitMs(pacer, nowMs, bytes);
          expect(waitMs(pacer, nowMs, bytes)).toBe(0);
          pacer = spend(pacer, nowMs, bytes);
          gone.push({ atMs: nowMs, bytes });
        }
        const most = Math.max(1, limits.messageBurst * 0.75);
        for (const [from, first] of gone.entries()) {
          let bytes = 0;
          for (let to = from; to < gone.length; to++) {
            const last = gone[to] ?? first;
            const seconds = (last.atMs - first.atMs) / 1000;
            bytes += last.bytes;
            expect(to - from + 1).toBeLessThanOrEqual(most + seconds * limits.messagesPerSecond * 0.75 + 1e-6);
            expect(bytes).toBeLessThanOrEqual(0.75 * (limits.byteBurst + seconds * limits.bytesPerSecond) + 1e-3);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('CL-11 nothing waits for ever: not under a policy of 0, not when larger than the bucket, not after the clock was set back', () => {
    const none = { ...defaultPolicy, messagesPerSecond: 0, messageBurst: 0, bytesPerSecond: 0, byteBurst: 0 };
    const empty = spend(newPacer(none, 1_000), 1_000, 500);
    for (const nowMs of [1_000, 0]) expect(waitMs(empty, nowMs, 500)).toBeLessThan(1_000_000);
    expect(waitMs(newPacer(defaultPolicy, 0), 0, 10 ** 9)).toBe(0);
  });

  test('CL-11 the largest payload fits both the limit and the burst', () => {
    expect(maxPayloadBytes(defaultPolicy)).toBe(65_536);
    expect(maxPayloadBytes({ ...defaultPolicy, byteBurst: 1_000 })).toBe(996);
  });
});

const entry = (key: number) => ({ key, id: new Uint8Array(16), idText: `id ${key}`, text: `text ${key}`, atMs: key });
const filled = (count: number): Outbox =>
  Array.from({ length: count }, (_, at) => at + 1).reduce((outbox, key) => added(outbox, entry(key)), emptyOutbox);

describe('CL-5 outbox', () => {
  test('CL-5 whatever happens, texts leave in the order of typing and each is in the log, pending, or not sent', () => {
    const happenings = fc.array(fc.constantFrom('type', 'send', 'echo', 'lose'), { maxLength: 200, size: 'max' });
    fc.assert(
      fc.property(happenings, (all) => {
        let outbox = emptyOutbox;
        let typed = 0;
        let wire: number[] = [];
        const log: number[] = [];
        for (const what of all) {
          if (what === 'type') outbox = added(outbox, entry(++typed));
          const next = what === 'send' ? nextToSend(outbox) : null;
          if (next) {
            outbox = sent(outbox, next.key);
            wire.push(next.key);
          }
          const key = what === 'echo' ? wire.shift() : undefined;
          if (key !== undefined) {
            expect(findSent(outbox, `id ${key}`)?.key).toBe(key);
            outbox = without(outbox, key);
            log.push(key);
          }
          if (what === 'lose') {
            outbox = afterLoss(outbox);
            wire = [];
          }
        }
        const everything = [...log, ...outbox.map(({ key }) => key)];
        expect(everything).toEqual(Array.from({ length: typed }, (_, at) => at + 1));
        expect(givenUp(outbox).every(({ state }) => state === 'not_sent')).toBe(true);
      }),
    );
  });

  test('CL-5 no more than a bounded number is on its way', () => {
    let outbox = filled(maxInFlight + 3);
    for (let n = 0; n < maxInFlight; n++) outbox = sent(outbox, nextToSend(outbox)?.key ?? 0);
    expect(nextToSend(outbox)).toBeNull();
    expect(nextToSend(without(outbox, 1))?.key).toBe(maxInFlight + 1);
  });

  test('CL-5 what was given up is shown as not sent, keeps its text, and is never sent', () => {
    const outbox = givenUp(filled(2));
    expect(toPending(outbox)).toMatchObject([
      { key: 1, text: 'text 1', state: 'not_sent' },
      { key: 2, text: 'text 2', state: 'not_sent' },
    ]);
    expect(nextToSend(outbox)).toBeNull();
    expect(findSent(outbox, 'id 1')).toBeNull();
    expect(toPending(afterLoss(outbox))[0]?.state).toBe('not_sent');
  });
});

describe('SK-12 verdicts', () => {
  const here: Circumstances = { stage: 'joined', timeIsUp: 'no', ghost: false };
  const closed = (code: number) => ({ kind: 'closed', code }) as const;

  test('SK-12 every final code ends, every other retries with its reason', () => {
    for (const name of finalCloses) {
      expect(verdictOf(closed(closeCodes[name]), here)).toEqual({ kind: 'end', end: name });
    }
    const retried: WaitReason[] = ['restarting', 'overloaded', 'flooding', 'too_slow', 'join_timeout'];
    for (const name of retried) {
      const code = closeCodes[name as keyof typeof closeCodes]; // All five are close names.
      expect(verdictOf(closed(code), here)).toEqual({ kind: 'retry', reason: name });
    }
    for (const code of [1000, 1001, 1002, 1005, 1006, 1009, 1011, 1015, 3000, 4999]) {
      expect(verdictOf(closed(code), here)).toEqual({ kind: 'retry', reason: 'lost' });
      expect(verdictOf(closed(code), { ...here, stage: 'opening' })).toEqual({ kind: 'retry', reason: 'unreachable' });
    }
  });

  test('SK-12 silence and nonsense are a lost connection; a newer greeting ends', () => {
    expect(verdictOf({ kind: 'silent' }, here)).toEqual({ kind: 'retry', reason: 'lost' });
    expect(verdictOf({ kind: 'broken', why: 'malformed' }, here)).toEqual({ kind: 'retry', reason: 'lost' });
    expect(verdictOf({ kind: 'outdated' }, here)).toEqual({ kind: 'end', end: 'outdated' });
  });

  test('CL-10 a step of this device that failed is tried again, and not called a lost connection', () => {
    const joining: Circumstances = { ...here, stage: 'joining' };
    expect(verdictOf({ kind: 'fault' }, joining)).toEqual({ kind: 'retry', reason: 'fault' });
  });

  test('JN-4 CL-4 a room whose time is up has expired, whether it is not found or cannot be reached', () => {
    const late: Circumstances = { ...here, timeIsUp: 'passed' };
    expect(verdictOf(closed(4004), late)).toEqual({ kind: 'end', end: 'expired' });
    expect(verdictOf(closed(1006), { ...late, stage: 'opening' })).toEqual({ kind: 'end', end: 'expired' });
    expect(verdictOf(closed(1006), late)).toEqual({ kind: 'retry', reason: 'lost' });
    expect(verdictOf(closed(4000), late)).toEqual({ kind: 'end', end: 'purged' });
    const set: Circumstances = { ...here, timeIsUp: 'clock' };
    expect(verdictOf(closed(4004), set)).toEqual({ kind: 'end', end: 'expired' });
    expect(verdictOf(closed(1006), { ...set, stage: 'opening' })).toEqual({ kind: 'retry', reason: 'unreachable' });
  });

  test('CL-9 a full room is tried again only while a lost answer may hold the seat', () => {
    expect(verdictOf(closed(4009), { ...here, ghost: true })).toEqual({ kind: 'retry', reason: 'lost' });
    expect(verdictOf(closed(4009), here)).toEqual({ kind: 'end', end: 'full' });
  });
});

describe('bounded memory', () => {
  test('CL-6 an id is new once, and the oldest of too many is forgotten', () => {
    const seen = new Seen();
    expect(seen.add('0')).toBe(true);
    expect(seen.add('0')).toBe(false);
    for (let n = 1; n <= maxSeen; n++) seen.add(String(n));
    expect(seen.add('1')).toBe(false);
    expect(seen.add('0')).toBe(true);
  });

  test('CL-7 the log keeps its newest lines, their keys ascending by one', () => {
    const log = new Log();
    for (let n = 0; n < maxLines + 7; n++) log.append({ kind: 'locked', locked: true, atMs: n });
    expect(log.lines).toHaveLength(maxLines);
    expect(log.lines[0]?.key).toBe(8);
    expect(log.lines.at(-1)?.key).toBe(maxLines + 7);
  });

  test('CL-8 what is known later of a member goes into its own lines, where it changes them, and no other', () => {
    const log = new Log();
    const text = { kind: 'text', own: false, text: 'hi', atMs: 0 } as const;
    log.append({ ...text, member: 1, name: null });
    log.append({ ...text, member: 2, name: null });
    log.append({ ...text, member: 1, name: 'Old' });
    const changed = log.rewrite(1, (line) => (line.name === null ? { ...line, name: 'New' } : line));
    expect(changed.map(({ key }) => key)).toEqual([1]);
    expect(log.lines.map((line) => 'name' in line && line.name)).toEqual(['New', null, 'Old']);
  });
});

const noFault = (): never => {
  throw new Error('nothing fails here');
};

describe('SK-9 inbox', () => {
  test('SK-9 things are handled one after the other, in order, however long each takes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 }), async (delays) => {
        const handled: number[] = [];
        let busy = 0;
        let most = 0;
        const inbox = new Inbox<number>(async (at) => {
          most = Math.max(most, ++busy);
          for (let n = delays[at] ?? 0; n > 0; n--) await Promise.resolve();
          handled.push(at);
          busy--;
        }, noFault);
        for (const at of delays.keys()) expect(inbox.push(at)).toBe(true);
        await Bun.sleep(0);
        expect(handled).toEqual([...delays.keys()]);
        expect(most).toBeLessThanOrEqual(1);
      }),
      { numRuns: 50 },
    );
  });

  test('SK-9 it is bounded, except for the end', async () => {
    const handled: number[] = [];
    let release = (): void => {};
    const gate = new Promise<void>((done) => (release = done));
    const inbox = new Inbox<number>(async (item) => {
      await gate;
      handled.push(item);
    }, noFault);
    inbox.push(0);
    for (let n = 1; n <= maxWaiting; n++) expect(inbox.push(n)).toBe(true);
    expect(inbox.push(-1)).toBe(false);
    inbox.add(-2);
    release();
    await Bun.sleep(5);
    expect(handled).toEqual([...Array(maxWaiting + 1).keys(), -2]);
  });
});

describe('CR-16 acquaintances', () => {
  test('CR-16 of somebody who comes over and over they do not pile up; who is here, or in a line, is known', () => {
    const known = new Acquaintances();
    const person = (key: string) => ({ key, admission: key, name: 'Bob', tag: '0000' });
    known.meet(1, person('here'));
    known.meet(2, person('told'));
    for (let number = 3; number < 3 * maxKnown; number++) {
      known.meet(number, person(`${number}`));
      known.tidy(() => new Set([1, 2]));
      expect(known.size).toBeLessThanOrEqual(maxKnown);
    }
    expect([known.meet(1, person('here')), known.meet(2, person('told'))]).toEqual(['seen', 'seen']);
    expect(known.meet(3, person('3'))).toBeUndefined();
  });
});

describe('CL-5 sending', () => {
  test('CL-11 CR-12 requests that wait for the pace are replaced by later ones: nobody fills the memory with them', async () => {
    const speech = new Speech({ platform: new FakePlatform(), name: 'Me', onPending: () => {} });
    const { keyPackage, found, commit, welcome, beat } = frameTypes;
    for (let n = 0; n < 1_000; n++)
      for (const type of [keyPackage, commit, beat, n % 2 === 0 ? found : keyPackage]) speech.send(0, type, u32(n));
    for (const to of [2, 3]) speech.send(to, welcome, u32(to));
    const keys = await deriveKeys({ roomSecret: new Uint8Array(16), linkKey: new Uint8Array(32) });
    const circle = new Circle({ maker: await ratchet, identity: makeIdentity(), keys, random });
    const waiting: (readonly [number, number])[] = [];
    for (let task = speech.next(circle, 1, () => false); task; task = speech.next(circle, 1, () => false))
      waiting.push([task.type, readU32((await task.spell()) ?? new Uint8Array(4), 0)]);
    expect(waiting).toEqual([
      [commit, 999],
      [beat, 999],
      [keyPackage, 999],
      [welcome, 2],
      [welcome, 3],
    ]);
  });

  test('CL-8 CR-13 an insider who adds more and more that are not there fills no memory with whom a name is owed', () => {
    const speech = new Speech({ platform: new FakePlatform(), name: 'Me', onPending: () => {} });
    Bun.gc(true);
    const before = heapStats().heapSize + heapStats().extraMemorySize;
    for (let member = 1; member <= 2_000_000; member++) speech.owe(member);
    Bun.gc(true);
    const grownBytes = heapStats().heapSize + heapStats().extraMemorySize - before;
    expect(speech.name).toBe('Me');
    expect(grownBytes).toBeLessThan(2 ** 22);
  });

  test('CL-5 RM-7 a connection that has ended takes nothing from the one that comes after it', async () => {
    const { promise: spelt, resolve } = Promise.withResolvers<null>();
    const tasks: Task[] = [
      { kind: 'frame', to: 0, type: 1, lengthBytes: 1, spell: () => spelt },
      { kind: 'control', message: { type: 'purge' } },
    ];
    const sent: unknown[] = [];
    const sender = new Sender({
      platform: new FakePlatform(),
      policy: defaultPolicy,
      keys: await deriveKeys({ roomSecret: new Uint8Array(16), linkKey: new Uint8Array(32) }),
      member: 1,
      next: () => tasks.shift() ?? null,
      transmit: (data) => sent.push(data),
      onFault: noFault,
    });
    sender.pump();
    sender.stop();
    // Nothing to send after all: the ratchet had been given up meanwhile.
    resolve(null);
    await settle();
    expect([tasks.length, sent.length]).toEqual([1, 0]);
  });
});
