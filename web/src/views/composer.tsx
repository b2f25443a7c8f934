/** The composer: several lines, a draft that outlives lost connections, and a limit that is shown before it bites. */
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { isTouch } from '../platform/device.ts';
import { keepPrivate } from '../platform/page.ts';
import { say } from '../state/announcer.ts';
import { type DraftSize, sizeOf } from '../state/draft.ts';
import { showNewest } from '../state/log.ts';
import type { Room } from '../state/room.ts';
import { words } from '../strings/words.ts';
import { useFreeFocus } from './focus.ts';
import { Icon } from './icon.tsx';

const sizeId = 'draft-size';
/** Where a browser cannot grow a field with what is in it, it grows with the line breaks. */
const maxRows = 8;
/** The key that ends a composition in Safari says that none is going on; this code says that one was. */
const composingKeyCode = 229;

/**
 * Enter sends, and Shift+Enter breaks the line. On a touch keyboard both break it: iOS reports Shift where it capitalizes by itself, as at
 * the beginning of a sentence, and would send half a text. Ctrl and ⌘ with Enter send everywhere.
 */
function sends(event: KeyboardEvent, touch: boolean): boolean {
  const { key, isComposing, keyCode, shiftKey, ctrlKey, metaKey } = event;
  if (key !== 'Enter' || isComposing || keyCode === composingKeyCode) return false;
  return ctrlKey || metaKey || (!shiftKey && !touch);
}

export function Composer({ room }: { room: Room }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const { maxTextBytes } = room.session.view;
  const size = sizeOf(room.draft.value, maxTextBytes);
  // Once, when the limit is crossed: said after every key, it would drown what is typed.
  useEffect(() => {
    if (size.kind === 'over') say(words.value.composer.tooLong(size.overBytes));
  }, [size.kind]);
  const send = (event: Event) => {
    event.preventDefault();
    if (room.session.send(room.draft.value) === 'ok') {
      room.draft.value = '';
      showNewest(room.log);
    }
    field.current?.focus();
  };
  return (
    <form class="composer" autocomplete="off" onSubmit={send}>
      <Size size={size} maxBytes={maxTextBytes} />
      <div class="draft">
        <Draft room={room} field={field} size={size} onSend={send} />
      </div>
      <button
        type="submit"
        class="send main-action"
        title={words.value.composer.send}
        disabled={size.kind === 'nothing' || size.kind === 'over'}
      >
        <Icon name="send" />
      </button>
    </form>
  );
}

interface DraftProps {
  room: Room;
  field: RefObject<HTMLTextAreaElement | null>;
  size: DraftSize;
  onSend: (event: Event) => void;
}

function Draft({ room, field, size, onSend }: DraftProps) {
  const touch = isTouch();
  const isCounted = size.kind === 'near' || size.kind === 'over';
  useEffect(() => keepPrivate(field.current), []);
  useFreeFocus(room, field, !touch);
  return (
    <textarea
      ref={field}
      rows={Math.min(maxRows, room.draft.value.split('\n', maxRows).length)}
      dir="auto"
      aria-label={words.value.composer.label}
      aria-invalid={size.kind === 'over'}
      aria-describedby={isCounted ? sizeId : undefined}
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

function Size({ size, maxBytes }: { size: DraftSize; maxBytes: number }) {
  if (size.kind !== 'near' && size.kind !== 'over') return null;
  const isOver = size.kind === 'over';
  return (
    <p id={sizeId} class={isOver ? 'size over' : 'size'}>
      {isOver ? words.value.composer.tooLong(size.overBytes) : words.value.composer.size(size.bytes, maxBytes)}
    </p>
  );
}
