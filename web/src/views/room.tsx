/** The room: header, people, log, connection, composer. Before the relay has let the person in: joining. */
import type { RoomView } from '@pug/client';
import { timeLeft } from '../state/countdown.ts';
import { type Dialog, dialog } from '../state/dialog.ts';
import { leaveRoom } from '../state/membership.ts';
import { nowMs, type Room } from '../state/room.ts';
import { words } from '../strings/words.ts';
import { Banner } from './banner.tsx';
import { Composer } from './composer.tsx';
import { Icon, type IconName } from './icon.tsx';
import { Joining } from './joining.tsx';
import { LogView } from './log.tsx';
import { Pug } from './page.tsx';
import { PeoplePanel } from './people.tsx';

export function RoomScreen({ room }: { room: Room }) {
  const view = room.view.value;
  if (view === null) return <Joining room={room} />;
  return (
    <div class="room">
      <RoomHeader view={view} />
      <PeoplePanel view={view} />
      <main>
        <h1 class="unseen">{words.room.heading}</h1>
        <LogView room={room} />
        <Banner room={room} />
        <Composer room={room} />
      </main>
    </div>
  );
}

function RoomHeader({ view }: { view: RoomView }) {
  return (
    <header class="room-header">
      <Pug />
      <div class="room-state">
        <Countdown expiresAtMs={view.expiresAtMs} />
        {view.locked && (
          <span class="locked">
            <Icon name="lock" />
            {words.room.lockedMark}
          </span>
        )}
      </div>
      <nav aria-label={words.room.heading}>
        <button
          type="button"
          class="people-button"
          aria-haspopup="dialog"
          title={words.people.heading}
          onClick={() => {
            dialog.value = { kind: 'people' };
          }}
        >
          <Icon name="people" />
          <span aria-hidden="true">{words.room.peopleOf(view.members.length, view.capacity)}</span>
          <span class="unseen">{words.room.people(view.members.length)}</span>
        </button>
        <Opener
          kind="verify"
          icon={view.compared ? 'verified' : 'shield'}
          label={view.compared ? words.room.compared : words.room.verify}
        />
        <Opener kind="share" icon="invite" label={words.room.invite} />
        <Opener kind="menu" icon="menu" label={words.room.menu} />
        <button type="button" class="header-button" onClick={leaveRoom}>
          <Icon name="leave" />
          <span class="button-word">{words.room.leave}</span>
        </button>
      </nav>
    </header>
  );
}

function Opener({ kind, icon, label }: { kind: 'share' | 'menu' | 'verify'; icon: IconName; label: string }) {
  const open: Dialog = { kind };
  return (
    <button
      type="button"
      class={`header-button ${icon}`}
      aria-haspopup="dialog"
      title={label}
      onClick={() => {
        dialog.value = open;
      }}
    >
      <Icon name={icon} />
      <span class="button-word">{label}</span>
    </button>
  );
}

function Countdown({ expiresAtMs }: { expiresAtMs: number }) {
  const left = timeLeft(expiresAtMs - nowMs.value);
  return (
    <span class="countdown" title={words.room.closesAt(expiresAtMs)}>
      <Icon name="clock" />
      {words.room.left(left)}
    </span>
  );
}
