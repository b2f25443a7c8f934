import { describe, expect, test } from 'bun:test';
import { defaultPolicy } from '../src/index.ts';

const { ttlSeconds, capacity, messagesPerSecond, messageBurst } = defaultPolicy;

describe('LM-1 the default limits', () => {
  test('CR-2 a room of six sends fewer than 2^24 frames in its life, far from 2^32 under one key', () => {
    expect(capacity.max * (ttlSeconds.max * messagesPerSecond + messageBurst)).toBeLessThan(2 ** 24);
  });

  test('RM-11 seq does not come near its end', () => {
    expect(ttlSeconds.max * capacity.max * messagesPerSecond).toBeLessThan(2 ** 31);
  });

  test('LM-1 every default lies between its bounds', () => {
    for (const { min, max, default: granted } of [ttlSeconds, capacity]) {
      expect(min).toBeLessThanOrEqual(granted);
      expect(granted).toBeLessThanOrEqual(max);
    }
  });
});
