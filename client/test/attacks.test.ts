// What a lying relay, a thief of the link or of a device, and an insider try; each attempt must fail, and each thief be able to succeed
// where the protocol does not forbid it, or the failure would show nothing.
import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Session } from '@pug/client';
import { decodeWelcome, deriveKeys, frameTypes, isCredential, makeCredential, openNumbered } from '@pug/core';
import { defaultPolicy } from '@pug/wire';
import { allIn, Hub, isSaidByOthers, numberOf, renumbered } from './hub.ts';
import { makeIdentity, random, ratchet } from './parts.ts';
import { Loot } from './thief.ts';
import { linesOf, patienceMs, settle, stateOf, textsOf, until } from './waiting.ts';

setDefaultTimeout(patienceMs);

let hub: Hub;
const others: Hub[] = [];
afterEach(async () => {
  for (const one of [hub, ...others.splice(0)]) await one.leave();
});

/** `from` says `text`, and all of `to` have it. */
async function say(from: Session, text: string, ...to: readonly Session[]): Promise<void> {
  from.send(text);
  await until(() => [from, ...to].every((one) => textsOf(one).includes(text)), `everybody has "${text}"`);
}

describe('a relay that adds and repeats', () => {
  test('CR-9 CR-12 a member that the relay invents is shown as not let in, and reads nothing', async () => {
    hub = new Hub();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    const ghost = hub.ghost();
    const shown = (one: Session) => one.view.room?.members.find(({ number }) => number === ghost);
    await until(() => [ada, bob].every((one) => shown(one) !== undefined), 'everybody sees the number');
    // The relay gives it everything that it ever saw, also under its number.
    for (const { payload } of [...hub.recorded]) hub.inject(ghost, payload);
    ada.send('for people only');
    await hub.pass(3_000);
    await until(() => textsOf(bob).length === 1, 'the text goes to those who are let in');
    for (const one of [ada, bob]) {
      expect(shown(one)).toMatchObject({ admitted: false, name: null, tag: null });
      expect(linesOf(one, 'joined').at(-1)).toMatchObject({ member: ghost, name: null });
    }
    const guess = await deriveKeys({ roomSecret: hub.link.roomSecret, linkKey: random(32) });
    for (const { member, payload } of hub.recorded)
      expect(await openNumbered({ ...guess, member, payload })).toBeNull();
  });

  test('CR-5 CR-11 nothing is believed again: replayed, relabelled, reflected, or from another room of the same key', async () => {
    hub = new Hub();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    const other = new Hub({ roomSecret: random(16), linkKey: hub.link.linkKey });
    others.push(other);
    const [alien, friend] = (await other.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    await say(alien, 'from elsewhere', friend);
    await say(ada, 'once', bob);
    await say(bob, 'yes', ada);
    const [first, second] = [numberOf(ada), numberOf(bob)];
    const alienPayloads = other.recorded.map(({ payload }) => payload);
    const payloads = [...hub.recorded.map(({ payload }) => payload), ...alienPayloads];
    for (const payload of payloads) {
      hub.inject(first, payload, second);
      hub.inject(second, payload, first);
    }
    // Ada knows what she has said, and does not stay with such a relay (CL-10).
    for (const payload of payloads) hub.inject(first, payload);
    await until(() => stateOf(ada) === 'waiting', 'Ada drops the connection');
    await hub.pass(500);
    await allIn(ada, bob);
    await say(ada, 'still here', bob);
    for (const one of [ada, bob]) {
      expect(textsOf(one)).toEqual(['once', 'yes', 'still here']);
      expect(one.diagnostics()).toMatch(/frames ignored: [1-9]/);
      expect(linesOf(one, 'forked')).toEqual([]);
      expect(linesOf(one, 'dropped')).toHaveLength(one === ada ? 1 : 0);
    }
  });

  test('CR-11 an insider cannot speak as another, not even with the help of the relay', async () => {
    hub = new Hub();
    const loot = new Loot();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    const eve = hub.open('Eve', { loadRatchet: loot.load });
    await allIn(ada, bob, eve);
    const keys = await hub.keys();
    const accused = () => linesOf(bob, 'unreadable').some(({ member }) => member === numberOf(ada));
    await say(ada, 'I am here', bob, eve);
    expect(accused()).toBe(false);
    hub.inject(numberOf(ada), await loot.say(loot.steal(), keys, numberOf(ada), 'I am Ada'));
    await until(accused, 'Bob is told');
    hub.inject(numberOf(eve), await loot.say(loot.steal(), keys, numberOf(eve), 'I am Eve'));
    await until(() => textsOf(bob).includes('I am Eve'), 'in her own name she can');
    expect(textsOf(bob)).not.toContain('I am Ada');
  });
});

describe('a thief of the link', () => {
  test('CR-12 a recorded conversation stays closed to who has the link and all traffic', async () => {
    hub = new Hub();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    await say(ada, 'between the two of us', bob);
    await say(bob, 'it stays there', ada);
    await hub.leave();
    const keys = await hub.keys();
    const identity = makeIdentity();
    const thief = (await ratchet).ratchet((credential, key) => isCredential(keys, credential, key));
    const candidate = await thief.makeCandidate(
      identity,
      await makeCredential(keys, 2, random(16), identity.publicKey),
    );
    const seen = new Set<number>();
    for (const { member, payload } of hub.recorded) {
      const opened = await openNumbered({ ...keys, member, payload });
      if (!opened) throw new Error('a thief of the link opens every envelope');
      seen.add(opened.type);
      for (const text of ['between', 'stays']) expect(Buffer.from(opened.body).includes(text)).toBe(false);
      const welcome = opened.type === frameTypes.welcome ? decodeWelcome(opened.body) : null;
      if (welcome) expect(await thief.join(welcome.welcome, candidate)).toBeNull();
    }
    const { found, commit, welcome, message } = frameTypes;
    expect([found, commit, welcome, message].every((type) => seen.has(type))).toBe(true);
  });

  test('CR-12 a client to whom the whole recording is played shows none of it', async () => {
    hub = new Hub();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    await say(ada, 'between the two of us', bob);
    const replay = new Hub(hub.link);
    others.push(replay);
    replay.ghost();
    replay.ghost();
    const loot = new Loot();
    const thief = replay.open('Thief', { loadRatchet: loot.load });
    await until(() => stateOf(thief) === 'joined', 'the thief is in a room of its own');
    for (const { member, payload, to } of hub.recorded) replay.inject(member, payload, to === 0 ? 0 : numberOf(thief));
    for (let waited = 0; waited < 20_000; waited += 2_500) await replay.pass(2_500);
    await until(() => thief.view.room?.admitted === true, 'it founds a group of its own');
    const keys = await hub.keys();
    for (const { member, payload } of hub.recorded)
      expect(await loot.read(loot.steal(), keys, member, payload)).toBeNull();
    expect(textsOf(thief)).toEqual([]);
  });

  test('CR-12 CR-16 a stranger with the link is announced at everyone before it is let in', async () => {
    hub = new Hub();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    const told = [ada, bob].map((one) => {
      const order: string[] = [];
      one.subscribe((change) => {
        if (change.type === 'line' && change.line.kind === 'joined') order.push('announced');
        if (one.view.room?.members.some(({ number, admitted }) => number === 3 && admitted)) order.push('let in');
      });
      return order;
    });
    const stranger = hub.open('Stranger');
    let announced: readonly boolean[] = [];
    stranger.subscribe(() => {
      if (stranger.view.room?.admitted && announced.length === 0)
        announced = [ada, bob].map((one) => linesOf(one, 'joined').some(({ member }) => member === 3));
    });
    await allIn(ada, bob, stranger);
    expect(announced).toEqual([true, true]);
    for (const order of told) expect([order[0], order.includes('let in')]).toEqual(['announced', true]);
  });
});

describe('a thief of a device', () => {
  test('CR-11 what was read is not opened by the state that is stolen afterwards', async () => {
    hub = new Hub();
    const [reader, writer] = [new Loot(), new Loot()];
    const ada = hub.open('Ada', { loadRatchet: writer.load });
    await allIn(ada);
    const bob = hub.open('Bob', { loadRatchet: reader.load });
    await allIn(ada, bob);
    await say(ada, 'to begin with', bob);
    const keys = await hub.keys();
    const before = reader.steal();
    await say(ada, 'burn after reading', bob);
    const { member, payload } = hub.lastSaid(numberOf(ada));
    // Stolen in time it opens: the thief knows how.
    expect(await reader.read(before, keys, member, payload)).toBe('burn after reading');
    expect(await reader.read(reader.steal(), keys, member, payload)).toBeNull();
    expect(await writer.read(writer.steal(), keys, member, payload)).toBeNull();
    // Nor does what the client held before, for it was overwritten, not only forgotten.
    await say(ada, 'the next', bob);
    const next = hub.lastSaid(numberOf(ada));
    expect(await reader.read(reader.steal(), keys, member, payload)).toBeNull();
    expect(await reader.read(before, keys, next.member, next.payload)).toBe('the next');
  });

  test('CR-11 nor is what the relay withheld, once a later message was read', async () => {
    hub = new Hub();
    const loot = new Loot();
    const ada = hub.open('Ada');
    await allIn(ada);
    const bob = hub.open('Bob', { loadRatchet: loot.load });
    await allIn(ada, bob);
    await say(ada, 'to begin with', bob);
    const keys = await hub.keys();
    const before = loot.steal();
    hub.lie = renumbered(numberOf(bob), isSaidByOthers);
    await say(ada, 'withheld');
    const { member, payload } = hub.lastSaid(numberOf(ada));
    hub.lie = renumbered(numberOf(bob), () => false, 1);
    await say(ada, 'the next', bob);
    expect(await loot.read(before, keys, member, payload)).toBe('withheld');
    expect(await loot.read(loot.steal(), keys, member, payload)).toBeNull();
  });

  test('CR-12 CR-13 a removed member reads nothing afterwards, with all it had and all traffic', async () => {
    hub = new Hub();
    const loot = new Loot();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    const eve = hub.open('Eve', { loadRatchet: loot.load });
    await allIn(ada, bob, eve);
    const stolen = loot.steal();
    const keys = await hub.keys();
    await say(ada, 'with Eve', bob, eve);
    const last = hub.lastSaid(numberOf(ada));
    expect(await loot.read(stolen, keys, last.member, last.payload)).toBe('with Eve');
    const known = hub.recorded.length;
    hub.remove(numberOf(eve));
    await until(() => stateOf(eve) === 'ended: removed', 'Eve is out');
    await allIn(ada, bob);
    await say(ada, 'without Eve', bob);
    await say(bob, 'at last', ada);
    const after = hub.recorded.slice(known);
    for (const { member, payload } of after) expect(await loot.read(stolen, keys, member, payload)).toBeNull();
    const followed = await Promise.all(after.map((one) => loot.follow(stolen, keys, one.member, one.payload)));
    expect(followed.filter((how) => how !== undefined)).toEqual(['removed']);
    await settle();
    expect(textsOf(eve)).toEqual([]);
  });

  test('CL-5 CL-11 CR-12 nor what waited for the pace when they left: it is sealed when its turn comes', async () => {
    hub = new Hub();
    const loot = new Loot();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    const eve = hub.open('Eve', { loadRatchet: loot.load });
    await allIn(ada, bob, eve);
    const texts = Array.from({ length: 60 }, (_, n) => `text ${n}`);
    for (const text of texts) ada.send(text);
    const last = (): number => textsOf(bob).length;
    const said = (): number => hub.recorded.filter(({ member }) => member === numberOf(ada)).length;
    // Three quarters of a burst, and the clock stands still.
    await until(() => said() === defaultPolicy.messageBurst * 0.75, 'the next waits for the pace');
    await settle();
    expect(last()).toBeLessThan(texts.length);
    const stolen = loot.steal();
    hub.remove(numberOf(eve));
    await allIn(ada, bob);
    const known = hub.recorded.length;
    for (let waited = 0; waited < 10_000 && last() < texts.length; waited += 100) {
      await hub.pass(100);
      await settle();
    }
    expect(textsOf(bob)).toEqual(texts);
    const keys = await hub.keys();
    for (const { member, payload } of hub.recorded.slice(known))
      expect(await loot.read(stolen, keys, member, payload)).toBeNull();
  });

  test('CL-5 CR-12 a relay that holds back the commit that puts somebody out makes nobody speak before it', async () => {
    hub = new Hub();
    const [ada, bob] = (await hub.gather('Ada', 'Bob')) as [Session, Session]; // As many as names.
    const eve = hub.open('Eve');
    await allIn(ada, bob, eve);
    for (const one of [ada, bob]) hub.hold(numberOf(one));
    hub.remove(numberOf(eve));
    await until(() => [ada, bob].every((one) => one.view.room?.members.length === 2), 'Eve is gone');
    const before = hub.recorded.length;
    ada.send('not for Eve');
    await hub.pass(10_000);
    await settle();
    const messages = (frames: readonly Uint8Array[]) => frames.filter((frame) => frame[5] === frameTypes.message);
    expect(hub.recorded.slice(before)).toEqual([]);
    expect(messages(hub.held.get(numberOf(ada)) ?? [])).toEqual([]);
    for (const one of [ada, bob]) hub.release(numberOf(one));
    await until(() => textsOf(bob).includes('not for Eve'), 'it is said to those who are here');
  });
});
