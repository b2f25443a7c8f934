import { describe, expect, test } from 'bun:test';
import { createDecipheriv, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { deriveKeys, envelopeOverheadBytes, openFrame, sealFrame } from '../src/index.ts';
import { bytesOf, hex, link, room, sender, withFlippedBit } from './fixtures.ts';

const nonce = Uint8Array.from({ length: 12 }, (_, at) => 0x30 + at);
const body = new TextEncoder().encode('attack at dawn');
const payload = await sealFrame({ ...sender, nonce, type: 1, body });

describe('CR-1 the envelope', () => {
  test('CR-1 is version, type, nonce and AES-256-GCM under the labelled data', () => {
    expect(hex(payload).slice(0, 28)).toBe(`0101${hex(nonce)}`);
    const key = Buffer.from(hkdfSync('sha256', link.linkKey, new Uint8Array(0), 'pug/1 frame', 32));
    const decipher = createDecipheriv('aes-256-gcm', key, nonce);
    decipher.setAAD(Buffer.concat([Buffer.from('pug/1 frame'), room.roomIdBytes, Uint8Array.of(1, 0, 0, 0, 3)]));
    decipher.setAuthTag(payload.subarray(-16));
    expect(new Uint8Array(Buffer.concat([decipher.update(payload.subarray(14, -16)), decipher.final()]))).toEqual(body);
  });

  test('CR-1 round trip of any type, member and body', async () => {
    const bodies = fc.uint8Array({ maxLength: 2000 });
    const members = fc.integer({ min: 1, max: 2 ** 32 - 1 });
    await fc.assert(
      fc.asyncProperty(fc.nat(255), members, bytesOf(12), bodies, async (type, member, anyNonce, any) => {
        const sealed = await sealFrame({ ...sender, member, nonce: anyNonce, type, body: any });
        expect(sealed.length).toBe(any.length + envelopeOverheadBytes);
        expect(await openFrame({ ...sender, member, payload: sealed })).toEqual({ type, body: any });
      }),
    );
  });

  test('CR-1 refuses to seal with a nonce or room id of another size', async () => {
    await expect(sealFrame({ ...sender, nonce: new Uint8Array(11), type: 1, body })).rejects.toThrow(RangeError);
    await expect(sealFrame({ ...sender, roomIdBytes: body, nonce, type: 1, body })).rejects.toThrow(RangeError);
  });
});

describe('CR-5 CR-6 what does not open', () => {
  test('CR-6 no flipped bit opens: version, type, nonce, ciphertext, tag', async () => {
    for (let bit = 0; bit < payload.length * 8; bit++) {
      expect(await openFrame({ ...sender, payload: withFlippedBit(payload, bit) })).toBeNull();
    }
  });

  test('CR-5 a relabelled or reflected frame does not open', async () => {
    for (const member of [0, 1, 2, 4, 0x03000000, 2 ** 32 - 1]) {
      expect(await openFrame({ ...sender, member, payload })).toBeNull();
    }
  });

  test('CR-5 a frame carried to another room does not open, even under the same key', async () => {
    const other = await deriveKeys({ ...link, roomSecret: new Uint8Array(16) });
    expect(await openFrame({ ...sender, roomIdBytes: other.roomIdBytes, payload })).toBeNull();
  });

  test('CR-1 a frame of another link does not open', async () => {
    const other = await deriveKeys({ ...link, linkKey: new Uint8Array(32) });
    expect(await openFrame({ ...sender, frameKey: other.frameKey, payload })).toBeNull();
  });

  test('CR-6 no cut-off or lengthened frame opens', async () => {
    for (let length = 0; length < payload.length; length++) {
      expect(await openFrame({ ...sender, payload: payload.slice(0, length) })).toBeNull();
    }
    expect(await openFrame({ ...sender, payload: Uint8Array.of(...payload, 0) })).toBeNull();
  });

  test('CR-6 never throws, whatever the bytes', async () => {
    const headed = fc.uint8Array({ maxLength: 400 }).map((rest) => Uint8Array.of(1, 1, ...rest));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 400 }), headed), async (any) => {
        expect(await openFrame({ ...sender, payload: any })).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });
});
