/** Where the focus goes when what had it is gone: without it the keyboard and a screen reader would begin at the top of the page again. */
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { isFocusFree } from '../platform/page.ts';
import { dialog } from '../state/dialog.ts';
import type { Room } from '../state/room.ts';

/**
 * While in `room` the focus goes to `element`, if this `takes` it, whenever nothing else has it: on entering, when a dialog closes that
 * opened by itself, when the newest messages are shown again, and when the connection is back and the banner with its button goes.
 */
export function useFreeFocus(room: Room, element: RefObject<HTMLElement | null>, takes: boolean): void {
  const isCovered = dialog.value !== null;
  const isHeld = room.log.isHeld.value;
  const isConnected = room.connection.value.state === 'joined';
  useEffect(() => {
    if (takes && !isCovered && isFocusFree()) element.current?.focus();
  }, [isCovered, isHeld, isConnected]);
}
