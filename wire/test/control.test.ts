import { describe, expect, spyOn, test } from 'bun:test';
import fc from 'fast-check';
import {
  decodeClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  encodeServerMessage,
  maxControlBytes,
  type ServerMessage,
} from '../src/index.ts';
import { clientMessages, serverMessages } from './arbitrary.ts';

const codecs = [
  ['SK-5 client', clientMessages.map(encodeClientMessage), decodeClientMessage, encodeClientMessage],
  ['SK-6 relay', serverMessages.map(encodeServerMessage), decodeServerMessage, encodeServerMessage],
] as const;

/** Other texts that a lenient reader would read as the same message. */
function lenientSpellings(text: string): string[] {
  const parsed: Record<string, unknown> = JSON.parse(text);
  const entries = Object.entries(parsed);
  const reversed = JSON.stringify(Object.fromEntries(entries.toReversed()));
  return [
    ` ${text}`,
    `${text}\n`,
    `${text}\u0000`,
    `\uFEFF${text}`,
    text.replace(':', ': '),
    text.replace('"type"', '"\\u0074ype"'),
    text.replace('{', '{"type":"ping",'),
    text.replace(/}$/, ',"more":1}'),
    text.replace(/}$/, ',"__proto__":null}'),
    text.replace(/}$/, ',}'),
    `[${text}]`,
    text + text,
    ...(entries.length > 1 ? [reversed] : []),
    ...(/:\d+[,}]/.test(text)
      ? [text.replace(/:(\d+)([,}])/, ':$1.0$2'), text.replace(/:(\d+)([,}])/, ':$1e0$2')]
      : []),
  ];
}

describe('HT-1 SK-2 control messages', () => {
  test('SK-5 a message of a client round-trips and is at most 1,024 bytes', () => {
    fc.assert(
      fc.property(clientMessages, (message) => {
        const text = encodeClientMessage(message);
        expect(decodeClientMessage(text)).toEqual(message);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxControlBytes);
      }),
    );
  });

  test('SK-6 a message of a relay round-trips', () => {
    fc.assert(
      fc.property(serverMessages, (message) => {
        expect(decodeServerMessage(encodeServerMessage(message))).toEqual(message);
      }),
    );
  });

  for (const [name, texts, decode, encode] of codecs) {
    test(`HT-1 ${name}: no lenient spelling of a good message is read`, () => {
      fc.assert(
        fc.property(texts, (text) => {
          for (const spelling of lenientSpellings(text)) expect(decode(spelling)).toBeNull();
        }),
      );
    });

    test(`HT-1 ${name}: a message with one character changed is refused, or is another message in its one spelling`, () => {
      const changed = fc.tuple(texts, fc.nat(), fc.string({ unit: 'binary-ascii', maxLength: 2 }));
      fc.assert(
        fc.property(changed, ([text, anywhere, characters]) => {
          const at = anywhere % text.length;
          const mutated = text.slice(0, at) + characters + text.slice(at + 1);
          const message = decode(mutated);
          // The codec of this very direction made the message.
          if (message !== null) expect(encode(message as never)).toBe(mutated);
        }),
        { numRuns: 3000 },
      );
    });

    test(`HT-1 ${name}: no text of any kind throws`, () => {
      fc.assert(
        fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => expect(decode(text)).toBeNull()),
      );
    });
  }

  test('SK-2 a text over 1,024 characters is not even read', () => {
    const parse = spyOn(JSON, 'parse');
    expect(decodeClientMessage(`{"type":"ping"}${' '.repeat(1010)}`)).toBeNull();
    expect(decodeClientMessage('['.repeat(100_000))).toBeNull();
    expect(parse).not.toHaveBeenCalled();
    expect(decodeClientMessage('{"type":"ping"}')).not.toBeNull();
    expect(parse).toHaveBeenCalled();
    parse.mockRestore();
  });

  test('SK-6 depth does not overflow', () => {
    expect(decodeServerMessage(`${'['.repeat(100_000)}`)).toBeNull();
    expect(decodeServerMessage(`${'['.repeat(5000)}${']'.repeat(5000)}`)).toBeNull();
    expect(decodeServerMessage(`{"type":"joined","member":${'['.repeat(5000)}${']'.repeat(5000)}}`)).toBeNull();
  });

  test('SK-6 a joined message lists its own member, and of its members the owners, strictly ascending', () => {
    const message: ServerMessage = {
      ...{ type: 'joined', member: 2, members: [1, 2, 9], seq: 4, now: 1, expiresAt: 2, capacity: 6 },
      ...{ locked: false, owners: [1, 2], ticket: new Uint8Array(16) },
    };
    const read = (lists: object) => decodeServerMessage(encodeServerMessage({ ...message, ...lists }));
    for (const owners of [[], [9], [1, 2, 9]]) expect(read({ owners })).toEqual({ ...message, owners });
    for (const owners of [[3], [1, 9, 10], [2, 2], [2, 1], [0, 2]]) expect(read({ owners })).toBeNull();
    for (const members of [[], [1], [2, 2], [2, 1], [0, 2], [1, 2, 2 ** 32]])
      expect(read({ members, owners: [] })).toBeNull();
  });

  test('SK-5 SK-6 neither side reads what only the other sends', () => {
    const onlyClient = fc.constantFrom('ping', 'purge');
    const onlyRelay = fc.constantFrom('pong', 'hello', 'joined', 'leave', 'closing');
    fc.assert(fc.property(onlyClient, (type) => expect(decodeServerMessage(`{"type":"${type}"}`)).toBeNull()));
    fc.assert(fc.property(onlyRelay, (type) => expect(decodeClientMessage(`{"type":"${type}"}`)).toBeNull()));
  });
});
