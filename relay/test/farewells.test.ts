import { describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import net from 'node:net';
import { Farewells } from '../src/farewells.ts';
import { running, until } from './running.ts';

const upgrade =
  'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: pug.1\r\n\r\n';

describe('LM-9 who is told a close code and stays', () => {
  test('LM-9 32 in 18 s, or a tenth of all sockets, and as many again when their time is over', () => {
    for (const [maxSockets, most] of [
      [20, 32],
      [1000, 100],
    ] as const) {
      const farewells = new Farewells(maxSockets);
      const taken = (nowMs: number) => Array.from({ length: 200 }, () => farewells.take(nowMs)).filter(Boolean).length;
      expect([taken(0), taken(17_999), taken(18_000), taken(18_001)]).toEqual([most, 0, most, 0]);
    }
  });

  test('LM-9 OP-15 three hundred who are turned away and do not go take 32 descriptors and the doorway', async () => {
    const relay = await running(['--max-sockets', '100', '--shared']);
    const descriptors = () => readdirSync(`/proc/${relay.child.pid}/fd`).length;
    const before = descriptors();
    let greeted = 0;
    const sockets: net.Socket[] = [];
    for (let count = 1; count <= 300; count++) {
      const socket = net.connect({ port: Number(new URL(relay.origin).port), host: '127.0.0.1', allowHalfOpen: true });
      socket.on('error', () => {});
      socket.on('data', (data) => (greeted += data.includes('"hello"') ? 1 : 0));
      socket.write(upgrade);
      sockets.push(socket);
      if (count % 10 === 0) await until(() => greeted >= count || undefined);
    }
    await until(
      () => descriptors() - before <= 10 + 32 || undefined,
      () => String(descriptors() - before),
    );
    for (const socket of sockets) socket.destroy();
  }, 30_000);
});
