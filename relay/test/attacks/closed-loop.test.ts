import { expect, test } from 'bun:test';
import { type Loop, laptopPerSecond, type Outcome, quantile, simulate, type Try } from './closed-loop.ts';

const base: Omit<Loop, 'attack'> = { attackSeconds: [10, 80], seconds: 100, honestPerSecond: 3, seed: 7 };
const botnet = 100_000;

function joinedShare(tries: readonly Try[]): number {
  return tries.filter(({ outcome }) => outcome === 'joined').length / tries.length;
}

function waitsMs({ tries }: Outcome, device: Try['device']): readonly number[] {
  return tries.filter((one) => one.device === device && one.outcome === 'joined').map(({ waitMs }) => waitMs);
}

test('PW-16 while nobody attacks the price is the floor', async () => {
  const calm = await simulate({ ...base, attack: null });
  expect([joinedShare(calm.tries), Math.max(...calm.bits)]).toEqual([1, 18]);
});

test('PW-16 an attacker with ten times the power of an honest person is not even noticed', async () => {
  const attack = { power: 10 * laptopPerSecond, prefixes: botnet };
  const { attackerRooms, ...loop } = await simulate({ ...base, attack });
  expect(attackerRooms).toBeGreaterThan(10_000);
  expect(joinedShare(loop.tries)).toBe(1);
  expect(Math.max(...loop.bits)).toBeLessThan(19);
  expect(quantile(waitsMs({ attackerRooms, ...loop }, 'phone'), 0.99)).toBeLessThan(1500);
}, 60_000);

test('PW-16 PW-13 an attacker with a thousand times the power has the price follow within a minute; then honest people wait for seconds and get in', async () => {
  const attack = { power: 1000 * laptopPerSecond, prefixes: botnet };
  const loop = await simulate({ ...base, attack });
  const [startS, endS] = base.attackSeconds;
  expect(loop.bits[startS + 50]).toBeGreaterThan(22.5);
  expect(joinedShare(loop.tries)).toBeGreaterThan(0.95);
  const settled = { ...loop, tries: loop.tries.filter(({ startedMs }) => startedMs > 1000 * (startS + 50)) };
  expect(joinedShare(settled.tries)).toBe(1);
  expect(quantile(waitsMs(settled, 'laptop'), 0.99)).toBeLessThan(6000);
  expect(quantile(waitsMs(settled, 'phone'), 0.99)).toBeLessThan(15_000);
  expect(loop.bits.at(-1)).toBeLessThan((loop.bits[endS - 1] ?? 0) - 0.5);
  expect(loop.mostPending).toBeLessThan(120_000);
}, 120_000);

test('PW-17 the same from one address prefix costs that prefix sixteen times as much, and strangers less', async () => {
  const attack = { power: 1000 * laptopPerSecond, prefixes: 1 };
  const loop = await simulate({ ...base, attack });
  expect(joinedShare(loop.tries)).toBe(1);
  expect(quantile(waitsMs(loop, 'phone'), 0.99)).toBeLessThan(4000);
  expect(Math.max(...loop.bits)).toBeLessThan(22);
}, 60_000);

test('PW-18 where places are few, an honest room is not thrown out before its people come', async () => {
  const attack = { power: 1000 * laptopPerSecond, prefixes: botnet };
  const few = await simulate({ ...base, attack, seconds: 60, maxPendingRooms: 10_000 });
  expect(few.mostPending).toBe(10_000);
  expect(few.tries.filter(({ outcome }) => outcome === 'evicted')).toEqual([]);
  expect(joinedShare(few.tries)).toBeGreaterThan(0.9);
}, 120_000);
