import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import type { AttackName } from './attacks.ts';
import { dial, enter, frame, greet, halfRequest, localAddress, opcodes, upgradeRequest } from './bare-socket.ts';
import { Innocent } from './innocent.ts';
import { allowedGrowthBytes, measure, smoke } from './measure.ts';
import { RelayProcess } from './processes.ts';

const limitMs = 60_000;

async function survives(name: AttackName): Promise<void> {
  const { isWithin, tookPlace, quietMs, attackMs, growthBytes, output } = await measure(name, smoke);
  expect({ isWithin, tookPlace, quietMs, attackMs }).toMatchObject({ isWithin: true, tookPlace: true });
  expect(growthBytes).toBeLessThan(allowedGrowthBytes);
  expect(output).not.toContain('fault');
}

describe('an innocent room hardly notices, in the quieter stretches of an attack by one machine:', () => {
  test('LM-9 a flood of TCP connections that say nothing', () => survives('connection flood'), limitMs);
  test('LM-9 requests that are never finished', () => survives('slow handshakes'), limitMs);
  test('LM-9 SK-4 requests and first messages that come byte by byte', () => survives('1-byte dribble'), limitMs);
  test('LM-3 members of other rooms who do not read', () => survives('slow readers'), limitMs);
  test('SK-12 frames that declare more than may be sent, before a join', () => survives('huge frames'), limitMs);
  test('LM-2 a flood of WebSocket pings, from members of other rooms', () => survives('ping flood'), limitMs);
  test('JN-4 JN-5 a storm of joins with bad proofs', () => survives('join storm with bad proofs'), limitMs);
  test('PW-13 RM-1 a storm of new rooms at the least price', () => survives('room-creation storm'), limitMs);
  test('PW-10 HT-6 one paid request again and again', () => survives('replayed tokens'), limitMs);
  test('LM-2 a flood of control messages in other rooms', () => survives('control-message flood'), limitMs);
  test('SK-11 members of other rooms whose device is gone', () => survives('half-open sockets'), limitMs);
  test('LM-4 sockets and rooms from many prefixes', () => survives('many rooms from many prefixes'), limitMs);
});

type Act = (relay: RelayProcess, from: string, innocent: Innocent) => void;

/** Goes on with a body piece by piece. */
function dribbling(length: string, piece: string): Act {
  return ({ port }, from) => {
    const socket = dial(port, from);
    const head = `POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${length}`;
    socket.on('connect', () => socket.write(head));
    const timer = setInterval(() => socket.write(piece), 100);
    socket.on('close', () => clearInterval(timer));
  };
}

/** What never ends by itself, and what the relay has to end. */
const endless: Readonly<Record<string, Act>> = {
  'says nothing': ({ port }, from) => void dial(port, from),
  'sends half a request': ({ port }, from) => {
    const socket = dial(port, from);
    socket.on('connect', () => socket.write(halfRequest));
  },
  'goes on with a request byte by byte': ({ port }, from) => {
    const socket = dial(port, from);
    socket.on('connect', () => socket.write(`${halfRequest}X: `));
    const timer = setInterval(() => socket.write('x'), 100);
    socket.on('close', () => clearInterval(timer));
  },
  'sends half a body': dribbling('Content-Length: 900\r\n\r\n', 'x'),
  'sends a body in chunks that do not end': dribbling('Transfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n'),
  'does not read its answers': ({ port }, from) => {
    const socket = dial(port, from);
    socket.on('connect', () => socket.write('GET /api/v1/policy HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(5000)));
    socket.pause();
  },
  'upgrades and does not join': ({ port }, from) => {
    const socket = dial(port, from);
    socket.on('connect', () => socket.write(upgradeRequest));
    socket.on('data', () => {});
  },
  'goes on with its first message byte by byte': ({ port }, from) => {
    const socket = dial(port, from);
    greet(socket, () => socket.write(frame(opcodes.text, new Uint8Array(1).fill(123), 1000)));
    const timer = setInterval(() => socket.write('x'), 100);
    socket.on('close', () => clearInterval(timer));
  },
  'is in the room and does not answer any more': ({ port }, from, { keys }) => {
    const socket = dial(port, from);
    enter(socket, keys, () => socket.pause());
  },
};

test('LM-9 SK-4 SK-11 what never comes to an end is ended by the relay: not one descriptor is left', async () => {
  const relay = await RelayProcess.start(['--idle-timeout-seconds', '8', '--capacity-max', '12']);
  try {
    const innocent = await Innocent.in(relay.origin);
    const before = relay.descriptors;
    Object.values(endless).forEach((act, kind) => {
      const count = act === endless['is in the room and does not answer any more'] ? 1 : 10;
      for (let number = 0; number < count; number++) act(relay, localAddress(10 * kind + number), innocent);
    });
    // All but those who got an answer and an end at once.
    const most = 10 * (Object.keys(endless).length - 2);
    for (let waits = 0; waits < 100 && relay.descriptors - before < most; waits++) await Bun.sleep(50);
    expect(relay.descriptors - before).toBeGreaterThanOrEqual(most);
    for (let waits = 0; waits < 70 && relay.descriptors > before; waits++) await innocent.talk(500);
    expect(relay.descriptors).toBeLessThanOrEqual(before);
    innocent.leave();
    expect(await relay.end()).not.toContain('fault');
  } finally {
    relay.kill();
  }
}, 60_000);

test('LM-4 a million address prefixes leave the memory of what counts them as it was', () => {
  const script = join(import.meta.dir, 'prefix-memory.ts');
  const { stdout } = Bun.spawnSync([process.execPath, script]);
  const { entries, grownBytes } = JSON.parse(stdout.toString());
  expect(entries).toBe(0);
  expect(grownBytes).toBeLessThan(10 * 2 ** 20);
}, 60_000);
