/** What the keys of the page do, and the way out that they are most needed for. */
import { leaveFor } from '../platform/page.ts';
import { dialog } from './dialog.ts';
import { isInRoom, leaveRoom } from './membership.ts';
import { becomeNobody } from './person.ts';
import { screen } from './screen.ts';
import { dropSecret } from './secret.ts';

/** Known everywhere, and nobody is asked why they read it. */
const neutralPage = 'https://www.wikipedia.org/';

/** Drops everything, empties the page, and is elsewhere. The way back does not lead here. */
export function quickExit(): void {
  leaveRoom();
  dropSecret();
  becomeNobody();
  leaveFor(neutralPage);
}

const isRoomShown = () => screen.value.at === 'room' && screen.value.room.view.value !== null;

function open(kind: 'share' | 'keys'): boolean {
  if (!isRoomShown() || dialog.value !== null) return false;
  dialog.value = { kind };
  return true;
}

function leave(): boolean {
  const wasInRoom = isInRoom();
  leaveRoom();
  return wasInRoom;
}

export const pageKeys = { exit: quickExit, share: () => open('share'), leave, list: () => open('keys') };
