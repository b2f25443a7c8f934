/** The field for a pasted link. It never touches the address bar or the history. */
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { keepPrivate } from '../platform/page.ts';
import { judgeLink } from '../state/invitation.ts';
import { words } from '../strings/words.ts';

export function PasteLink() {
  const text = useSignal('');
  const id = useId();
  const look = (event: Event) => {
    event.preventDefault();
    if (text.value.trim() !== '') void judgeLink(text.value);
  };
  return (
    <form class="card" autocomplete="off" onSubmit={look}>
      <h2>{words.value.start.pasteHeading}</h2>
      <label for={id}>{words.value.start.pasteLabel}</label>
      <input
        id={id}
        ref={keepPrivate}
        aria-describedby={`${id}-hint`}
        inputMode="url"
        dir="ltr"
        value={text}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <p class="hint" id={`${id}-hint`}>
        {words.value.start.pasteHint}
      </p>
      <button type="submit" disabled={text.value.trim() === ''}>
        {words.value.start.pasteGo}
      </button>
    </form>
  );
}
