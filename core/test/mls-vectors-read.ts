/** Reading the test vectors of RFC 9420 (../../vectors/mls/README.md), and what every kind of them needs. */
import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { type GroupContext, getCiphersuiteFromName, getCiphersuiteImpl, type MLSMessage } from 'ts-mls';
import { defaultClientConfig } from 'ts-mls/clientConfig.js';
import type { Decoder } from 'ts-mls/codec/tlsDecoder.js';
import { decodeMlsMessage } from 'ts-mls/message.js';

export const suiteName = 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519';
export const suite = await getCiphersuiteImpl(getCiphersuiteFromName(suiteName));
export const { hash, hpke, kdf, signature } = suite;
export const retention = { ...defaultClientConfig.keyRetentionConfig, maximumForwardRatchetSteps: 2000 };

/** A vector as its file has it: bytes in hex. The tests know each one's fields; a wrong name or type fails them. */
// biome-ignore lint/suspicious/noExplicitAny: fifteen layouts that are only read here; a type for each would restate the files.
export type Vector = any;

function load(kind: string): Vector[] {
  return JSON.parse(readFileSync(new URL(`../../vectors/mls/${kind}.json`, import.meta.url), 'utf8'));
}

export function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

export function hex(value: Uint8Array): string {
  return Buffer.from(value).toString('hex');
}

/** The whole of `text` decoded; throws when there is more of it, or when it does not decode. */
export function decoded<T>(decode: Decoder<T>, text: string): T {
  const source = bytes(text);
  const found = decode(source, 0);
  if (found === undefined || found[1] !== source.length) throw new Error('does not decode');
  return found[0];
}

export function messageOf<F extends MLSMessage['wireformat']>(
  text: string,
  wireformat: F,
): Extract<MLSMessage, { wireformat: F }> {
  const message = decoded(decodeMlsMessage, text);
  if (message.wireformat !== wireformat) throw new Error(`a ${message.wireformat}, not a ${wireformat}`);
  // The check above is the narrowing; the compiler cannot follow it through the type parameter.
  return message as Extract<MLSMessage, { wireformat: F }>;
}

/** One test for each vector, so that the failing one is named by its place in the file. */
export function each(kind: string, run: (vector: Vector) => Promise<void> | void): void {
  describe(`CR-11 RFC 9420 ${kind}`, () => {
    const vectors = load(kind);
    test('CR-11 the file has vectors', () => expect(vectors.length).toBeGreaterThan(0));
    for (const [at, vector] of vectors.entries()) test(`CR-11 ${kind} ${at}`, async () => run(vector));
  });
}

/** The context of a group of suite 1 without extensions. */
export function contextOf(groupId: string, epoch: bigint, tree: string, transcript: string): GroupContext {
  const [treeHashed, confirmedTranscriptHash] = [bytes(tree), bytes(transcript)];
  return {
    version: 'mls10',
    cipherSuite: suiteName,
    groupId: bytes(groupId),
    epoch,
    treeHash: treeHashed,
    confirmedTranscriptHash,
    extensions: [],
  };
}
