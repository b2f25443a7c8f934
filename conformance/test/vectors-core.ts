/** Vectors of what a relay must never see, against core: links, keys, envelopes, padding, content, cleaning. */
import { expect } from 'bun:test';
import { createHmac } from 'node:crypto';
import * as core from '@pug/core';
import { fixed, hex } from '../src/vector.ts';
import { bytes, number, type Read, type Reader, text } from './vectors-read.ts';

const link: Reader = async (vector) => {
  const parsed = await core.parseLink(text(vector, 'input'));
  if (vector.expect === 'refuse') {
    const error = parsed.kind === 'damaged' ? `damaged: ${parsed.why}` : parsed.kind;
    return expect(error).toBe(vector.error ?? 'an error');
  }
  const good = { roomSecret: bytes(vector, 'roomSecret'), linkKey: bytes(vector, 'linkKey') };
  expect(parsed).toEqual({ kind: 'good', link: good });
  expect(await core.encodeLink(good)).toBe(text(vector, 'fragment'));
};

const keys: Reader = async (vector) => {
  if (vector.ownerSeed !== undefined) {
    const { ownerKey } = await core.ownerKeys(bytes(vector, 'ownerSeed'));
    return expect(hex(ownerKey)).toBe(text(vector, 'ownerKey'));
  }
  const derived = await core.deriveKeys({ roomSecret: bytes(vector, 'roomSecret'), linkKey: bytes(vector, 'linkKey') });
  expect(hex(derived.joinKey)).toBe(text(vector, 'joinKey'));
  expect(hex(derived.roomIdBytes)).toBe(text(vector, 'roomIdBytes'));
  expect(derived.roomId).toBe(text(vector, 'roomId'));
  await expectSameFrameKey(derived.frameKey, bytes(vector, 'frameKey'));
  const probe = fixed('any message', 20);
  const mac = await crypto.subtle.sign('HMAC', derived.memberKey, new Uint8Array(probe));
  expect(hex(new Uint8Array(mac))).toBe(createHmac('sha256', bytes(vector, 'memberKey')).update(probe).digest('hex'));
};

/** A frame key cannot be exported: that it is this one shows in what it opens. */
async function expectSameFrameKey(frameKey: CryptoKey, raw: Uint8Array): Promise<void> {
  const sender = { roomIdBytes: fixed('any room', 16), member: 1 };
  const known = await crypto.subtle.importKey('raw', new Uint8Array(raw), 'AES-GCM', false, ['encrypt']);
  const body = fixed('any body', 40);
  const payload = await core.sealFrame({ ...sender, frameKey: known, nonce: fixed('any nonce', 12), type: 1, body });
  expect((await core.openFrame({ ...sender, frameKey, payload }))?.body).toEqual(new Uint8Array(body));
}

/** The frame key of a link key; the room secret has no part in it. */
async function frameKeyOf(linkKey: Uint8Array): Promise<CryptoKey> {
  return (await core.deriveKeys({ roomSecret: new Uint8Array(16), linkKey })).frameKey;
}

/** A frame with its counter in front of its body. */
async function numbers(vector: Read): Promise<void> {
  const frameKey = await frameKeyOf(bytes(vector, 'linkKey'));
  const sender = { frameKey, roomIdBytes: bytes(vector, 'roomId'), member: number(vector, 'member') };
  const payload = bytes(vector, 'payload');
  const opened = await core.openNumbered({ ...sender, payload });
  if (vector.expect === 'refuse') return expect(opened).toBeNull();
  const inner = { type: number(vector, 'type'), counter: number(vector, 'counter'), body: bytes(vector, 'body') };
  expect(opened).toEqual(inner);
  expect(hex(await core.sealNumbered({ ...sender, ...inner, nonce: bytes(vector, 'nonce') }))).toBe(hex(payload));
}

async function seals(vector: Read): Promise<void> {
  const frameKey = await frameKeyOf(bytes(vector, 'linkKey'));
  const sender = { frameKey, roomIdBytes: bytes(vector, 'roomId'), member: number(vector, 'member') };
  const payload = bytes(vector, 'payload');
  const opened = await core.openFrame({ ...sender, payload });
  if (vector.expect === 'refuse') return expect(opened).toBeNull();
  const inner = { type: number(vector, 'type'), body: bytes(vector, 'body') };
  expect(opened).toEqual(inner);
  expect(hex(await core.sealFrame({ ...sender, ...inner, nonce: bytes(vector, 'nonce') }))).toBe(hex(payload));
}

function pads(vector: Read): void {
  const body = bytes(vector, 'body');
  const content = core.unpad(body);
  expect(content === null).toBe(vector.expect === 'refuse');
  if (content === null) return;
  expect(content).toEqual(bytes(vector, 'content'));
  expect(hex(core.pad(bytes(vector, 'content')))).toBe(hex(body));
}

function contains(vector: Read): void {
  const encoded = bytes(vector, 'content');
  const said = core.decodeSaid(encoded);
  expect(said === null).toBe(vector.expect === 'refuse');
  if (said === null) return;
  const { content, position } = said;
  const words = content.kind === 'text' ? { id: hex(content.id), text: content.text } : { name: content.name };
  expect(vector).toMatchObject({ kind: content.kind, seq: position.seq, tag: hex(position.tag), ...words });
  expect(hex(core.encodeSaid(said))).toBe(hex(encoded));
}

function cleans(vector: Read): void {
  const clean = vector.kind === 'name' ? core.cleanName : core.cleanText;
  expect(clean(text(vector, 'input'))).toBe(text(vector, 'clean'));
}

const envelope: Reader = (vector) => {
  if (vector.clean !== undefined) return cleans(vector);
  if (vector.counter !== undefined || vector.numbered === true) return numbers(vector);
  if (vector.payload !== undefined) return seals(vector);
  return vector.body === undefined ? contains(vector) : pads(vector);
};

export const coreReaders: { readonly [folder: string]: Reader } = { link, keys, envelope };
