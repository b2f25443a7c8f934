/** Vectors of the envelope (CR-1), its counter (CR-5), padding (CR-3), content (CR-4), and cleaning (CR-7). */
import { createCipheriv } from 'node:crypto';
import { hkdf, publicKeyOf, roomIdOf } from './generate-keys.ts';
import { linkKey, roomSecret } from './generate-link.ts';
import { ascii, big, concat, fixed, hex, type Vector } from './vector.ts';

const frameKey = hkdf(linkKey, 'pug/1 frame');
const roomId = roomIdOf(publicKeyOf(hkdf(roomSecret, 'pug/1 join')));
const nonce = fixed('frame nonce', 12);
const id = fixed('text id', 16);

const position = concat(big(7, 4), fixed('transcript tag', 16));
const textContent = (utf8: Uint8Array, where = position) => concat(big(1, 1), where, id, utf8);
const nameContent = (utf8: Uint8Array, where = position) => concat(big(2, 1), where, utf8);
const padded = (content: Uint8Array, size: number) =>
  concat(big(content.length, 4), content, new Uint8Array(size - 4 - content.length));

function seal(body: Uint8Array, type = 5, member = 3, version = 1): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', frameKey, nonce);
  cipher.setAAD(concat(ascii('pug/1 frame'), roomId, big(type, 1), big(member, 4)));
  return concat(big(version, 1), big(type, 1), nonce, cipher.update(body), cipher.final(), cipher.getAuthTag());
}

const hello = textContent(new TextEncoder().encode('Hello, room. 🐶'));
const body = padded(hello, 256);
const sealed = seal(body);
const to = { linkKey: hex(linkKey), roomId: hex(roomId), member: 3 };

function opens(name: string, comment: string, type: number, body: Uint8Array, member = 3): Vector {
  const data = { ...to, member, nonce: hex(nonce), type, body: hex(body), payload: hex(seal(body, type, member)) };
  return { path: `envelope/${name}`, rule: 'CR-1', expect: 'accept', comment, data };
}

function closed(
  name: string,
  rule: string,
  comment: string,
  payload: Uint8Array,
  changed: { member?: number; roomId?: string; linkKey?: string } = {},
): Vector {
  return {
    path: `envelope/${name}`,
    rule,
    expect: 'refuse',
    comment,
    data: { ...to, ...changed, payload: hex(payload) },
  };
}

/** A payload with the bits of `mask` turned in the byte at `at` (from the end when negative). */
function flipped(at: number, mask: number): Uint8Array {
  const payload = sealed.slice();
  const index = at < 0 ? payload.length + at : at;
  payload[index] = (payload[index] ?? 0) ^ mask;
  return payload;
}

const envelopes: readonly Vector[] = [
  opens('seal', 'bytes, sealed with a fixed nonce', 5, body),
  opens('seal-other-type', 'a type of frame this version does not know opens, and is ignored', 7, body),
  opens('seal-largest-member', 'the largest member number', 5, body, 2 ** 32 - 1),
  opens('seal-empty-body', 'a body of no bytes opens; for want of a counter it is ignored then', 5, new Uint8Array(0)),
  closed('other-version', 'CR-1', 'a version this client does not know', seal(body, 5, 3, 2)),
  closed('relabelled-member', 'CR-5', 'the relay says another member sent it', sealed, { member: 4 }),
  closed('relabelled-type', 'CR-1', 'the type was changed', flipped(1, 3)),
  closed('other-room', 'CR-5', 'carried to another room', sealed, { roomId: hex(fixed('other room', 16)) }),
  closed('other-link', 'CR-1', 'sealed under another link', sealed, { linkKey: hex(fixed('other', 32)) }),
  closed('flipped-nonce', 'CR-6', 'a bit of the nonce', flipped(2, 1)),
  closed('flipped-ciphertext', 'CR-6', 'a bit of the ciphertext', flipped(20, 128)),
  closed('flipped-tag', 'CR-6', 'the last bit of the tag', flipped(-1, 1)),
  closed('cut-off', 'CR-6', 'the last byte is missing', sealed.subarray(0, -1)),
  closed('lengthened', 'CR-6', 'one byte more', concat(sealed, new Uint8Array(1))),
  closed('too-short', 'CR-6', 'no room for a tag', sealed.subarray(0, 29)),
  closed('empty', 'CR-6', 'no bytes at all', new Uint8Array(0)),
];

function numbered(name: string, comment: string, type: number, counter: number, inner: Uint8Array): Vector {
  const payload = seal(concat(big(counter, 4), inner), type);
  const data = { ...to, nonce: hex(nonce), type, counter, body: hex(inner), payload: hex(payload) };
  return { path: `envelope/numbered-${name}`, rule: ['CR-1', 'CR-5'], expect: 'accept', comment, data };
}

function unnumbered(name: string, comment: string, inside: Uint8Array): Vector {
  const data = { ...to, numbered: true, payload: hex(seal(inside)) };
  return { path: `envelope/numbered-${name}`, rule: 'CR-5', expect: 'refuse', comment, data };
}

const numbers: readonly Vector[] = [
  numbered('message', 'the first frame of a membership', 5, 1, body),
  numbered('largest', 'the largest counter', 6, 2 ** 32 - 1, fixed('beat', 56)),
  numbered('empty', 'a counter and no body', 1, 2, new Uint8Array(0)),
  unnumbered('counter-0', 'counters start at 1', concat(big(0, 4), body)),
  unnumbered('half-counter', 'half a counter', big(1, 2)),
  unnumbered('nothing', 'no counter', new Uint8Array(0)),
];

function pads(name: string, comment: string, length: number, size: number): Vector {
  const content = fixed('content', length);
  const data = { content: hex(content), body: hex(padded(content, size)) };
  return { path: `envelope/padding-${name}`, rule: 'CR-3', expect: 'accept', comment, data };
}

function misPads(name: string, comment: string, body: Uint8Array): Vector {
  return { path: `envelope/padding-${name}`, rule: 'CR-3', expect: 'refuse', comment, data: { body: hex(body) } };
}

const dirty = padded(fixed('content', 10), 256);
dirty[255] = 1;
const long = (length: number, size: number) => concat(big(length, 4), new Uint8Array(size - 4));

const paddings: readonly Vector[] = [
  pads('empty', 'no content', 0, 256),
  pads('short', '10 bytes', 10, 256),
  pads('fills-256', '252 bytes fill the smallest body', 252, 256),
  pads('needs-512', '253 bytes need the next size', 253, 512),
  pads('fills-2048', '2,044 bytes', 2044, 2048),
  misPads('dirty', 'the last byte of the filling is not zero', dirty),
  misPads('too-roomy', '252 bytes in a body of 512', long(252, 512)),
  misPads('length-beyond', 'a length beyond the body', long(253, 256)),
  misPads('length-huge', 'a length of 2^32−1', long(2 ** 32 - 1, 256)),
  misPads('not-a-power', '300 bytes are no power of two', long(10, 300)),
  misPads('too-small', 'a body of 128 bytes', long(10, 128)),
  misPads('too-large', 'a body of 65,536 bytes', long(40_000, 65_536)),
  misPads('empty-body', 'no bytes at all', new Uint8Array(0)),
];

function content(name: string, comment: string, bytes: Uint8Array, fields: Vector['data']): Vector {
  return {
    path: `envelope/content-${name}`,
    rule: 'CR-4',
    expect: 'accept',
    comment,
    data: { content: hex(bytes), ...fields },
  };
}

function ignored(name: string, comment: string, bytes: Uint8Array): Vector {
  return { path: `envelope/content-${name}`, rule: 'CR-4', expect: 'refuse', comment, data: { content: hex(bytes) } };
}

const letter = ascii('a');

const said = (where: Uint8Array) => ({
  seq: Number.parseInt(hex(where.subarray(0, 4)), 16),
  tag: hex(where.subarray(4)),
});
const last = concat(big(2 ** 32 - 1, 4), fixed('transcript tag', 16));

const contents: readonly Vector[] = [
  content('text', 'a text', hello, { kind: 'text', ...said(position), id: hex(id), text: 'Hello, room. 🐶' }),
  content('name', 'a name', nameContent(ascii('Ada')), { kind: 'name', ...said(position), name: 'Ada' }),
  content('largest-seq', 'said at the largest place in the order', nameContent(letter, last), {
    kind: 'name',
    ...said(last),
    name: 'a',
  }),
  content('byte-order-mark', 'a leading U+FEFF is kept', nameContent(concat(big(0xefbbbf, 3), letter)), {
    kind: 'name',
    ...said(position),
    name: '\uFEFFa',
  }),
  ignored('empty', 'no bytes at all', new Uint8Array(0)),
  ignored('kind-0', 'a kind nobody knows', concat(big(0, 1), position, id, letter)),
  ignored('kind-3', 'a kind nobody knows yet', concat(big(3, 1), position, id, letter)),
  ignored('half-position', 'not a whole transcript', nameContent(letter).subarray(0, 20)),
  ignored('half-id', 'a text without a whole id', textContent(letter).subarray(0, 36)),
  ignored('empty-text', 'a text without text', textContent(new Uint8Array(0))),
  ignored('empty-name', 'a name without a name', nameContent(new Uint8Array(0))),
  ignored('long-text', 'a text of 16,385 bytes', textContent(new Uint8Array(16_385).fill(97))),
  ignored('long-name', 'a name of 65 bytes', nameContent(new Uint8Array(65).fill(97))),
  ignored('overlong-utf8', 'a slash in two bytes', textContent(big(0xc0af, 2))),
  ignored('surrogate-utf8', 'half a surrogate pair', textContent(big(0xeda080, 3))),
  ignored('cut-off-utf8', 'half a character', textContent(big(0xf09f90, 3))),
];

function cleans(kind: 'text' | 'name', name: string, comment: string, input: string, clean: string): Vector {
  return {
    path: `envelope/clean-${kind}-${name}`,
    rule: 'CR-7',
    expect: 'accept',
    comment,
    data: { kind, input, clean },
  };
}

const cleanings: readonly Vector[] = [
  cleans(
    'text',
    'controls',
    'control characters go, line feed and tab stay',
    'a\u0000b\u001Bc\u0085\r\n\td',
    'abc\n\td',
  ),
  cleans('text', 'override', 'a right-to-left override', 'invoice\u202Efdp.exe', 'invoicefdp.exe'),
  cleans('text', 'isolates', 'isolates', '\u2066a\u2067b\u2068c\u2069', 'abc'),
  cleans(
    'text',
    'zero-width',
    'zero-width characters between Latin letters',
    'p\u200Ba\u200Cy\u200Dp\u2060a\uFEFFl',
    'paypal',
  ),
  cleans(
    'text',
    'emoji',
    'joiners and selectors inside emoji stay',
    '👩🏽\u200D🚒 ❤\uFE0F\u200D🔥 1\uFE0F\u20E3',
    '👩🏽\u200D🚒 ❤\uFE0F\u200D🔥 1\uFE0F\u20E3',
  ),
  cleans('text', 'persian', 'a non-joiner that spells a word stays', 'می\u200Cخواهم', 'می\u200Cخواهم'),
  cleans('text', 'marks', 'a fifth mark in a row goes', `x${'\u0323'.repeat(9)}y`, `x${'\u0323'.repeat(4)}y`),
  cleans('text', 'nfc', 'one spelling for what looks the same', 'e\u0301 A\u030A \u212B', 'é Å Å'),
  cleans('name', 'one-line', 'a name is one line without spaces around', ' Ada\n \u2028Lovelace ', 'Ada Lovelace'),
  cleans('name', 'long', 'a name of 40 letters', 'x'.repeat(40), 'x'.repeat(32)),
  cleans(
    'name',
    'bytes',
    'a name over 64 bytes is cut between graphemes',
    '👩🏽\u200D🚒'.repeat(6),
    '👩🏽\u200D🚒'.repeat(4),
  ),
  cleans('name', 'blank', 'characters that are drawn as nothing are no name', '\u2800\uFFFC \u{1D159}\u0301\uE000', ''),
];

export const envelopeVectors: readonly Vector[] = [...envelopes, ...numbers, ...paddings, ...contents, ...cleanings];
