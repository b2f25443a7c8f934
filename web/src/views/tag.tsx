/** Somebody's name, apart from the words around it, and the tag beside it: it follows from the person's key and tells two people of one name apart (CR-16). */
import type { Sentence, Who } from '../strings/sentence.ts';
import { words } from '../strings/words.ts';

export function Named({ who: { name, tag } }: { who: Who }) {
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

export function Told({ sentence }: { sentence: Sentence }) {
  return sentence.map((part, at) => (typeof part === 'string' ? part : <Named key={`${at}`} who={part} />));
}
