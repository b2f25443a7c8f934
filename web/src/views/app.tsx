/** The whole page: one screen, the dialog above it, and the voice. */
import { dialog } from '../state/dialog.ts';
import { screen } from '../state/screen.ts';
import { CannotRun } from './cannot-run.tsx';
import { Dialogs } from './dialogs.tsx';
import { Ended } from './ended.tsx';
import { Invitation } from './invitation.tsx';
import { Preparing } from './preparing.tsx';
import { Refused } from './refused.tsx';
import { RoomScreen } from './room.tsx';
import { Start } from './start.tsx';
import { Voice } from './voice.tsx';

function CurrentScreen() {
  const now = screen.value;
  switch (now.at) {
    case 'start':
      return <Start />;
    case 'preparing':
      return <Preparing />;
    case 'invitation':
      return <Invitation suggested={now.name} />;
    case 'room':
      return <RoomScreen room={now.room} />;
    case 'ended':
      return <Ended end={now.end} joined={now.joined} isUnpurged={now.isUnpurged} unsent={now.unsent} />;
    case 'refused':
      return <Refused refusal={now.refusal} />;
    case 'cannot_run':
      return <CannotRun missing={now.missing} link={now.link} />;
  }
}

export function App() {
  return (
    <>
      <CurrentScreen />
      <Dialogs />
      {dialog.value === null && <Voice />}
    </>
  );
}
