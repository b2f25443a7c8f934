/** The composer: several lines, a draft that outlives lost connections, and a limit that is shown before it bites. */
import { maxTextBytes, utf8Bytes } from '@pug/core';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { isTouch } from '../platform/device.ts';
import { keepPrivate } from '../platform/page.ts';
import { showNewest } from '../state/log.ts';
import type { Room } from '../state/room.ts';
import { words } from '../strings/words.ts';
import { Icon } from './icon.tsx';

/** From here on the size is shown. */
const sizeShownBytes = maxTextBytes * 0.8;

/** Enter sends; on a touch keyboard it breaks the line, and there the button sends. Ctrl and ⌘ with Enter send everywhere. */
function sends({ key, isComposing, shiftKey, ctrlKey, metaKey }: KeyboardEvent, touch: boolean): boolean {
  if (key !== 'Enter' || isComposing) return false;
  return ctrlKey || metaKey || (!shiftKey && !touch);
}

export function Composer({ room }: { room: Room }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const send = (event: Event) => {
    event.preventDefault();
    if (room.session.send(room.draft.value) === 'ok') {
      room.draft.value = '';
      showNewest(room.log);
    }
    field.current?.focus();
  };
  const bytes = utf8Bytes(room.draft.value);
  const isSendable = bytes <= maxTextBytes && room.draft.value.trim() !== '';
  return (
    <form class="composer" autocomplete="off" onSubmit={send}>
      <Size bytes={bytes} />
      <Draft room={room} field={field} isTooLong={bytes > maxTextBytes} onSend={send} />
      <button
        type="submit"
        class="send main-action"
        aria-label={words.value.composer.send}
        title={words.value.composer.send}
        disabled={!isSendable}
      >
        <Icon name="send" />
      </button>
    </form>
  );
}

interface DraftProps {
  room: Room;
  field: RefObject<HTMLTextAreaElement | null>;
  isTooLong: boolean;
  onSend: (event: Event) => void;
}

function Draft({ room, field, isTooLong, onSend }: DraftProps) {
  const touch = isTouch();
  useEffect(() => {
    keepPrivate(field.current);
    if (!touch) field.current?.focus();
  }, []);
  return (
    <textarea
      ref={field}
      rows={1}
      dir="auto"
      aria-label={words.value.composer.label}
      aria-invalid={isTooLong}
      placeholder={words.value.composer.placeholder}
      enterkeyhint={touch ? 'enter' : 'send'}
      title={touch ? undefined : words.value.composer.enterHint}
      value={room.draft}
      onInput={(event) => {
        room.draft.value = event.currentTarget.value;
      }}
      onKeyDown={(event) => {
        if (sends(event, touch)) onSend(event);
      }}
    />
  );
}

function Size({ bytes }: { bytes: number }) {
  if (bytes < sizeShownBytes) return null;
  const over = bytes - maxTextBytes;
  return (
    <p class={over > 0 ? 'size over' : 'size'} role={over > 0 ? 'alert' : undefined}>
      {over > 0 ? words.value.composer.tooLong(over) : words.value.composer.size(bytes, maxTextBytes)}
    </p>
  );
}
