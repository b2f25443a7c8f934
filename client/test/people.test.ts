// Who is in the circle, what they see of each other, and that a text reaches all of them.
import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Session } from '@pug/client';
import { frameTypes, personaOf } from '@pug/core';
import { allIn, Hub, numberOf } from './hub.ts';
import { join, makeRoom, startRelay } from './loopback.ts';
import { makeIdentity } from './parts.ts';
import { linesOf, patienceMs, settle, textsOf, until } from './waiting.ts';

setDefaultTimeout(patienceMs);

let hub = new Hub();
afterEach(() => hub.leave());

const everyone = (all: readonly Session[], text: string): Promise<void> =>
  until(() => all.every((one) => textsOf(one).includes(text)), `everybody has "${text}"`);

const codeOf = async (session: Session): Promise<string> => JSON.stringify(await session.safetyCode());

/** Whether all are let in by all, in one group of one set of keys. */
async function isOneRoom(all: readonly Session[]): Promise<boolean> {
  const codes = new Set(await Promise.all(all.map(codeOf)));
  const members = all.flatMap((one) => one.view.room?.members ?? []);
  return codes.size === 1 && !codes.has('null') && members.every(({ admitted }) => admitted);
}

async function compare(session: Session): Promise<boolean> {
  const code = await session.safetyCode();
  return code !== null && session.compared(code, 'equal');
}

const memberAt = (session: Session, number: number) =>
  session.view.room?.members.find((member) => member.number === number);

describe('one person', () => {
  test('CR-16 two tabs of one person are two members, each with a tag of its own', async () => {
    hub = new Hub();
    const [ada, first, second] = (await hub.gather('Ada', 'Bob', 'Bob')) as [Session, Session, Session]; // As many as names.
    await until(() => ada.view.room?.members.map(({ name }) => name).join() === 'Ada,Bob,Bob', 'both names');
    const tags = ada.view.room?.members.map(({ tag }) => tag) ?? [];
    expect(new Set(tags).size).toBe(3);
    first.send('from the one');
    second.send('from the other');
    for (const text of ['from the one', 'from the other']) await everyone([ada, first, second], text);
    expect(linesOf(first, 'text').map(({ own, text }) => own === (text === 'from the one'))).toEqual([true, true]);
    second.leave();
    await allIn(ada, first);
    first.send('still here');
    await everyone([ada, first], 'still here');
  });

  test('CR-16 CL-8 who comes back is known again: by its key, under the name it had', async () => {
    hub = new Hub();
    const identity = makeIdentity();
    const ada = hub.open('Ada');
    await allIn(ada);
    const bob = hub.open('Bob', { identity });
    await allIn(ada, bob);
    await until(() => memberAt(ada, 2)?.name === 'Bob', 'the name');
    hub.cut(2);
    await until(() => bob.view.connection.state === 'waiting', 'the loss is noticed');
    await hub.pass(500);
    await until(() => numberOf(bob) === 3, 'Bob is back');
    await allIn(ada, bob);
    const { tag } = await personaOf(identity.publicKey);
    expect(memberAt(ada, 3)).toMatchObject({ name: 'Bob', tag });
    expect(linesOf(ada, 'joined').map(({ member, back, name }) => [member, back, name])).toEqual([
      [2, false, 'Bob'],
      [3, true, 'Bob'],
    ]);
    expect(linesOf(ada, 'renamed')).toEqual([]);
    await until(() => memberAt(bob, 1)?.name === 'Ada', 'and Bob knows Ada');
  });

  test('CL-8 CR-12 a name that is said to a newcomer before its WELCOME by another member arrives is not lost', async () => {
    hub = new Hub();
    await hub.gather('Ada', 'Bob');
    const late: Uint8Array[] = [];
    hub.lie = (member, delivery) => {
      if (member !== 3 || delivery.kind !== 'frame' || delivery.frame.member !== 1 || delivery.frame.seq > 0)
        return [delivery];
      late.push(delivery.frame.payload);
      return [];
    };
    const carl = hub.open('Carl');
    const named = (): boolean => hub.recorded.some(({ member, to }) => member === 2 && to === 3);
    await until(() => late.length > 0 && named(), 'Bob tells Carl his name');
    hub.lie = (_, delivery) => [delivery];
    for (const payload of late) hub.inject(1, payload, 3);
    await until(() => carl.view.room?.members.map(({ name }) => name).join() === 'Ada,Bob,Carl', 'Carl knows both');
    expect(linesOf(carl, 'unreadable')).toEqual([]);
  });

  test.each(['name', 'text'] as const)(
    'CL-8 CR-11 CR-12 of what was said before one is let in, a text is missed and a name is not (%s)',
    async (kind) => {
      hub = new Hub();
      const ada = hub.open('Ada');
      await allIn(ada);
      await until(() => hub.recorded.length === 2, 'Ada has founded, and said her name');
      hub.hold(1);
      if (kind === 'name') ada.rename('Adele');
      else ada.send('before you came');
      await until(() => hub.held.get(1)?.length === 1, 'on its way');
      const bob = hub.open('Bob');
      await until(() => bob.view.connection.state === 'joined', 'Bob has joined');
      hub.release(1);
      await allIn(ada, bob);
      const name = kind === 'name' ? 'Adele' : 'Ada';
      await until(() => memberAt(bob, 1)?.name === name, 'Bob is told the name');
      expect(linesOf(bob, 'unreadable').map(({ member }) => member)).toEqual(kind === 'name' ? [] : [1]);
    },
  );

  test('CL-8 CR-12 a name reaches who must ask twice to be let in, because the first answer was lost', async () => {
    hub = new Hub();
    const ada = hub.open('Ada');
    await allIn(ada);
    let lost = 0;
    hub.lie = (member, delivery) => {
      if (member !== 2 || delivery.kind !== 'frame' || delivery.frame.seq > 0) return [delivery];
      lost++;
      return [];
    };
    const bob = hub.open('Bob');
    await until(() => lost >= 2, 'the WELCOME and the name are lost');
    hub.lie = (_, delivery) => [delivery];
    await hub.pass(2_500);
    await allIn(ada, bob);
    await until(() => memberAt(bob, 1)?.name === 'Ada', 'Bob knows the name');
    await until(() => memberAt(ada, 2)?.name === 'Bob', 'and Ada his');
    expect(linesOf(ada, 'joined').map(({ back, name }) => [back, name])).toEqual([[false, 'Bob']]);
  });

  test('CL-8 CR-12 whoever gives up a group can say nothing until the next is founded, and then does', async () => {
    hub = new Hub();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    hub.hold(1);
    bob.leave();
    await until(() => hub.held.get(1)?.length === 1, 'Ada founds anew');
    ada.rename('Adele');
    ada.send('alone');
    await settle();
    expect(hub.held.get(1)).toHaveLength(1);
    hub.release(1);
    await everyone([ada], 'alone');
    const carl = hub.open('Carl');
    await until(() => memberAt(carl, 1)?.name === 'Adele', 'Carl knows the name');
  });

  test('CR-12 CL-10 a tab that was suspended reads on when it is resumed: everything, in order', async () => {
    hub = new Hub();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    hub.suspend(numberOf(bob));
    const carl = hub.open('Carl');
    await until(() => carl.view.room?.admitted === true && memberAt(ada, 3)?.admitted === true, 'Carl is let in');
    const texts = Array.from({ length: 40 }, (_, n) => `text ${n}`);
    for (const text of texts) {
      ada.send(text);
      // As fast as the pace allows (CL-11).
      await hub.pass(100);
    }
    await until(() => textsOf(carl).length === texts.length, 'Carl has all');
    carl.leave();
    await until(() => ada.view.room?.members.length === 2, 'Carl is gone');
    expect(textsOf(bob)).toEqual([]);
    hub.resume(numberOf(bob));
    await until(() => textsOf(bob).length === texts.length, 'Bob has all');
    expect(textsOf(bob)).toEqual(texts);
    await allIn(ada, bob);
    bob.send('good morning');
    await everyone([ada, bob], 'good morning');
    for (const kind of ['unreadable', 'forked', 'dropped', 'gap'] as const) expect(linesOf(bob, kind)).toEqual([]);
  });
});

describe('two founders', () => {
  test('CR-12 two who come to an empty room at once end in one group, every time', async () => {
    const relay = await startRelay();
    try {
      for (let round = 0; round < 12; round++) {
        const room = await makeRoom(relay.port);
        const pair = ['Ada', 'Bob'].map((name) => join(relay.port, room, name));
        await allIn(...pair);
        pair[round % 2]?.send('hello');
        await everyone(pair, 'hello');
        expect(await codeOf(pair[0] as Session)).toBe(await codeOf(pair[1] as Session)); // There are two.
        for (const one of pair) one.leave();
      }
    } finally {
      await relay.kill('SIGKILL');
    }
  });

  test.each([1, 2])(
    'CR-12 both found a group: whichever comes last in the order is the one (first: member %d)',
    async (first) => {
      hub = new Hub();
      // The first member's FOUND is kept back until the second, unanswered, founds a group as well.
      hub.hold(1);
      const ada = hub.open('Ada');
      await until(() => hub.held.get(1)?.length === 1, 'Ada founds');
      hub.hold(2);
      const bob = hub.open('Bob');
      for (let waited = 0; waited < 20_000; waited += 2_500) {
        await hub.pass(2_500);
        await settle();
      }
      const found = (member: number): boolean =>
        (hub.held.get(member) ?? []).some((frame) => frame[5] === frameTypes.found);
      expect([found(1), found(2)]).toEqual([true, true]);
      for (const member of [first, 3 - first]) hub.release(member);
      // A duel may take another round of asking.
      for (let round = 0; round < 20 && !(await isOneRoom([ada, bob])); round++) await hub.pass(2_500);
      expect(await isOneRoom([ada, bob])).toBe(true);
      bob.send('hello');
      await everyone([ada, bob], 'hello');
    },
  );
});

describe('CR-12 CR-17 texts', () => {
  test('CR-12 what is said while somebody arrives waits until it is let in, and reaches it', async () => {
    hub = new Hub();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    hub.hold(numberOf(ada));
    const carl = hub.open('Carl');
    await until(() => memberAt(bob, 3) !== undefined, 'Bob sees Carl');
    const before = hub.recorded.length;
    bob.send('to all three');
    await hub.pass(1_000);
    await settle();
    expect(hub.recorded.slice(before).filter(({ member }) => member === numberOf(bob))).toEqual([]);
    hub.release(numberOf(ada));
    await everyone([ada, bob, carl], 'to all three');
    expect(linesOf(carl, 'unreadable')).toEqual([]);
  });

  test('CR-12 it waits no longer than 3 s', async () => {
    hub = new Hub();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    hub.ghost();
    await until(() => memberAt(ada, 3) !== undefined, 'somebody is there who never asks to be let in');
    ada.send('patience');
    await hub.pass(2_900);
    await settle();
    expect(textsOf(bob)).toEqual([]);
    await hub.pass(100);
    await everyone([ada, bob], 'patience');
  });

  test('CR-17 CL-6 what nobody can read any more when it arrives is sent again, and shown once', async () => {
    hub = new Hub();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    await until(() => memberAt(ada, 2)?.name === 'Bob', 'the name is said');
    hub.hold(numberOf(bob));
    bob.send('better late');
    await until(() => hub.held.get(numberOf(bob))?.length === 1, 'it is on its way');
    const late: Session[] = [];
    for (const name of ['Carl', 'Dora', 'Emil']) {
      late.push(hub.open(name));
      await allIn(ada, bob, ...late);
    }
    hub.release(numberOf(bob));
    await everyone([ada, bob, ...late], 'better late');
    await settle();
    for (const one of [ada, bob, ...late]) expect(textsOf(one)).toEqual(['better late']);
    expect(bob.view.pending).toEqual([]);
    const said = hub.recorded.filter(
      (one) => one.member === 2 && one.to === 0 && one.payload[1] === frameTypes.message,
    );
    // The name, and the text twice.
    expect(said).toHaveLength(3);
  });
});

describe('CR-15 the safety code', () => {
  test('CR-15 is the same at everybody, changes with who is in, and having compared it is taken back visibly', async () => {
    hub = new Hub();
    const all = [...(await hub.gather('Ada', 'Bob', 'Carl'))];
    const codes = await Promise.all(all.map(codeOf));
    expect(new Set(codes).size).toBe(1);
    expect(codes[0]).not.toBe('null');
    for (const one of all) expect(await compare(one)).toBe(true);
    expect(all.map((one) => one.view.room?.compared)).toEqual(['equal', 'equal', 'equal']);
    all[0]?.send('what is said changes nothing');
    await everyone(all, 'what is said changes nothing');
    expect(all.map((one) => one.view.room?.compared)).toEqual(['equal', 'equal', 'equal']);
    const dora = hub.open('Dora');
    await allIn(...all, dora);
    for (const one of all) {
      expect(one.view.room?.compared).toBeNull();
      expect(linesOf(one, 'uncompared')).toHaveLength(1);
    }
    const four = await Promise.all([...all, dora].map(codeOf));
    expect(new Set(four).size).toBe(1);
    expect(four[0]).not.toBe(codes[0] ?? '');
    const of4 = await all[0]?.safetyCode();
    expect(await compare(all[0] as Session)).toBe(true);
    dora.leave();
    await allIn(...all);
    await until(() => all.every((one) => linesOf(one, 'left').length === 1), 'all see Dora go');
    await until(
      () => linesOf(all[0] as Session, 'uncompared').length === 2,
      'and the first that it is to be compared again',
    );
    // The same group of the same keys as before (CR-15).
    await until(() => isOneRoom(all), 'one group again');
    expect(all.map((one) => one.view.room?.compared)).toEqual([null, null, null]);
    expect(new Set(await Promise.all(all.map(codeOf)))).toEqual(new Set(codes));
    // What was read out before somebody came or went says nothing any more.
    expect(of4 && all[0]?.compared(of4, 'equal')).toBe(false);
  });

  test('CR-15 that it differs is a state and a line of the room, until it is equal or somebody comes', async () => {
    hub = new Hub();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    const say = async (result: 'equal' | 'different') => {
      const code = await ada.safetyCode();
      return code !== null && ada.compared(code, result);
    };
    expect(await say('equal')).toBe(true);
    expect(linesOf(ada, 'equal'), 'nothing to settle').toHaveLength(0);
    expect(await say('different')).toBe(true);
    expect(ada.view.room?.compared).toBe('different');
    expect(linesOf(ada, 'different')).toHaveLength(1);
    expect(bob.view.room?.compared).toBeNull();
    for (let again = 0; again < 2; again++) {
      expect(await say('equal')).toBe(true);
      expect(ada.view.room?.compared).toBe('equal');
      expect(linesOf(ada, 'equal'), 'told once how it ended').toHaveLength(1);
    }
    expect(await say('different')).toBe(true);
    hub.cut(numberOf(ada));
    await until(() => ada.view.connection.state !== 'joined', 'the loss');
    expect(ada.view.room?.compared).toBe('different');
    const carl = hub.open('Carl');
    await hub.pass(500);
    await allIn(ada, bob, carl);
    expect(ada.view.room?.compared).toBeNull();
    expect(linesOf(ada, 'uncompared').length).toBeGreaterThan(0);
  });

  test('CR-15 there is none before one is let in', async () => {
    hub = new Hub();
    hub.hold(1);
    const ada = hub.open('Ada');
    await until(() => ada.view.connection.state === 'joined', 'joined');
    expect(ada.view.room?.admitted).toBe(false);
    expect(await ada.safetyCode()).toBeNull();
    hub.release(1);
    await allIn(ada);
    expect(await compare(ada)).toBe(true);
  });
});
