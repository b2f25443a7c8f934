/** Somebody's name, apart from the words around it, and the tag beside it: it follows from the person's key and tells two people of one name apart (CR-16). */
import type { Sentence, Who } from '../strings/sentence.ts';
import { words } from '../strings/words.ts';

export function named({ name, tag }: Who) {
  return (
    <>
      <bdi>{name}</bdi>
      {tag !== null && (
        <>
          {' '}
          <span class="key-tag" title={words.value.people.keyTag} translate={false}>
            {tag}
          </span>
        </>
      )}
    </>
  );
}

export function told(sentence: Sentence) {
  return sentence.map((part) => (typeof part === 'string' ? part : named(part)));
}
