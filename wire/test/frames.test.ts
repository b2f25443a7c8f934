import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  clientHeaderBytes,
  decodeClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  encodeServerFrame,
  serverHeaderBytes,
} from '../src/index.ts';
import { numbers, u32s } from './arbitrary.ts';

const payloads = fc.uint8Array({ minLength: 1, maxLength: 500 });

describe('SK-7 SK-8 frames', () => {
  test('SK-7 a client frame round-trips: 4 bytes and the payload', () => {
    fc.assert(
      fc.property(u32s, payloads, (to, payload) => {
        const frame = encodeClientFrame({ to, payload });
        expect(frame.length).toBe(clientHeaderBytes + payload.length);
        expect(decodeClientFrame(frame)).toEqual({ to, payload });
      }),
    );
  });

  test('SK-8 a relay frame round-trips: 8 bytes and the payload', () => {
    fc.assert(
      fc.property(u32s, numbers, payloads, (seq, member, payload) => {
        const frame = encodeServerFrame({ seq, member, payload });
        expect(frame.length).toBe(serverHeaderBytes + payload.length);
        expect(decodeServerFrame(frame)).toEqual({ seq, member, payload });
      }),
    );
  });

  test('SK-7 SK-8 malleability: what decodes encodes to the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        const [client, server] = [decodeClientFrame(bytes), decodeServerFrame(bytes)];
        if (client !== null) expect(encodeClientFrame(client)).toEqual(bytes);
        if (server !== null) expect(encodeServerFrame(server)).toEqual(bytes);
        expect(client === null).toBe(bytes.length < 5);
      }),
      { numRuns: 2000 },
    );
  });

  test('SK-8 a frame of nobody is refused', () => {
    expect(decodeServerFrame(encodeServerFrame({ seq: 1, member: 0, payload: new Uint8Array(3) }))).toBeNull();
  });

  test('SK-7 the header is read where the frame begins, also inside a larger buffer', () => {
    const buffer = new Uint8Array(100).fill(0xff);
    buffer.set(encodeClientFrame({ to: 5, payload: Uint8Array.of(9) }), 40);
    expect(decodeClientFrame(buffer.subarray(40, 45))).toEqual({ to: 5, payload: Uint8Array.of(9) });
  });
});
