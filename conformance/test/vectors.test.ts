/** Reads every vector and holds wire and core to it. The title of each test is the vector's path and the rules it proves. */
import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allVectors, vectorFiles, vectorsFolder } from '../src/generate-vectors.ts';
import { fileOf } from '../src/vector.ts';
import { coreReaders } from './vectors-core.ts';
import { proofOfWorkReader } from './vectors-proof-of-work.ts';
import type { Read, Reader } from './vectors-read.ts';
import { rosterReaders } from './vectors-roster.ts';
import { wireReaders } from './vectors-wire.ts';

const readers: { readonly [folder: string]: Reader } = {
  ...wireReaders,
  ...coreReaders,
  ...rosterReaders,
  'proof-of-work': proofOfWorkReader,
};

const names = vectorFiles();

function read(name: string): Read {
  // Written by our generators, and compared with what they make below.
  return JSON.parse(readFileSync(join(vectorsFolder, name), 'utf8')) as Read;
}

for (const name of names) {
  const vector = read(name);
  test(`vector ${name} ${[vector.rule].flat().join(' ')}`, async () => {
    const reader = readers[name.split('/')[0] ?? ''];
    if (reader === undefined) throw new Error(`nothing reads ${name}`);
    await reader(vector, name);
  });
}

describe('HT-1 the vectors themselves', () => {
  test('HT-1 generating again leaves no difference', () => {
    expect(names).toEqual(allVectors.map(({ path }) => `${path}.json`).toSorted());
    for (const vector of allVectors) {
      expect(readFileSync(join(vectorsFolder, `${vector.path}.json`), 'utf8')).toBe(fileOf(vector));
    }
  });

  test('HT-1 every vector has a rule, a verdict and a comment', () => {
    for (const { rule, expect: verdict, comment } of allVectors) {
      expect([rule].flat().every((id) => /^[A-Z]{2}-\d+$/.test(id))).toBe(true);
      expect(['accept', 'refuse']).toContain(verdict);
      expect(comment).not.toBe('');
    }
  });
});
