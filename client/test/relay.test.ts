// Sessions against the real relay process, over wires that are cut.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Session } from '@pug/client';
import { join, makeRoom, type Relay, startRelay, Wire } from './loopback.ts';
import { joined, linesOf, patienceMs, stateOf, textsOf, until } from './waiting.ts';

setDefaultTimeout(patienceMs);

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.kill('SIGKILL'));

const leaveAll = (...sessions: Session[]): void => {
  for (const session of sessions) session.leave();
};

/** Whether `session` has come to `state`, pressing it to try now if not. */
const awake = (session: Session, state: string) => (): boolean => {
  if (stateOf(session) !== state) session.wake();
  return stateOf(session) === state;
};

describe('two people', () => {
  test('SK-9 CL-5 CL-8 talk: one order for both, names arrive, own texts by their echo', async () => {
    const room = await makeRoom(relay.port);
    const ada = join(relay.port, room, 'Ada', 'owner');
    await joined(ada);
    const bob = join(relay.port, room, 'Bob');
    await joined(bob);
    for (let n = 0; n < 10; n++) {
      ada.send(`a${n}`);
      bob.send(`b${n}`);
    }
    await until(() => [ada, bob].every((one) => textsOf(one).length === 20), 'twenty texts at both');
    expect(textsOf(ada)).toEqual(textsOf(bob));
    expect(ada.view.pending).toEqual([]);
    await until(() => bob.view.room?.members.map(({ name }) => name).join() === 'Ada,Bob', 'Bob knows both names');
    await until(() => ada.view.room?.members.map(({ name }) => name).join() === 'Ada,Bob', 'Ada knows both names');
    expect(linesOf(ada, 'text').every((line) => line.own === line.text.startsWith('a'))).toBe(true);
    bob.rename('Robert');
    await until(() => linesOf(ada, 'renamed').length === 1, 'the rename');
    expect(linesOf(ada, 'renamed')[0]).toMatchObject({ before: 'Bob', name: 'Robert' });
    leaveAll(ada, bob);
  });

  test('SK-6 RM-4 RM-5 RM-6 RM-7 SK-15 all see the owner, who locks, removes and purges; a guest asks nothing', async () => {
    const room = await makeRoom(relay.port, 3);
    const ada = join(relay.port, room, 'Ada', 'owner');
    await joined(ada);
    const bob = join(relay.port, room, 'Bob');
    const eve = join(relay.port, room, 'Eve');
    await joined(bob, eve);
    for (const one of [ada, bob, eve])
      expect(one.view.room?.members.filter(({ owner }) => owner).map(({ number }) => number)).toEqual([1]);
    bob.purge();
    bob.lock(true);
    ada.lock(true);
    await until(() => bob.view.room?.locked === true, 'Bob sees the lock');
    const late = join(relay.port, room, 'Late');
    await until(() => stateOf(late) === 'ended: full' || stateOf(late) === 'ended: locked', 'a lock refuses');
    const self = eve.view.room?.self ?? 0;
    ada.remove(self);
    await until(() => stateOf(eve) === 'ended: removed', 'Eve is removed');
    await until(() => linesOf(bob, 'left').at(-1)?.why === 'removed', 'Bob sees why');
    ada.purge();
    await until(() => stateOf(bob) === 'ended: purged' && stateOf(ada) === 'ended: purged', 'all are purged');
    const again = join(relay.port, room, 'Ada', 'owner');
    await until(() => stateOf(again) === 'ended: not_found', 'the room is gone');
  });
});

describe('a bad network', () => {
  test('JN-7 CL-7 CL-9 a full and locked room takes back a member whose old connection went dead without a word', async () => {
    const wire = await Wire.to(relay.port);
    const room = await makeRoom(relay.port);
    const ada = join(relay.port, room, 'Ada', 'owner');
    await joined(ada);
    const bob = join(wire.port, room, 'Bob');
    await joined(bob);
    ada.lock(true);
    await until(() => bob.view.room?.locked === true, 'the lock');
    const before = bob.view.room?.self;
    bob.send('typed in a tunnel');
    wire.strand();
    await until(() => bob.view.room?.self !== before && stateOf(bob) === 'joined', 'Bob is back');
    await until(() => textsOf(ada).includes('typed in a tunnel'), 'the text arrives');
    await until(() => bob.view.pending.length === 0, 'its echo');
    expect(linesOf(ada, 'left').at(-1)).toMatchObject({ member: before, why: 'replaced' });
    expect(linesOf(bob, 'gap')).toHaveLength(1);
    expect(textsOf(ada)).toEqual(['typed in a tunnel']);
    leaveAll(ada, bob);
    wire.close();
  });

  test('CL-4 CL-5 a relay that is killed and restarted: the room is gone, and what was typed can still be read', async () => {
    const mortal = await startRelay();
    const wire = await Wire.to(mortal.port);
    const room = await makeRoom(mortal.port);
    const ada = join(wire.port, room, 'Ada', 'owner');
    await joined(ada);
    await mortal.kill('SIGKILL');
    wire.cut();
    await until(() => stateOf(ada) === 'waiting', 'the loss is noticed');
    expect(ada.send('are you there?')).toBe('ok');
    expect(ada.view.pending).toMatchObject([{ text: 'are you there?', state: 'sending' }]);
    const second = await startRelay();
    wire.target = second.port;
    ada.wake();
    await until(() => stateOf(ada) === 'ended: not_found', 'the new relay knows no room');
    expect(ada.view.pending).toMatchObject([{ text: 'are you there?', state: 'not_sent' }]);
    await second.kill('SIGKILL');
    wire.close();
  });

  test('SK-14 CL-4 a draining relay says so, and the client waits to come back', async () => {
    const mortal = await startRelay(0, '--drain-seconds', '1');
    const room = await makeRoom(mortal.port);
    const ada = join(mortal.port, room, 'Ada', 'owner');
    await joined(ada);
    const reasons: string[] = [];
    let closingSeen = false;
    ada.subscribe(() => {
      const { connection } = ada.view;
      if (connection.state === 'waiting') reasons.push(connection.reason);
      closingSeen ||= typeof ada.view.room?.closingAtMs === 'number';
    });
    await mortal.kill('SIGTERM');
    await until(() => reasons.length > 0, 'the close');
    expect(reasons[0]).toBe('restarting');
    expect(closingSeen).toBe(true);
    ada.leave();
  });

  test('RM-8 CL-5 a room whose time is up ends, and unsent texts are not sent', async () => {
    const brief = await startRelay(0, '--ttl-seconds-min', '1');
    const wire = await Wire.to(brief.port);
    const room = await makeRoom(brief.port, 2, 4);
    const ada = join(brief.port, room, 'Ada', 'owner');
    await joined(ada);
    const bob = join(wire.port, room, 'Bob');
    await joined(bob);
    wire.open = false;
    wire.cut();
    bob.send('too late');
    await until(() => stateOf(ada) === 'ended: expired', 'time is up');
    await until(awake(bob, 'ended: expired'), 'also for who cannot reach the relay');
    expect(bob.view.pending).toMatchObject([{ text: 'too late', state: 'not_sent' }]);
    await brief.kill('SIGKILL');
    wire.close();
  });
});

describe('exactly once', () => {
  test('CL-5 CL-6 SK-9 over 200 cuts at random moments every text arrives once and in order at those who stayed', async () => {
    const cuts = 200;
    // At the usual rate the pace of sending (CL-11) would be most of this test.
    const brisk = await startRelay(0, '--messages-per-second', '100', '--message-burst', '100');
    const wires = [await Wire.to(brisk.port), await Wire.to(brisk.port)];
    const room = await makeRoom(brisk.port, 4);
    const stayed = join(brisk.port, room, 'Stayed', 'owner');
    await joined(stayed);
    const cutOff = wires.map((wire, at) => join(wire.port, room, `Cut ${at}`));
    await joined(...cutOff);
    const typed: string[][] = [[], []];
    const seed = Math.floor(Math.random() * 2 ** 31);
    const random = randomFrom(seed);
    for (let cut = 0; cut < cuts; cut++) {
      const at = cut % 2;
      const session = cutOff[at] as Session; // Two wires, two sessions.
      for (let n = Math.floor(random() * 3); n >= 0; n--) {
        const text = `${at}:${typed[at]?.length}`;
        expect(session.send(text)).toBe('ok');
        typed[at]?.push(text);
        if (random() < 0.3) await Bun.sleep(random() * 3);
      }
      await Bun.sleep(random() * 12);
      wires[at]?.cut();
      await until(() => stateOf(session) !== 'joined', `cut ${cut} is noticed`);
      if (random() < 0.8) await until(awake(session, 'joined'), `back after cut ${cut}`);
    }
    const all = typed.flat().length;
    const done = (): boolean => {
      for (const session of cutOff) if (stateOf(session) === 'waiting') session.wake();
      return cutOff.every((session) => session.view.pending.length === 0) && textsOf(stayed).length >= all;
    };
    await until(done, `all ${all} texts (seed ${seed})`, 40_000);
    const seen = textsOf(stayed);
    for (const at of [0, 1]) {
      expect(seen.filter((text) => text.startsWith(`${at}:`))).toEqual(typed[at] ?? []);
    }
    expect(seen).toHaveLength(all);
    // Who was cut off has gaps that say so, and sees nothing twice either.
    for (const session of cutOff) {
      expect(new Set(textsOf(session)).size).toBe(textsOf(session).length);
      expect(linesOf(session, 'gap').length).toBeGreaterThan(50);
    }
    // Nothing seemed false to who stayed, and it stayed.
    for (const kind of ['gap', 'dropped', 'forked'] as const) expect(linesOf(stayed, kind)).toEqual([]);
    leaveAll(stayed, ...cutOff);
    for (const wire of wires) wire.close();
    await brisk.kill('SIGKILL');
  });
});

/** mulberry32: small, and the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
