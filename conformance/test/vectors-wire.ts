/** Vectors of what a relay may see, against wire: control messages, frames, bodies, join proofs, codes. */
import { expect } from 'bun:test';
import { createHash, createPublicKey, verify } from 'node:crypto';
import * as wire from '@pug/wire';
import { verify as verifyByArithmetic } from '../src/ed25519.ts';
import { b64u, hex } from '../src/vector.ts';
import { bytes, number, type Read, type Reader, text } from './vectors-read.ts';

/** A decoded message as the platform would have parsed it: bytes as base64url. */
function asJson(value: object): unknown {
  return JSON.parse(JSON.stringify(value, (_name, member) => (member instanceof Uint8Array ? b64u(member) : member)));
}

interface Codec {
  readonly decode: (text: string) => object | null;
  readonly encode: (value: never) => string;
}

function holdText(vector: Read, value: string, { decode, encode }: Codec): void {
  const spelt = text(vector, 'text');
  const decoded = decode(spelt);
  expect(decoded === null).toBe(vector.expect === 'refuse');
  if (decoded === null) return;
  expect(asJson(decoded)).toEqual(vector[value]);
  // The codec of this very body made the value.
  expect(encode(decoded as never)).toBe(spelt);
}

const messages: { readonly [sender: string]: Codec } = {
  client: { decode: wire.decodeClientMessage, encode: wire.encodeClientMessage },
  relay: { decode: wire.decodeServerMessage, encode: wire.encodeServerMessage },
};

const bodies: { readonly [body: string]: Codec } = {
  challenge: { decode: wire.decodeChallenge, encode: wire.encodeChallenge },
  create: { decode: wire.decodeCreateRequest, encode: wire.encodeCreateRequest },
  created: { decode: wire.decodeCreated, encode: wire.encodeCreated },
  policy: { decode: wire.decodePolicy, encode: wire.encodePolicy },
  problem: { decode: wire.decodeProblem, encode: wire.encodeProblem },
};

function codecOf(codecs: { readonly [name: string]: Codec }, name: string): Codec {
  const codec = codecs[name];
  if (codec === undefined) throw new Error(`nothing decodes ${name}`);
  return codec;
}

const control: Reader = (vector) => holdText(vector, 'message', codecOf(messages, text(vector, 'sender')));
const http: Reader = (vector) => holdText(vector, 'value', codecOf(bodies, text(vector, 'body')));

const frames: Reader = (vector) => {
  const frame = bytes(vector, 'frame');
  const isClient = text(vector, 'sender') === 'client';
  if (vector.expect === 'refuse') {
    return expect(isClient ? wire.decodeClientFrame(frame) : wire.decodeServerFrame(frame)).toBeNull();
  }
  const payload = bytes(vector, 'payload');
  if (isClient) {
    const fields = { to: number(vector, 'to'), payload };
    expect(wire.decodeClientFrame(frame)).toEqual(fields);
    return expect(wire.encodeClientFrame(fields)).toEqual(new Uint8Array(frame));
  }
  const fields = { seq: number(vector, 'seq'), member: number(vector, 'member'), payload };
  expect(wire.decodeServerFrame(frame)).toEqual(fields);
  expect(wire.encodeServerFrame(fields)).toEqual(new Uint8Array(frame));
};

/** JN-3 as this runtime and wire's checks of key and S have it together. */
function isSignedBy(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!wire.isAcceptableKey(key) || !wire.isCanonicalSignature(signature)) return false;
  const wrapped = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key]);
  return verify(null, message, createPublicKey({ key: wrapped, format: 'der', type: 'spki' }), signature);
}

const joins: Reader = (vector, name) => {
  if (name === 'join/room-id.json') {
    const hashed = wire.roomIdInput(bytes(vector, 'joinKey'));
    expect(hex(hashed)).toBe(text(vector, 'hashed'));
    const roomId = createHash('sha256').update(hashed).digest().subarray(0, wire.roomIdBytes);
    expect([hex(roomId), b64u(roomId)]).toEqual([text(vector, 'roomIdBytes'), text(vector, 'roomId')]);
    return;
  }
  const [key, message, signature] = [bytes(vector, 'key'), bytes(vector, 'message'), bytes(vector, 'signature')];
  if (vector.proof !== undefined) {
    const input = vector.proof === 'owner' ? wire.ownerProofInput : wire.joinProofInput;
    expect(hex(input(bytes(vector, 'roomId'), bytes(vector, 'nonce')))).toBe(hex(message));
  }
  expect(isSignedBy(key, message, signature)).toBe(vector.expect === 'accept');
  expect(verifyByArithmetic(key, message, signature)).toBe(vector.expect === 'accept');
};

const codes: Reader = (vector, name) => {
  if (name === 'codes/close.json') {
    const rows = Object.entries(wire.closeCodes).map(([closeName, code]) => {
      expect(wire.closeNameOf(code)).toBe(closeName as wire.CloseName);
      return { code, name: closeName, client: wire.isFinal(closeName as wire.CloseName) ? 'ends' : 'retries' };
    });
    return expect(rows as unknown).toEqual(vector.codes);
  }
  const rows = Object.entries(wire.problems).map(([code, { status, fault }]) => ({ code, status, fault }));
  expect(rows as unknown).toEqual(vector.codes);
};

export const wireReaders: { readonly [folder: string]: Reader } = { control, http, frames, join: joins, codes };
