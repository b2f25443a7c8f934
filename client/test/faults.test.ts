// A device that fails where nothing should: no memory, a broken library. Nothing is lost without a word.
import { afterEach, expect, mock, setDefaultTimeout, spyOn, test } from 'bun:test';
import type { Session } from '@pug/client';
import type { Ratchet, RatchetMaker } from '@pug/core';
import { allIn, allNamed, Hub } from './hub.ts';
import { ratchet } from './parts.ts';
import { linesOf, patienceMs, stateOf, textsOf, until } from './waiting.ts';

setDefaultTimeout(patienceMs);

let hub: Hub;
afterEach(() => {
  mock.restore();
  return hub.leave();
});

/** The next call with this label fails as one of the platform's does. Other calls may be those of a test that is over. */
function failOnce(what: 'sign' | 'deriveBits', label: string): void {
  const whole = crypto.subtle[what].bind(crypto.subtle) as (...asked: unknown[]) => Promise<ArrayBuffer>;
  const spy = spyOn(crypto.subtle, what).mockImplementation(async (...asked: unknown[]) => {
    const labelled = what === 'sign' ? asked[2] : (asked[0] as { info?: Uint8Array }).info;
    const text = Buffer.from((labelled ?? []) as Uint8Array).toString('latin1');
    if (!text.startsWith(label)) return whole(...asked);
    spy.mockRestore();
    throw new DOMException('the device fails', 'OperationError');
  });
}

/** A ratchet like any other, whose next call of one kind fails. */
class Failing {
  next: 'protect' | 'unprotect' | null = null;

  /** For `openSession`. */
  readonly load = async (): Promise<RatchetMaker> => {
    const maker = await ratchet;
    return { ...maker, ratchet: (check) => this.#failing(maker.ratchet(check)) };
  };

  #failing(whole: Ratchet): Ratchet {
    const protect: Ratchet['protect'] = async (...asked) => this.#fail('protect') ?? whole.protect(...asked);
    const unprotect: Ratchet['unprotect'] = async (...asked) => this.#fail('unprotect') ?? whole.unprotect(...asked);
    return { ...whole, protect, unprotect };
  }

  #fail(what: 'protect' | 'unprotect'): null {
    if (this.next !== what) return null;
    this.next = null;
    throw new Error('the device fails');
  }
}

async function twoWith(device: Failing): Promise<readonly [Session, Session]> {
  hub = new Hub();
  const ada = hub.open('Ada');
  await allIn(ada);
  const bob = hub.open('Bob', { loadRatchet: device.load });
  await allIn(ada, bob);
  await allNamed(['Ada', 'Bob'], ada, bob);
  return [ada, bob];
}

/** The connection is given up, and the next one has everybody in again. */
async function comesBack(one: Session, ...others: readonly Session[]): Promise<void> {
  await until(() => stateOf(one) === 'waiting', 'it waits for another connection');
  expect(one.view.connection).toMatchObject({ reason: 'fault' });
  expect(one.diagnostics()).toContain('dropped fault');
  await hub.pass(2_000);
  await allIn(one, ...others);
}

test('CL-5 CL-10 a text that could not be sealed is said on the next connection', async () => {
  const device = new Failing();
  const [ada, bob] = await twoWith(device);
  device.next = 'protect';
  bob.send('said once');
  await comesBack(bob, ada);
  await until(() => [ada, bob].every((one) => textsOf(one).join() === 'said once'), 'it is said');
  expect(bob.view.pending).toEqual([]);
});

test('CL-7 CL-10 where opening a text failed there is a gap, and what comes after is read', async () => {
  const device = new Failing();
  const [ada, bob] = await twoWith(device);
  device.next = 'unprotect';
  ada.send('missed');
  await comesBack(bob, ada);
  ada.send('heard');
  await until(() => textsOf(bob).includes('heard'), 'the next text');
  expect(textsOf(bob)).toEqual(['heard']);
  expect(linesOf(bob, 'gap')).toHaveLength(1);
});

test('CL-5 CL-13 a session whose keys cannot be made ends with that, and what was typed is not lost', async () => {
  hub = new Hub();
  failOnce('deriveBits', 'pug/1 join');
  const ada = hub.open('Ada');
  expect(ada.send('typed already')).toBe('ok');
  await until(() => stateOf(ada) === 'ended: unable', 'the end');
  expect(ada.view.pending).toMatchObject([{ text: 'typed already', state: 'not_sent' }]);
  await hub.pass(60_000);
  expect(stateOf(ada)).toBe('ended: unable');
  await allIn(hub.open('Ada again'));
});

test('CL-4 CL-10 a join that could not be made is given up at once, and made on the next connection', async () => {
  hub = new Hub();
  failOnce('sign', 'pug/1 join');
  const ada = hub.open('Ada');
  // The clock stands still: nothing waits for a time-out.
  await comesBack(ada);
});

test('CL-4 CL-10 a session whose parts could not be loaded tries again', async () => {
  hub = new Hub();
  const loads = [Promise.reject(new Error('the device fails')), ratchet];
  const ada = hub.open('Ada', { loadRatchet: () => loads.shift() ?? ratchet });
  await until(() => stateOf(ada) === 'waiting', 'it waits for another try');
  await hub.pass(2_000);
  await allIn(ada);
});
