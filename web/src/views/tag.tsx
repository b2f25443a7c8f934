/** The tag beside a name: it follows from the person's key and tells two people of one name apart (CR-16). */
import { words } from '../strings/words.ts';

export function KeyTag({ tag }: { tag: string | null }) {
  if (tag === null) return null;
  return (
    <span class="key-tag" title={words.value.people.keyTag} translate={false}>
      {tag}
    </span>
  );
}
