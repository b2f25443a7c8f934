import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { Heartbeat } from '../src/heartbeat.ts';
import { FakePlatform } from './fake.ts';
import { patienceMs } from './waiting.ts';

setDefaultTimeout(patienceMs);

function start() {
  const platform = new FakePlatform();
  const pings: number[] = [];
  const seen = { pings, dead: 0 };
  const beginMs = platform.now();
  const heartbeat = new Heartbeat({
    platform,
    ping: () => pings.push((platform.now() - beginMs) / 1000),
    onDead: () => seen.dead++,
  });
  return { platform, heartbeat, seen };
}

describe('CL-4 SK-11 heartbeat', () => {
  test('CL-4 pings every 20 s while it is answered', async () => {
    const { platform, heartbeat, seen } = start();
    for (let n = 0; n < 3; n++) {
      await platform.pass(20_000);
      heartbeat.heard();
    }
    await platform.pass(9_000);
    expect(seen).toEqual({ pings: [20, 40, 60], dead: 0 });
  });

  test('CL-4 is dead 10 s after a ping on which nothing came, and not before', async () => {
    const { platform, seen } = start();
    await platform.pass(29_999);
    expect(seen.dead).toBe(0);
    await platform.pass(1);
    expect(seen.dead).toBe(1);
  });

  test('CL-4 a probe pings at once, and not again while an answer is awaited', async () => {
    const { platform, heartbeat, seen } = start();
    await platform.pass(3_000);
    heartbeat.probe();
    heartbeat.probe();
    expect(seen.pings).toEqual([3]);
    await platform.pass(10_000);
    expect(seen.dead).toBe(1);
  });

  test('CL-4 a device that slept asks once more before it takes the connection for dead', async () => {
    const { platform, seen } = start();
    await platform.pass(20_000);
    platform.nowMs += 3_600_000;
    await platform.pass(0);
    expect(seen).toMatchObject({ dead: 0 });
    expect(seen.pings.length).toBeGreaterThan(1);
    await platform.pass(10_000);
    expect(seen.dead).toBe(1);
  });

  test('CL-4 nothing happens after it was stopped', async () => {
    const { platform, heartbeat, seen } = start();
    await platform.pass(25_000);
    heartbeat.stop();
    await platform.pass(60_000);
    expect(seen).toEqual({ pings: [20], dead: 0 });
    expect(platform.timers).toBe(0);
  });
});
