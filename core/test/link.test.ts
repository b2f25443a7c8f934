import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { toBase64url } from '@pug/wire';
import fc from 'fast-check';
import { encodeLink, type ParsedLink, parseLink } from '../src/index.ts';
import { bytesOf, decoded, hex, link } from './fixtures.ts';

const fragment = await encodeLink(link);
const links = fc.record({ roomSecret: bytesOf(16), linkKey: bytesOf(32) });
const good: ParsedLink = { kind: 'good', link };
const characters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];

/** A fragment of any bytes with a check that fits them. */
function fragmentOf(head: Uint8Array): string {
  const check = createHash('sha256').update('pug/1 link').update(head).digest().subarray(0, 2);
  return toBase64url(Buffer.concat([head, check]));
}

describe('LK-1 LK-2 the fragment', () => {
  test('LK-1 is 68 characters of version, room secret, link key and check', () => {
    expect(fragment).toMatch(/^[A-Za-z0-9_-]{68}$/);
    expect(hex(decoded(fragment)).slice(0, -4)).toBe(`01${hex(link.roomSecret)}${hex(link.linkKey)}`);
  });

  test('LK-2 ends in the first two bytes of the labelled SHA-256', () => {
    expect(fragment).toBe(fragmentOf(decoded(fragment).subarray(0, 49)));
  });

  test('LK-1 round trip', async () => {
    await fc.assert(
      fc.asyncProperty(links, async (any) => {
        expect(await parseLink(await encodeLink(any))).toEqual({ kind: 'good', link: any });
      }),
    );
  });

  test('LK-1 refuses to encode parts of another size', async () => {
    await expect(encodeLink({ ...link, roomSecret: new Uint8Array(15) })).rejects.toThrow(RangeError);
    await expect(encodeLink({ ...link, linkKey: new Uint8Array(33) })).rejects.toThrow(RangeError);
  });
});

describe('LK-6 damage is told apart', () => {
  const cases: readonly [string, string, ParsedLink][] = [
    ['nothing', '', { kind: 'missing' }],
    ['white space', ' \n\t ', { kind: 'missing' }],
    ['a lone #', '#', { kind: 'missing' }],
    ['an address with an empty fragment', 'https://chat.example/r#', { kind: 'missing' }],
    ['an address without #', 'https://chat.example/r', { kind: 'missing' }],
    ['a long address without #', `https://chat.example/${'a/'.repeat(60)}`, { kind: 'missing' }],
    ['other words', 'hello there', { kind: 'damaged', why: 'alphabet' }],
    ['standard base64', fragment.replace(/.$/, '+'), { kind: 'damaged', why: 'alphabet' }],
    ['padding inside', `${fragment.slice(0, 60)}=${fragment.slice(61)}`, { kind: 'damaged', why: 'alphabet' }],
    ['a space inside', `${fragment.slice(0, 30)} ${fragment.slice(30)}`, { kind: 'damaged', why: 'alphabet' }],
    ['a line break inside', `${fragment.slice(0, 30)}\r\n${fragment.slice(30)}`, { kind: 'damaged', why: 'alphabet' }],
    ['a length no base64url has', fragment.slice(0, 65), { kind: 'damaged', why: 'alphabet' }],
    ['trailing bits', `${fragment.slice(0, 65)}_`, { kind: 'damaged', why: 'alphabet' }],
    ['a later version', fragmentOf(Uint8Array.of(2, ...new Uint8Array(90))), { kind: 'newer', version: 2 }],
    ['a short later version', 'EA', { kind: 'newer', version: 16 }],
    ['version 0', fragmentOf(new Uint8Array(49)), { kind: 'damaged', why: 'version' }],
    ['version 17', fragmentOf(Uint8Array.of(17, ...new Uint8Array(48))), { kind: 'damaged', why: 'version' }],
    ['version 255', '_w', { kind: 'damaged', why: 'version' }],
    ['cut off', fragment.slice(0, 64), { kind: 'damaged', why: 'length' }],
    ['written twice', fragment + fragment, { kind: 'damaged', why: 'length' }],
    ['four characters more', `${fragment}AAAA`, { kind: 'damaged', why: 'length' }],
    ['a wrong check', `${fragment.slice(0, 67)}A`, { kind: 'damaged', why: 'check' }],
  ];
  test.each(cases)('LK-6 %s', async (_name, text, verdict) => {
    expect(fragment.endsWith('A')).toBe(false);
    expect(await parseLink(text)).toEqual(verdict);
  });

  test('LK-6 every cut-off link is damaged, never good', async () => {
    for (let length = 1; length < 68; length++) {
      expect(await parseLink(fragment.slice(0, length))).toHaveProperty('kind', 'damaged');
    }
  });

  test('LK-6 every single changed character is noticed', async () => {
    for (let at = 0; at < 68; at++) {
      for (const other of characters) {
        if (other === fragment[at]) continue;
        const changed = fragment.slice(0, at) + other + fragment.slice(at + 1);
        expect((await parseLink(changed)).kind).not.toBe('good');
      }
    }
  });

  test('LK-6 any text has a verdict, and a good one is its one spelling', async () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String(),
      fc.string({ unit: fc.constantFrom(...characters) }),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const parsed = await parseLink(text);
        if (parsed.kind === 'good') expect(text).toContain(await encodeLink(parsed.link));
      }),
      { numRuns: 500 },
    );
  });
});

describe('LK-7 what messengers add', () => {
  const url = `https://chat.example/r#${fragment}`;
  const additions: readonly [string, string][] = [
    ['a leading #', `#${fragment}`],
    ['the whole address', url],
    ['words before the address', `join me: ${url}`],
    ['white space around', ` \t\n${url}\r\n `],
    ['a no-break space and a byte order mark', `\uFEFF\u00A0${url}\u00A0`],
    ['a full stop', `${url}.`],
    ['a closing bracket and more words', `${url}) see you`],
    ['quotation marks', `${url}"`],
    ['an angle bracket', `${url}>`],
    ['a campaign parameter', `${url}?utm_source=messenger&utm_medium=social`],
    ['a parameter with &', `${url}&fbclid=IwAR0abc`],
    ['a second fragment', `${url}#top`],
    ['a slash', `${url}/`],
    ['an invisible space', `${url}\u200B`],
  ];
  test.each(additions)('LK-7 removes %s', async (_name, text) => {
    expect(await parseLink(text)).toEqual(good);
  });

  test('LK-7 removes any tail that starts outside the alphabet', async () => {
    const stops = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 1 })
      .filter((stop) => !/[A-Za-z0-9_-]/.test(stop));
    await fc.assert(
      fc.asyncProperty(stops, fc.string({ unit: 'binary' }), async (stop, tail) => {
        expect(await parseLink(`#${fragment}${stop}${tail}`)).toEqual(good);
      }),
    );
  });

  test('LK-7 repairs nothing else: words stuck to the end, an escaped #, a changed case', async () => {
    expect(await parseLink(`${url}_see`)).toEqual({ kind: 'damaged', why: 'length' });
    expect(await parseLink(`${url}_`)).toEqual({ kind: 'damaged', why: 'alphabet' });
    expect(await parseLink(`https://chat.example/r%23${fragment}`)).toEqual({ kind: 'missing' });
    expect((await parseLink(fragment.toLowerCase())).kind).not.toBe('good');
  });
});
