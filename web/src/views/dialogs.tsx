/** Which dialog lies over the screen. Most of them belong to a room. */
import { type Dialog, dialog } from '../state/dialog.ts';
import type { Room } from '../state/room.ts';
import { screen } from '../state/screen.ts';
import type { Who } from '../strings/sentence.ts';
import { words } from '../strings/words.ts';
import { AboutDialog } from './about.tsx';
import { Question } from './dialog.tsx';
import { KeysDialog } from './keys.tsx';
import { MenuDialog } from './menu.tsx';
import { PeopleDialog } from './people.tsx';
import { RenameDialog } from './rename.tsx';
import { SeesDialog } from './sees.tsx';
import { ShareDialog } from './share.tsx';
import { told } from './tag.tsx';
import { VerifyDialog } from './verify.tsx';

export function Dialogs() {
  const open = dialog.value;
  const now = screen.value;
  if (open === null) return null;
  if (open.kind === 'sees') return <SeesDialog key="sees" />;
  if (open.kind === 'about') return <AboutDialog key="about" />;
  return now.at === 'room' ? <RoomDialog key={open.kind} open={open} room={now.room} /> : null;
}

function RoomDialog({ open, room }: { open: Exclude<Dialog, { kind: 'sees' } | { kind: 'about' }>; room: Room }) {
  switch (open.kind) {
    case 'share':
      return <ShareDialog room={room} />;
    case 'people':
      return <PeopleDialog room={room} />;
    case 'menu':
      return <MenuDialog room={room} />;
    case 'verify':
      return <VerifyDialog room={room} />;
    case 'keys':
      return <KeysDialog />;
    case 'rename':
      return <RenameDialog room={room} />;
    case 'purge':
      return <PurgeQuestion room={room} />;
    case 'remove':
      return <RemoveQuestion room={room} member={open.member} who={open.who} />;
    case 'other_link':
      return <OtherLinkQuestion room={room} look={open.look} />;
  }
}

function PurgeQuestion({ room }: { room: Room }) {
  const { heading, text, limit, confirm, cancel } = words.value.purge;
  const texts = [text, limit];
  return <Question {...{ heading, texts, confirm, cancel }} onConfirm={() => room.session.purge()} />;
}

function RemoveQuestion({ room, member, who }: { room: Room; member: number; who: Who }) {
  const { heading, text, confirm } = words.value.remove;
  return (
    <Question
      heading={told(heading(who))}
      texts={[text]}
      confirm={confirm}
      cancel={words.value.cancel}
      onConfirm={() => room.session.remove(member)}
    />
  );
}

function OtherLinkQuestion({ room, look }: { room: Room; look: () => void }) {
  const { heading, text, unsent, confirm, cancel } = words.value.otherLink;
  const isUnsent = room.pending.value.length > 0 || room.draft.value.trim() !== '';
  return <Question {...{ heading, confirm, cancel }} texts={isUnsent ? [text, unsent] : [text]} onConfirm={look} />;
}
