import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { maxMarked, type Piece, pieces } from '../src/state/links.ts';
import { eightfoldBound, leastMs } from './pace.ts';

/** What is shown, links in brackets with the address they open, code in angles. */
function drawn(text: string): string {
  const form = (piece: Piece): string => {
    if (piece.kind === 'link') return `[${piece.text}|${piece.href}]`;
    return piece.kind === 'code' ? `<${piece.text}>` : piece.text;
  };
  return pieces(text).map(form).join('');
}

describe('CR-7 links in texts of other people', () => {
  test.each([
    ['no link here', 'no link here'],
    ['see https://example.org/a?b=c#d now', 'see [https://example.org/a?b=c#d|https://example.org/a?b=c#d] now'],
    ['https://example.org', '[https://example.org|https://example.org/]'],
    ['HTTP://EXAMPLE.ORG/x', '[HTTP://EXAMPLE.ORG/x|http://example.org/x]'],
    ['(https://example.org/a).', '([https://example.org/a|https://example.org/a]).'],
    ['https://example.org/a_(b)!', '[https://example.org/a_(b)|https://example.org/a_(b)]!'],
    ['"https://example.org/a"', '"[https://example.org/a|https://example.org/a]"'],
    [
      'a https://a.example b\nhttps://b.example',
      'a [https://a.example|https://a.example/] b\n[https://b.example|https://b.example/]',
    ],
  ])('CR-7 finds http and https: %s', (text, expected) => expect(drawn(text)).toBe(expected));

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'ftp://example.org',
    'https://',
    'https://user@example.org/',
    'https://bank.example:secret@evil.example/',
    'http://[broken',
  ])('CR-7 leaves as text: %s', (text) => expect(pieces(text)).toEqual([{ kind: 'text', text }]));

  test.each([
    ['https://gооgle.example/', 'https://xn--ggle-55da.example/'],
    ['https://bücher.example/x', 'https://xn--bcher-kva.example/x'],
    ['https://example.org:443/', 'https://example.org/'],
    ['http://0x7f.1/', 'http://127.0.0.1/'],
    ['https://ｅxample.org/', 'https://example.org/'],
  ])('CR-7 shows the host that is looked up: %s', (text, shown) =>
    expect(pieces(text)).toEqual([{ kind: 'link', text: shown, href: shown }]),
  );

  test.each([
    ['run `npm test` now', 'run <npm test> now'],
    ['`https://example.org`', '<https://example.org>'],
    ['https://example.org/`x`', '[https://example.org/|https://example.org/]<x>'],
    ['```x``` and ``y``', '<x> and <y>'],
    ['`a` `b`', '<a> <b>'],
    ['one ` alone, `` two, `over\na line`', 'one ` alone, `` two, `over\na line`'],
    ['``uneven`', '``uneven`'],
  ])('CR-7 finds code: %s', (text, expected) => expect(drawn(text)).toBe(expected));

  test('CR-7 marks a bounded number of links and code spans of one text, and shows the rest of it', () => {
    const found = pieces('http://a `b` '.repeat(1_200));
    expect(found.filter(({ kind }) => kind !== 'text').length).toBe(maxMarked);
    expect(found.at(-1)).toEqual({ kind: 'text', text: ` ${'http://a `b` '.repeat(1_200 - maxMarked / 2)}` });
  });

  test.each([
    ['closing brackets', `https://a.example/${')'.repeat(16_000)}`],
    ['backticks', '`a``a```a'.repeat(1_800)],
    ['user names', 'http://a@b '.repeat(1_500)],
  ])('CR-7 reads the longest texts in a time that grows with their length only: %s', (_what, text) => {
    const eighth = text.slice(0, text.length / 8);
    expect(leastMs(() => pieces(text)) / leastMs(() => pieces(eighth))).toBeLessThan(eightfoldBound);
  });

  test('CR-7 leaves every text around links as it was, in order, and links only http and https', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('https://a.example/', 'http://b.example', '(', ')', '.', ' ', '\n'),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const text = parts.join('');
        const found = pieces(text);
        let at = 0;
        for (const piece of found) {
          if (piece.kind === 'link') {
            expect(piece.href).toMatch(/^https?:\/\/[^/@]+(\/|$)/);
            continue;
          }
          if (piece.kind === 'code') continue;
          const next = text.indexOf(piece.text, at);
          expect(next).toBeGreaterThanOrEqual(at);
          at = next + piece.text.length;
        }
        if (found.every(({ kind }) => kind === 'text')) expect(at).toBe(text.length);
      }),
      { numRuns: 300 },
    );
  });
});
