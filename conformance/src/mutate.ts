/** Seeded random input: the same seed gives the same run. */

/** A whole number from 0 to `count` − 1. */
export type Pick = (count: number) => number;

/** mulberry32: 32 bits of state, fast, and good enough to stumble about. */
export function pickFrom(seed: number): Pick {
  let state = seed >>> 0;
  return (count) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  };
}

/** What parsers stumble over. */
const snags = [
  ...['\0', '"', '\\', '{', '}', '[', ']', ',', ':', ' ', '\n', '\r\n', '\r\n\r\n', '=', '+', '/', '#', '%23', '../'],
  ...['null', 'true', '-1', '0', '1.0', '1e9', '4294967295', '4294967296', '9007199254740993', '1e999', '__proto__'],
  ...[
    '"type":"join"',
    '"member":0',
    '\\u0000',
    '\ufeff',
    '\u202e',
    '\ud7ff',
    'é',
    '😀',
    'A'.repeat(70),
    '['.repeat(200),
  ],
];
const oddBytes = ['00', '01', '7f', '80', 'c0', 'ff', '00000000', 'ffffffff'].map((hex) => Buffer.from(hex, 'hex'));

/** `bytes` with `count` of them from `at` on replaced. */
function replaced(bytes: Uint8Array, at: number, count: number, by: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(at + count)]);
}

function randomBytes(pick: Pick, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => pick(256)));
}

type Mutation = (bytes: Uint8Array, at: number, pick: Pick) => Uint8Array;

const mutations: readonly Mutation[] = [
  (bytes, at, pick) => replaced(bytes, at, 1, Buffer.of((bytes[at] ?? 0) ^ (1 << pick(8)))),
  (bytes, at, pick) => replaced(bytes, at, 1, randomBytes(pick, 1)),
  (bytes, at, pick) => replaced(bytes, at, 0, randomBytes(pick, 1 + pick(8))),
  (bytes, at, pick) => replaced(bytes, at, 1 + pick(8), Buffer.alloc(0)),
  (bytes, at, pick) => replaced(bytes, at, pick(4), Buffer.from(snags[pick(snags.length)] ?? '')),
  (bytes, at, pick) => replaced(bytes, at, pick(5), oddBytes[pick(oddBytes.length)] ?? Buffer.alloc(0)),
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at) => replaced(bytes, at, 0, bytes.subarray(at, at + 64)),
  (bytes, at, pick) => replaced(bytes, at, 16, bytes.subarray(pick(bytes.length + 1)).subarray(0, 16)),
];

/** One of `corpus` with up to four small changes, or none; now and then something else altogether. */
export function mutatedBytes(pick: Pick, corpus: readonly Uint8Array[]): Uint8Array {
  if (corpus.length === 0 || pick(20) === 0) return randomBytes(pick, pick(300));
  let mutated = Uint8Array.from(corpus[pick(corpus.length)] ?? []);
  for (let left = pick(5); left > 0; left--) {
    const mutation = mutations[pick(mutations.length)];
    if (mutation) mutated = Uint8Array.from(mutation(mutated, pick(mutated.length + 1), pick));
  }
  return mutated;
}

/** The same for texts, whose bytes are read as UTF-8. */
export function mutatedText(pick: Pick, corpus: readonly string[]): string {
  return Buffer.from(
    mutatedBytes(
      pick,
      corpus.map((text) => Buffer.from(text)),
    ),
  ).toString('utf8');
}
