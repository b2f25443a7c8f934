import { describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import net from 'node:net';
import { Places } from '../src/places.ts';
import { upgradeRequest } from './attacks/bare-socket.ts';
import { createRoom, type Joined, type Keys, makeKeys, Peer } from './peer.ts';
import { logged, logOf, program, type Running, running, until } from './running.ts';

const prlimit = program('prlimit');

type Member = Peer & { readonly as: Joined; readonly room: Keys };

function descriptorsOf({ child }: Running): number {
  return readdirSync(`/proc/${child.pid}/fd`).length;
}

/** Sockets that are greeted, told to go, and stay. */
async function overstaying(relay: Running, count: number): Promise<readonly net.Socket[]> {
  let greeted = 0;
  const sockets: net.Socket[] = [];
  while (sockets.length < count) {
    const socket = net.connect({ port: Number(new URL(relay.origin).port), host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {});
    socket.on('data', (data) => (greeted += data.includes('"hello"') ? 1 : 0));
    socket.write(upgradeRequest);
    sockets.push(socket);
    if (sockets.length % 10 === 0) await until(() => greeted >= sockets.length || undefined);
  }
  return sockets;
}

describe('LM-9 who is told a close code and stays', () => {
  test('LM-9 32 in 18 s, or a tenth of all sockets, and as many again when their time is over', () => {
    for (const [maxSockets, most] of [
      [20, 32],
      [1000, 100],
    ] as const) {
      const places = new Places<number>(maxSockets);
      const taken = (nowMs: number) =>
        Array.from({ length: 200 }, () => places.sayFarewell(nowMs)).filter(Boolean).length;
      expect([taken(0), taken(17_999), taken(18_000), taken(18_001)]).toEqual([most, 0, most, 0]);
    }
  });

  test('LM-9 LM-8 beyond 32 they take places of sockets, and none that are kept for members who come back', () => {
    const places = new Places<number>(1000);
    for (let socket = 0; socket < 850; socket++) places.open.add(socket);
    for (let socket = 0; socket < 200; socket++) if (places.sayFarewell(0)) places.open.delete(socket);
    expect([places.open.size, places.taken(0)]).toEqual([750, 0.818]);
    for (let socket = 1000; places.taken(0) < 1; socket++) places.open.add(socket);
    expect([places.open.size, places.taken(18_000)]).toEqual([932, 0.932]);
    for (let socket = 2000; places.taken(18_000) < 1; socket++) places.open.add(socket);
    for (let socket = 1000; socket < 1100; socket++) if (places.sayFarewell(18_000)) places.open.delete(socket);
    expect([places.open.size, places.taken(18_000)]).toEqual([968, 0.968]);
  });

  test('LM-9 OP-15 three hundred who are turned away and do not go take 32 descriptors and the doorway', async () => {
    const relay = await running(['--max-sockets', '100', '--shared']);
    const before = descriptorsOf(relay);
    const sockets = await overstaying(relay, 300);
    await until(
      () => descriptorsOf(relay) - before <= 10 + 32 || undefined,
      () => String(descriptorsOf(relay) - before),
    );
    for (const socket of sockets) socket.destroy();
  }, 30_000);
});

describe.skipIf(prlimit === null)('OP-15 a relay that is as full as its descriptors allow', () => {
  const around = { before: [prlimit ?? '', '--nofile=1000:1000'] };
  const flags = ['--shared', '--effort-bits-floor', '13', '--capacity-max', '16', '--idle-timeout-seconds', '120'];

  /** Members of rooms of sixteen, up to nine tenths of all sockets: beyond four fifths nobody is the first in a room (LM-8). */
  async function filled(origin: string, count: number): Promise<Member[]> {
    // One after the other: the connections of the requests stay, and take descriptors too.
    const rooms: Keys[] = [];
    while (rooms.length < count / 16) rooms.push(await createRoom(origin, { capacity: 16 }));
    const members: Member[] = [];
    for (let member = 0; member < count; member++) {
      const room = rooms[member % rooms.length] ?? makeKeys();
      members.push(Object.assign(await Peer.joined(origin, room), { room }));
    }
    return members;
  }

  test('OP-15 LM-9 LM-7 hundreds who are turned away and do not go leave it descriptors: it answers, and takes in who joins', async () => {
    const relay = await running(flags, around);
    const sockets = Number((await logged(relay, 'listening')).sockets);
    expect(sockets).toBe(936);
    const members = await filled(relay.origin, 842);
    const crowd: net.Socket[] = [];
    for (let wave = 0; wave < 4; wave++) {
      crowd.push(...(await overstaying(relay, 100)));
      expect(await (await fetch(`${relay.origin}/healthz`, { keepalive: false })).text()).toBe('ok');
      const [lost] = members.splice(-1);
      if (lost === undefined) throw new Error('unreachable: there are 842');
      lost.socket.terminate();
      const back = await Peer.joined(relay.origin, lost.room, { ticket: lost.as.ticket });
      members.unshift(Object.assign(back, { room: lost.room }));
    }
    expect(descriptorsOf(relay)).toBeLessThanOrEqual(1000 - 16);
    expect(logOf(relay).filter(({ limit }) => limit === 'descriptors')).toEqual([]);
    expect(members.every(({ socket }) => socket.readyState === WebSocket.OPEN)).toBe(true);
    for (const socket of crowd) socket.destroy();
  }, 60_000);
});
