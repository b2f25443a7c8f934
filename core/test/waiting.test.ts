import { describe, expect, test } from 'bun:test';
import { concat, u32 } from '@pug/wire';
import { type Request, Waiting } from '../src/roster/waiting.ts';

/** The request number `nth` of `member`, signed with key number `key`. */
function request(member: number, key = member, nth = 1): Request {
  const credential = concat(u32(member), new Uint8Array(32).fill(nth));
  return { credential, signatureKey: new Uint8Array(32).fill(key), keyPackage: Uint8Array.of(member, key, nth) };
}

/** Who waits after these requests. */
function waiting(...requests: readonly [number, Request][]): Waiting {
  const all = new Waiting();
  for (const [member, made] of requests) all.add(member, made);
  return all;
}

describe('CR-12 who waits', () => {
  test('CR-12 one request for each member, the latest', () => {
    const all = waiting([3, request(3)], [4, request(4)], [3, request(3, 3, 2)]);
    expect(all.size).toBe(2);
    expect(all.packagesOf([3])).toEqual([request(3, 3, 2).keyPackage]);
  });

  test('CR-12 one request for each key: who comes back under a new number waits there', () => {
    const all = waiting([3, request(3)], [5, request(5, 3)]);
    expect(all.members).toEqual([5]);
    expect(all.requests).toEqual([request(5, 3)]);
  });

  test('CR-12 who leaves waits no longer, and nobody else is touched', () => {
    const all = waiting([3, request(3)], [4, request(4)]);
    all.delete(3);
    all.delete(9);
    expect(all.members).toEqual([4]);
    expect(all.packagesOf([3, 4])).toEqual([request(4).keyPackage]);
    all.clear();
    expect(all.size).toBe(0);
  });

  test('CR-12 a request is used by a commit that adds its very credential, and by no other leaf', () => {
    const all = waiting([3, request(3, 3, 2)], [4, request(4)]);
    all.settle([request(3, 3, 1), request(4)]);
    expect(all.members).toEqual([3]);
  });
});
