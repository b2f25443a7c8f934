/**
 * The pseudo-language ar-XB, which is English written from right to left: it shows what a language of that direction will look like before
 * there is one. Browsers that are set to it get it; nobody is offered it.
 */
import type { Words } from './words.ts';

const [override, end] = ['\u202e', '\u202c'];

/** Every text of `tree` mirrored, those that functions will make as well. */
function mirror(tree: unknown): unknown {
  if (typeof tree === 'string') return tree.replace(/\S+/g, (word) => `${override}${word}${end}`);
  if (typeof tree === 'function') return (...args: unknown[]) => mirror(tree(...args));
  if (Array.isArray(tree)) return tree.map(mirror);
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, mirror(value)]));
}

export function mirrored(words: Words): Words {
  return mirror(words) as Words; // Of the same shape: only texts have changed.
}
