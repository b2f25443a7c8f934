import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import type { AttackName } from './attacks.ts';
import { allowedGrowthBytes, measure, smoke } from './measure.ts';

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

test('LM-4 a million address prefixes leave the memory of what counts them as it was', () => {
  const script = join(import.meta.dir, 'prefix-memory.ts');
  const { stdout } = Bun.spawnSync([process.execPath, script]);
  const { entries, grownBytes } = JSON.parse(stdout.toString());
  expect(entries).toBe(0);
  expect(grownBytes).toBeLessThan(10 * 2 ** 20);
}, 60_000);
