// A relay that does not show everybody the same room. People are told.
import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Session } from '@pug/client';
import { allIn, type Delivery, Hub, isSaidByOthers, numberOf, renumbered } from './hub.ts';
import { random } from './parts.ts';
import { linesOf, patienceMs, settle, stateOf, textsOf, until } from './waiting.ts';

setDefaultTimeout(patienceMs);

let hub: Hub;
afterEach(() => hub.leave());

const beatMs = 20_000;

const accused = (one: Session): readonly number[] => [...new Set(linesOf(one, 'forked').map(({ member }) => member))];

describe('CR-14 equivocation', () => {
  /** Bob is shown something else under the number of what Ada says. */
  async function equivocate(): Promise<[Session, Session, Session]> {
    hub = new Hub();
    const all = (await hub.gather('Ada', 'Bob', 'Eve')) as [Session, Session, Session]; // As many as names.
    const victim = numberOf(all[1]);
    hub.lie = (member, delivery) =>
      member === victim && delivery.kind === 'frame' && isSaidByOthers(member, delivery)
        ? [{ kind: 'frame', frame: { ...delivery.frame, payload: random(delivery.frame.payload.length) } }]
        : [delivery];
    all[0].send('for all of you');
    await until(() => textsOf(all[2]).length === 1, 'Eve has it');
    hub.lie = (_, delivery) => [delivery];
    return all;
  }

  test('CR-14 who was shown something else is told, and so are the others, at the next message', async () => {
    const [ada, bob, eve] = await equivocate();
    expect([ada, bob, eve].flatMap(accused)).toEqual([]);
    bob.send('hello?');
    ada.send('hello!');
    await until(() => [ada, eve].every((one) => accused(one).includes(numberOf(bob))), 'the others are told of Bob');
    await until(() => accused(bob).includes(numberOf(ada)), 'Bob is told of Ada');
    expect(accused(eve)).toEqual([numberOf(bob)]);
    expect(textsOf(bob)).toContain('hello!');
  });

  test('CR-14 with nobody saying anything they are told by the beat', async () => {
    const [ada, bob, eve] = await equivocate();
    await hub.pass(beatMs);
    await until(() => [ada, eve].every((one) => accused(one).join() === String(numberOf(bob))), 'the others are told');
    await until(() => accused(bob).includes(numberOf(ada)), 'and Bob is told of Ada');
    await allIn(ada, bob, eve);
    eve.send('one room again');
    await until(() => [ada, bob].every((one) => textsOf(one).includes('one room again')), 'all read on');
  });

  test('CR-14 who was shown something else is told at the next message, however much the relay puts before it', async () => {
    const [ada, bob] = await equivocate();
    const [victim, author] = [numberOf(bob), numberOf(ada)];
    const { payload } = hub.lastSaid(author);
    let added = 0;
    hub.lie = (member, delivery) => {
      if (member !== victim) return [delivery];
      const shown: Delivery[] = [];
      if (isSaidByOthers(member, delivery) && delivery.kind === 'frame')
        // What was seen before is ignored (CR-5), and takes its places in the order.
        for (let more = 0; more < 1_000; more++)
          shown.push({ kind: 'frame', frame: { seq: delivery.frame.seq + added++, member: author, payload } });
      return [...shown, ...renumbered(victim, () => false, -added)(member, delivery)];
    };
    ada.send('hello!');
    await until(() => textsOf(bob).includes('hello!'), 'Bob reads it');
    expect(accused(bob)).toEqual([author]);
  });

  test('CR-14 somebody who is hidden from one member is not hidden for long', async () => {
    hub = new Hub();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    const hidden = (_: number, delivery: Delivery): boolean =>
      delivery.kind === 'frame'
        ? delivery.frame.member === 3
        : 'member' in delivery.event && delivery.event.member === 3;
    hub.lie = renumbered(numberOf(bob), hidden);
    hub.open('Hidden');
    await until(
      () => ada.view.room?.members.some(({ number, admitted }) => number === 3 && admitted) === true,
      'let in',
    );
    // It waits: he sees somebody in the group who is not in his room, and would put them out.
    bob.send('are we alone?');
    await hub.pass(beatMs);
    await until(() => accused(ada).includes(2), 'Ada is told that Bob sees another room');
    await until(() => accused(bob).includes(1), 'and Bob that Ada does');
  });
});

describe('CR-14 CL-10 events that the relay leaves out', () => {
  test('CL-10 CL-7 one event dropped for one member: it is told, joins again and is let in', async () => {
    hub = new Hub();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    const before = numberOf(bob);
    hub.lie = (member, delivery) => (member === before && isSaidByOthers(member, delivery) ? [] : [delivery]);
    ada.send('you will not see this');
    await until(() => textsOf(ada).length === 1, 'said');
    hub.lie = (_, delivery) => [delivery];
    ada.send('but this');
    await until(() => linesOf(bob, 'dropped').length === 1, 'Bob is told');
    await hub.pass(500);
    await until(() => numberOf(bob) > before, 'Bob is back');
    await allIn(ada, bob);
    expect(linesOf(bob, 'gap')).toHaveLength(1);
    ada.send('now you do');
    await until(() => textsOf(bob).includes('now you do'), 'Bob reads on');
    expect(textsOf(bob)).not.toContain('you will not see this');
    expect([...accused(ada), ...accused(bob)]).toEqual([]);
  });

  test('CR-14 the last event dropped, with nothing after it: the beat shows the gap', async () => {
    hub = new Hub();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    const before = numberOf(bob);
    hub.lie = (member, delivery) => (member === before && isSaidByOthers(member, delivery) ? [] : [delivery]);
    ada.send('the last word');
    await until(() => textsOf(ada).length === 1, 'said');
    await settle();
    expect(linesOf(bob, 'dropped')).toEqual([]);
    await hub.pass(beatMs);
    await until(() => linesOf(bob, 'dropped').length === 1, 'Bob is told');
    expect(stateOf(bob)).not.toBe('ended');
  });

  test('CR-14 the last event dropped, and the rest renumbered so that no gap shows: the beat tells both', async () => {
    hub = new Hub();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    hub.lie = renumbered(numberOf(bob), isSaidByOthers);
    ada.send('the last word');
    await until(() => textsOf(ada).length === 1, 'said');
    await hub.pass(beatMs);
    await until(() => accused(bob).length === 1, 'Bob is told of Ada');
    await hub.pass(beatMs);
    await until(() => accused(ada).length === 1, 'Ada is told of Bob');
    expect(linesOf(bob, 'dropped')).toEqual([]);
  });
});
