/** A link that this browser could do nothing with, given back for another: it was taken out of the address bar. */
import { useId } from 'preact/hooks';
import { keepPrivate } from '../platform/page.ts';
import { words } from '../strings/words.ts';

export function KeptLink({ link }: { link: string }) {
  const id = useId();
  return (
    <form class="card" autocomplete="off">
      <label for={id}>{words.value.cannotRun.link}</label>
      <input
        id={id}
        class="link-field"
        ref={keepPrivate}
        readOnly
        dir="ltr"
        value={link}
        onFocus={(event) => event.currentTarget.select()}
      />
    </form>
  );
}
