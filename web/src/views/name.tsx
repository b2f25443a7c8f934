/** The field for the name one has in a room. It says what is wrong with a name before that is used (CR-7). */

import type { Signal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { keepPrivate } from '../platform/page.ts';
import { faultOf } from '../state/name.ts';
import { randomName } from '../state/opening.ts';
import { words } from '../strings/words.ts';
import { Icon } from './icon.tsx';

export function NameField({ name, label, hint }: { name: Signal<string>; label: string; hint: string }) {
  const id = useId();
  const fault = faultOf(name.value);
  const { nameTooLong, nameReserved, another } = words.value.invitation;
  return (
    <div class="name-field">
      <label for={id}>{label}</label>
      <div class="joined-controls">
        <input
          id={id}
          ref={keepPrivate}
          aria-describedby={fault === null ? `${id}-hint` : `${id}-fault ${id}-hint`}
          aria-invalid={fault !== null}
          value={name}
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
        />
        <button
          type="button"
          class="icon-button"
          title={another}
          onClick={() => {
            name.value = randomName();
          }}
        >
          <Icon name="shuffle" />
        </button>
      </div>
      <p class="fault" id={`${id}-fault`} role="status">
        {fault === 'tooLong' && nameTooLong}
        {fault === 'reserved' && nameReserved}
      </p>
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}
