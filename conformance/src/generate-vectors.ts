/** Writes vectors/: `npm run vectors`. Removes those that no generator makes any more; writing again leaves no difference. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { ask } from '../../tools/usage.mjs';
import { codeVectors } from './generate-codes.ts';
import { controlVectors } from './generate-control.ts';
import { envelopeVectors } from './generate-envelope.ts';
import { frameVectors } from './generate-frames.ts';
import { httpVectors } from './generate-http.ts';
import { joinVectors } from './generate-join.ts';
import { keyVectors } from './generate-keys.ts';
import { linkVectors } from './generate-link.ts';
import { nameVectors } from './generate-names.ts';
import { proofOfWorkVectors } from './generate-proof-of-work.ts';
import { rosterVectors } from './generate-roster.ts';
import { safetyVectors } from './generate-safety.ts';
import { fileOf, type Vector } from './vector.ts';

/** Every vector there is. */
export const allVectors: readonly Vector[] = [
  ...linkVectors,
  ...keyVectors,
  ...frameVectors,
  ...controlVectors,
  ...httpVectors,
  ...joinVectors,
  ...proofOfWorkVectors,
  ...codeVectors,
  ...envelopeVectors,
  ...rosterVectors,
  ...nameVectors,
  ...safetyVectors,
];

/** The folder of this repository that holds them. */
export const vectorsFolder = join(import.meta.dir, '../../vectors');

/** The files in there that our generators make, by their path; those of RFC 9420 in `mls` are another's. */
export function vectorFiles(): readonly string[] {
  return readdirSync(vectorsFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json') && !name.startsWith(`mls${sep}`))
    .sort();
}

function writeAll(): void {
  const paths = new Set(allVectors.map(({ path }) => `${path}.json`));
  if (paths.size !== allVectors.length) throw new Error('two vectors have one name');
  for (const name of vectorFiles()) if (!paths.has(name)) rmSync(join(vectorsFolder, name));
  for (const vector of allVectors) {
    const file = join(vectorsFolder, `${vector.path}.json`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, fileOf(vector));
  }
  console.log(`vectors: ${allVectors.length} written`);
}

if (import.meta.main) {
  ask('npm run vectors\nWrites the vectors anew. It takes nothing.');
  writeAll();
}
