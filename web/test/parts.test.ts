import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { beginningOf, isEmoji, isLong, partsOf } from '../src/state/parts.ts';
import { eightfoldBound, leastMs } from './pace.ts';

/** Parts as they are drawn: prose as it is, code blocks in brackets behind their label. */
function drawn(text: string): string[] {
  return partsOf(text).map((part) =>
    part.kind === 'code_block' ? `${part.label}[${part.code}]` : part.pieces.map(({ text }) => text).join(''),
  );
}

describe('CR-7 the parts of a text', () => {
  test.each<[string, string[]]>([
    ['no code', ['no code']],
    ['before\n```js\nconst a = 1;\n\n  b();\n```\nafter', ['before', 'js[const a = 1;\n\n  b();]', 'after']],
    ['```\nonly code\n```', ['[only code]']],
    ['```\n```', ['[]']],
    ['````\n```\ninner\n```\n````', ['[```\ninner\n```]']],
    ['```\none\n```\n```\ntwo\n```', ['[one]', '[two]']],
    ['```\nnever closed', ['```\nnever closed']],
    ['```js\none\n``` not a fence\ntwo\n```', ['js[one\n``` not a fence\ntwo]']],
    ['text ```\nnot at the start\n```', ['text ```\nnot at the start\n```']],
    ['first line\n\nsecond paragraph', ['first line\n\nsecond paragraph']],
    ['```what is written here is shown\nx\n```', ['what is written here is shown[x]']],
  ])('CR-7 %j', (text, parts) => expect(drawn(text)).toEqual(parts));

  test('CR-7 everything but white space and fences is shown, in order', () => {
    const part = fc.oneof(fc.constantFrom('```', '\n', '````', '`', 'a', ' b ', 'https://a.example/x', '```js'));
    const visible = (text: string) => text.replace(/[`\s]/g, '');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const text = parts.join('');
        const shown = partsOf(text).map((one) =>
          one.kind === 'code_block' ? one.label + one.code : one.pieces.map((piece) => piece.text).join(''),
        );
        expect(visible(shown.join(''))).toBe(visible(text));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['openings that nothing closes', '```a\n'],
    ['openings of falling length', (n: number) => `${'`'.repeat(Math.max(3, 180 - n))}\n`],
  ])('CR-7 reads the longest texts in a time that grows with their length only: %s', (_what, line) => {
    const textOf = (lines: number) =>
      Array.from({ length: lines }, (_, n) => (typeof line === 'string' ? line : line(n))).join('');
    const [long, eighth] = [textOf(3_200), textOf(400)];
    expect(leastMs(() => partsOf(long)) / leastMs(() => partsOf(eighth))).toBeLessThan(eightfoldBound);
  });
});

describe('CL-5 the beginning of a long text, which is all that is drawn of it at first', () => {
  const partsBefore = (text: string) => partsOf(text, beginningOf(text));

  test('CL-5 holds what is in sight and no more, whatever a text of the largest size is made of', () => {
    const fences = '```\nx\n```\n'.repeat(1_500);
    expect(partsOf(fences)).toHaveLength(101);
    expect(partsBefore(fences)).toHaveLength(10);
    for (const text of [
      fences,
      '`x` '.repeat(4_000),
      '```js\n'.repeat(2_700),
      'x\n'.repeat(8_000),
      'x'.repeat(16_384),
    ]) {
      const start = beginningOf(text);
      expect(text.startsWith(start)).toBe(true);
      expect(start.length).toBeLessThanOrEqual(2_500);
      expect(start.split('\n').length).toBeLessThanOrEqual(30);
      expect(isLong(start), 'and is not cut a second time').toBe(false);
    }
  });

  test('CL-5 a block of code that goes on is one, is drawn in part and copied whole', () => {
    const code = Array.from({ length: 60 }, (_, n) => `line ${n}`).join('\n');
    const [block] = partsBefore(`\`\`\`js\n${code}\n\`\`\``);
    expect(block).toMatchObject({ kind: 'code_block', label: 'js', code });
    expect(block?.kind === 'code_block' && block.shown.split('\n').at(-1)).toBe('line 28');
  });

  test('CL-13 neither half an address nor half a character', () => {
    const address = `${'word '.repeat(498)}https://bank.example/pay?to=friend`;
    const last = (text: string) =>
      partsBefore(text)
        .flatMap((part) => (part.kind === 'prose' ? part.pieces : []))
        .at(-1);
    expect(last(`${address} ${'more '.repeat(50)}`)).toMatchObject({ kind: 'text', text: 'https://ba' });
    expect(beginningOf(`${'x'.repeat(2_499)}👍👍`)).toBe('x'.repeat(2_499));
    expect(beginningOf(`${'x'.repeat(2_498)}👍👍`)).toBe(`${'x'.repeat(2_498)}👍`);
  });
});

describe('CL-5 texts that are shown in their own way', () => {
  test.each([
    ['👍', true],
    ['👍 🎉\n', true],
    ['👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿❤️', true],
    ['🐕🐕🐕🐕🐕🐕', true],
    ['🐕🐕🐕🐕🐕🐕🐕', false],
    ['👍 ok', false],
    ['7', false],
    ['', false],
    [' ', false],
  ])('CL-5 %j is only a few emoji: %p', (text, is) => expect(isEmoji(text)).toBe(is));

  test('CL-5 every emoji of one character is one, and so are keycaps, flags, tones, families and joined ones', () => {
    const emoji = /^\p{RGI_Emoji}$/v;
    const characters = Array.from({ length: 0x1_fb00 }, (_, code) => String.fromCodePoint(code)).filter((one) =>
      emoji.test(one),
    );
    expect(characters.length).toBeGreaterThan(1_000);
    const joined = ['1️⃣', '#️⃣', '🇩🇪', '👋🏽', '🏽', '👩‍👩‍👧‍👦', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🧑🏻‍🤝‍🧑🏿', '☎️'];
    expect([...characters, ...joined].filter((one) => !isEmoji(one))).toEqual([]);
  });

  test.each([
    ['a word', false],
    ['x'.repeat(2_500), false],
    ['x'.repeat(2_501), true],
    ['\n'.repeat(29), false],
    ['\n'.repeat(30), true],
  ])('CL-5 a long text is shown in part: %#', (text, is) => expect(isLong(text)).toBe(is));
});
