import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { maxContentBytes, pad, unpad } from '../src/index.ts';

const sizes = [256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768];

/** A body that says it holds `contentBytes`. */
function bodyOf(bodyBytes: number, contentBytes: number): Uint8Array {
  const body = new Uint8Array(bodyBytes);
  new DataView(body.buffer).setUint32(0, contentBytes);
  return body;
}

describe('CR-3 padding', () => {
  test('CR-3 round trip; every body is a power of two from 256 to 32,768, the smallest that fits', () => {
    fc.assert(
      fc.property(fc.nat(maxContentBytes), fc.nat(255), (length, filling) => {
        const content = new Uint8Array(length).fill(filling);
        const body = pad(content);
        expect(body.length).toBe(sizes.find((size) => size >= length + 4) ?? 0);
        expect(unpad(body)).toEqual(content);
      }),
    );
  });

  test('CR-3 the edges of each size', () => {
    for (const size of sizes) {
      expect(pad(new Uint8Array(size - 4)).length).toBe(size);
      if (size < 32_768) expect(pad(new Uint8Array(size - 3)).length).toBe(2 * size);
    }
    expect(() => pad(new Uint8Array(maxContentBytes + 1))).toThrow(RangeError);
  });

  test('CR-3 refuses a non-zero byte anywhere in the filling', () => {
    for (let at = 14; at < 256; at++) {
      const body = pad(new Uint8Array(10).fill(1));
      body[at] = 1;
      expect(unpad(body)).toBeNull();
    }
  });

  test('CR-3 refuses a size that is not the smallest that fits', () => {
    for (const size of sizes.slice(1)) {
      expect(unpad(bodyOf(size, size / 2 - 4))).toBeNull();
      expect(unpad(bodyOf(size, 0))).toBeNull();
      expect(unpad(bodyOf(size, size / 2 - 3))).not.toBeNull();
    }
  });

  test('CR-3 refuses a length beyond the body', () => {
    for (const size of sizes) {
      for (const length of [size - 3, size, 2 * size, 2 ** 31, 2 ** 32 - 1])
        expect(unpad(bodyOf(size, length))).toBeNull();
    }
  });

  test('CR-3 refuses sizes that are no power of two, too small or too large', () => {
    for (const size of [0, 1, 3]) expect(unpad(new Uint8Array(size))).toBeNull();
    for (const size of [4, 128, 255, 257, 300, 768, 32_769, 65_536]) expect(unpad(bodyOf(size, 0))).toBeNull();
  });

  test('CR-3 malleability: what unpads pads to the same bytes', () => {
    const bodies = fc
      .tuple(fc.constantFrom(256, 512, 1024), fc.nat(1100), fc.option(fc.nat(1023)))
      .map(([size, length, at]) => {
        const body = bodyOf(size, length);
        if (at !== null) body[at] = 1;
        return body;
      });
    fc.assert(
      fc.property(bodies, (body) => {
        const content = unpad(body);
        if (content !== null) expect(pad(content)).toEqual(body);
      }),
      { numRuns: 2000 },
    );
  });
});
