// Connections that never come to an end by themselves. Nothing here is measured but that they are gone.
import { expect, test } from 'bun:test';
import { dial, enter, frame, greet, halfRequest, localAddress, opcodes, upgradeRequest } from './bare-socket.ts';
import { Innocent } from './innocent.ts';
import { RelayProcess } from './processes.ts';

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
