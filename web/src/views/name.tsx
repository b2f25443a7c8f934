/** The field for the name one has in a room. */

import type { Signal } from '@preact/signals';
import { maxNameBytes } from '@pug/core';
import { useId } from 'preact/hooks';
import { keepPrivate } from '../platform/page.ts';
import { randomName } from '../state/opening.ts';
import { words } from '../strings/words.ts';
import { Icon } from './icon.tsx';

export function NameField({ name, label, hint }: { name: Signal<string>; label: string; hint: string }) {
  const id = useId();
  return (
    <div class="name-field">
      <label for={id}>{label}</label>
      <div class="joined-controls">
        <input
          id={id}
          ref={keepPrivate}
          aria-describedby={`${id}-hint`}
          maxLength={maxNameBytes}
          value={name}
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
        />
        <button
          type="button"
          class="icon-button"
          aria-label={words.value.invitation.another}
          title={words.value.invitation.another}
          onClick={() => {
            name.value = randomName();
          }}
        >
          <Icon name="shuffle" />
        </button>
      </div>
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}
