import { describe, expect, test } from 'bun:test';
import type { ConnectionState, WaitReason } from '@pug/client';
import { type Circumstances, noticesOf, troubleOf, waitingOf } from '../src/state/notices.ts';
import { en } from '../src/strings/en.ts';
import { noWishes, viewOf } from './views.ts';

const joined: ConnectionState = { state: 'joined' };
const connecting: ConnectionState = { state: 'connecting', attempt: 3 };
const waiting = (reason: WaitReason): ConnectionState => ({ state: 'waiting', attempt: 2, retryAtMs: 1, reason });

function now(changes: Partial<Circumstances> = {}): Circumstances {
  return { connection: joined, reason: 'lost', isOffline: false, view: viewOf(), ...changes };
}

describe('CL-4 why nothing gets through', () => {
  test('CL-4 a device that says it is offline is believed before the connection is given up', () => {
    expect(troubleOf(now())).toBeNull();
    expect(troubleOf(now({ isOffline: true }))).toBe(en.banner.offline);
    expect(troubleOf(now({ isOffline: true, connection: waiting('lost') }))).toBe(en.banner.offline);
  });

  test('CL-4 SK-12 while it is tried again the last reason stands', () => {
    expect(troubleOf(now({ connection: waiting('restarting'), reason: 'restarting' }))).toBe(
      en.banner.reason.restarting,
    );
    expect(troubleOf(now({ connection: connecting, reason: 'restarting' }))).toBe(en.banner.reason.restarting);
  });

  test('CL-4 before the first join and after the end there is no room to say it in', () => {
    expect(noticesOf(now({ view: null, isOffline: true }))).toEqual([]);
    const connection: ConnectionState = { state: 'ended', end: 'left' };
    expect(
      noticesOf(now({ connection, isOffline: true, view: viewOf({ wishes: { ...noWishes, purge: true } }) })),
    ).toEqual([]);
  });

  test('CL-4 CL-13 whoever joins hears of each failed try why it failed, and nothing while the first lasts', () => {
    const joining = { view: null, reason: 'incomplete' } as const;
    expect(noticesOf(now({ ...joining, connection: { state: 'connecting', attempt: 1 } }))).toEqual([]);
    expect(noticesOf(now({ ...joining, connection: waiting('incomplete') }))).toEqual([en.banner.reason.incomplete]);
    expect(noticesOf(now({ ...joining, connection: connecting }))).toEqual([en.banner.reason.incomplete]);
  });
});

describe('RM-6 RM-7 what an owner asked', () => {
  const view = viewOf({ wishes: { ...noWishes, purge: true, remove: [2] } });

  test.each([
    ['offline', now({ view, isOffline: true })],
    ['not connected', now({ view, connection: connecting })],
  ])('RM-6 RM-7 waits visibly while %s', (_, circumstances) => {
    expect(noticesOf(circumstances).slice(1)).toEqual([
      'The purge waits for the connection: the room still exists.',
      'Removing Person 2 waits for the connection: they still read along.',
    ]);
  });

  test('CL-8 RM-6 the name of whoever is removed is no word of the page', () => {
    const members = view.members.map((member) => ({ ...member, name: 'Owner' }));
    const circumstances = now({ view: { ...view, members }, isOffline: true });
    expect(noticesOf(circumstances).at(-1)).toMatch(/^Removing Person 2 waits/);
  });

  test('CR-7 CR-16 whoever is removed stands apart from the words, with the tag', () => {
    const members = view.members.map((member) => ({ ...member, name: 'Ben', tag: 'K3F2' }));
    const circumstances = now({ view: { ...view, members }, isOffline: true });
    expect(waitingOf(circumstances).at(-1)).toContainEqual({ name: 'Ben', tag: 'K3F2' });
    expect(noticesOf(circumstances).at(-1)).toMatch(/^Removing Ben K3F2 waits/);
  });

  test('RM-7 a purge that was asked and not answered is no purge yet', () => {
    expect(noticesOf(now({ view }))).toEqual([en.banner.purgeWaits]);
    expect(noticesOf(now())).toEqual([]);
  });
});
