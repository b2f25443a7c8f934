/** The room: header, people, log, connection, composer. Before the relay has let the person in: joining. */
import type { RoomView } from '@pug/client';
import { useRef } from 'preact/hooks';
import { isTouch } from '../platform/device.ts';
import { timeLeft } from '../state/countdown.ts';
import { dialog } from '../state/dialog.ts';
import { quickExit } from '../state/keys.ts';
import { leaveRoom } from '../state/membership.ts';
import { nowMs, type Room } from '../state/room.ts';
import { words } from '../strings/words.ts';
import { Banner } from './banner.tsx';
import { Composer } from './composer.tsx';
import { useFreeFocus } from './focus.ts';
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
        <RoomHeading room={room} />
        <LogView room={room} />
        <Banner room={room} />
        <Composer room={room} />
      </main>
    </div>
  );
}

/** What the person found when comparing the safety code. */
const marks = { equal: 'verified', different: 'differs' } as const;

/** A finger gets no keyboard that it did not ask for: there the heading has the focus that the composer has elsewhere. */
function RoomHeading({ room }: { room: Room }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useFreeFocus(room, heading, isTouch());
  return (
    <h1 ref={heading} class="unseen" tabIndex={-1}>
      {words.value.room.heading}
    </h1>
  );
}

function RoomHeader({ view }: { view: RoomView }) {
  const { room, exit } = words.value;
  return (
    <header class="room-header">
      <RoomState view={view} />
      <nav aria-label={room.heading}>
        <button
          type="button"
          class="people-button"
          aria-haspopup="dialog"
          title={words.value.people.heading}
          onClick={() => {
            dialog.value = { kind: 'people' };
          }}
        >
          <Icon name="people" />
          {/* What is read aloud holds what is seen, so that it can also be said to the page. */}
          <span>{room.peopleOf(view.members.length, view.capacity)}</span> <span class="unseen">{room.inRoom}</span>
        </button>
        <Opener
          kind="verify"
          icon={view.compared === null ? 'shield' : marks[view.compared]}
          label={view.compared === null ? room.verify : room[view.compared]}
        />
        <Opener kind="share" icon="invite" label={room.invite} />
        <Opener kind="menu" icon="menu" label={room.menu} />
        <HeaderButton icon="leave" label={room.leave} title={room.leave} onClick={leaveRoom} />
        <HeaderButton icon="exit" label={exit.button} title={exit.hint} onClick={quickExit} />
      </nav>
    </header>
  );
}

/** How long the room lasts and whether it is locked; a tap tells what the server sees of it. */
function RoomState({ view }: { view: RoomView }) {
  return (
    <button
      type="button"
      class="room-state"
      aria-haspopup="dialog"
      onClick={() => {
        dialog.value = { kind: 'sees' };
      }}
    >
      {/* On the button itself it would be read aloud a second time. */}
      <span class="mark" title={words.value.sees.heading}>
        <Pug />
      </span>
      <span class="states">
        <Countdown expiresAtMs={view.expiresAtMs} />
        {view.locked && (
          <span class="locked">
            <Icon name="lock" />
            <span class="lock-word">{words.value.room.lockedMark}</span>
          </span>
        )}
      </span>
      <span class="unseen">{words.value.sees.heading}</span>
    </button>
  );
}

interface HeaderButtonProps {
  icon: IconName;
  label: string;
  title: string;
  opens?: boolean;
  onClick: () => void;
}

function HeaderButton({ icon, label, title, opens = false, onClick }: HeaderButtonProps) {
  return (
    <button
      type="button"
      class={`header-button ${icon}`}
      aria-haspopup={opens ? 'dialog' : undefined}
      title={title}
      onClick={onClick}
    >
      <Icon name={icon} />
      <span class="button-word">{label}</span>
    </button>
  );
}

function Opener({ kind, icon, label }: { kind: 'share' | 'menu' | 'verify'; icon: IconName; label: string }) {
  const open = () => {
    dialog.value = { kind };
  };
  return <HeaderButton icon={icon} label={label} title={label} opens onClick={open} />;
}

function Countdown({ expiresAtMs }: { expiresAtMs: number }) {
  return (
    <span class="countdown" title={words.value.room.closesAt(expiresAtMs)}>
      {words.value.room.left(timeLeft(expiresAtMs - nowMs.value))}
    </span>
  );
}
