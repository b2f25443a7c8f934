import { describe, expect, test } from 'bun:test';
import { createHmac, hkdfSync } from 'node:crypto';
import { u32 } from '@pug/wire';
import fc from 'fast-check';
import { deriveKeys, isCredential, makeCredential } from '../src/index.ts';
import { bytesOf, hex, link, room, withFlippedBit } from './fixtures.ts';

const key = new Uint8Array(32).fill(0x51);
const random = new Uint8Array(16).fill(0x22);
const credential = await makeCredential(room, 3, random, key);

describe('CR-9 credentials', () => {
  test('CR-8 CR-9 is member, random, and the start of the labelled HMAC under the member key', () => {
    const memberKey = Buffer.from(hkdfSync('sha256', link.linkKey, new Uint8Array(0), 'pug/1 member', 32));
    const mac = createHmac('sha256', memberKey)
      .update(Buffer.concat([Buffer.from('pug/1 member'), room.roomIdBytes, u32(3), random, key]))
      .digest('hex');
    expect(hex(credential)).toBe(`00000003${hex(random)}${mac.slice(0, 32)}`);
  });

  test('CR-9 round trip of any member, random bytes and key', async () => {
    const members = fc.integer({ min: 1, max: 2 ** 32 - 1 });
    await fc.assert(
      fc.asyncProperty(members, bytesOf(16), bytesOf(32), async (member, anyRandom, anyKey) => {
        const made = await makeCredential(room, member, anyRandom, anyKey);
        expect(made.length).toBe(36);
        expect(await isCredential(room, made, anyKey)).toBe(true);
      }),
    );
  });

  test('CR-9 every single flipped bit is noticed: another member, other random bytes, another check', async () => {
    for (let bit = 0; bit < credential.length * 8; bit++)
      expect(await isCredential(room, withFlippedBit(credential, bit), key)).toBe(false);
  });

  test('CR-9 is good for one signature key', async () => {
    for (let bit = 0; bit < key.length * 8; bit++)
      expect(await isCredential(room, credential, withFlippedBit(key, bit))).toBe(false);
    expect(await isCredential(room, credential, key.subarray(1))).toBe(false);
  });

  test('CR-9 is good in one room, even under the same link key', async () => {
    const other = await deriveKeys({ ...link, roomSecret: new Uint8Array(16) });
    expect(await isCredential({ ...room, roomIdBytes: other.roomIdBytes }, credential, key)).toBe(false);
  });

  test('CR-9 cannot be made without the link: a relay that knows the room and its members adds nobody', async () => {
    const relay = await deriveKeys({ ...link, linkKey: new Uint8Array(32) });
    const forged = await makeCredential({ ...room, memberKey: relay.memberKey }, 3, random, key);
    expect(await isCredential(room, forged, key)).toBe(false);
  });

  test('CR-9 another length is none, and member 0 is nobody', async () => {
    for (let length = 0; length < 36; length++)
      expect(await isCredential(room, credential.slice(0, length), key)).toBe(false);
    expect(await isCredential(room, Uint8Array.of(...credential, 0), key)).toBe(false);
    expect(await isCredential(room, await makeCredential(room, 0, random, key), key)).toBe(false);
    await expect(makeCredential(room, 3, random.subarray(1), key)).rejects.toThrow(RangeError);
  });
});
