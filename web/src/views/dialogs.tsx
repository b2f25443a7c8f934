/** Which dialog lies over the screen. All of them belong to a room. */
import { type Dialog, dialog } from '../state/dialog.ts';
import type { Room } from '../state/room.ts';
import { screen } from '../state/screen.ts';
import { words } from '../strings/words.ts';
import { Question } from './dialog.tsx';
import { MenuDialog } from './menu.tsx';
import { PeopleDialog } from './people.tsx';
import { RenameDialog } from './rename.tsx';
import { ShareDialog } from './share.tsx';
import { VerifyDialog } from './verify.tsx';

export function Dialogs() {
  const open = dialog.value;
  const now = screen.value;
  if (open === null || now.at !== 'room') return null;
  return <OpenDialog key={open.kind} open={open} room={now.room} />;
}

function OpenDialog({ open, room }: { open: Dialog; room: Room }) {
  switch (open.kind) {
    case 'share':
      return <ShareDialog />;
    case 'people':
      return <PeopleDialog room={room} />;
    case 'menu':
      return <MenuDialog room={room} />;
    case 'verify':
      return <VerifyDialog room={room} />;
    case 'rename':
      return <RenameDialog room={room} />;
    case 'purge':
      return <PurgeQuestion room={room} />;
    case 'remove':
      return <RemoveQuestion room={room} member={open.member} name={open.name} />;
    case 'other_link':
      return <OtherLinkQuestion look={open.look} />;
  }
}

function PurgeQuestion({ room }: { room: Room }) {
  const { heading, text, limit, confirm, cancel } = words.purge;
  const texts = [text, limit];
  return <Question {...{ heading, texts, confirm, cancel }} onConfirm={() => room.session.purge()} />;
}

function RemoveQuestion({ room, member, name }: { room: Room; member: number; name: string }) {
  const { heading, text, confirm } = words.remove;
  return (
    <Question
      heading={heading(name)}
      texts={[text]}
      confirm={confirm}
      cancel={words.cancel}
      onConfirm={() => room.session.remove(member)}
    />
  );
}

function OtherLinkQuestion({ look }: { look: () => void }) {
  const { heading, text, confirm, cancel } = words.otherLink;
  return <Question {...{ heading, confirm, cancel }} texts={[text]} onConfirm={look} />;
}
