/** The menu of a room: the setting, and the owner's rights. */
import { useId } from 'preact/hooks';
import { browserName, isTouch } from '../platform/device.ts';
import { version } from '../state/about.ts';
import { quickExit } from '../state/keys.ts';
import { keepLink, leaveRoom, letSound } from '../state/membership.ts';
import { troubleOf } from '../state/notices.ts';
import { circumstancesOf, type Room } from '../state/room.ts';
import { words } from '../strings/words.ts';
import { CopyButton } from './copy.tsx';
import { DialogFrame } from './dialog.tsx';
import { Icon } from './icon.tsx';
import { LanguageChoice } from './language.tsx';
import { OpenButton } from './open.tsx';

export function MenuDialog({ room }: { room: Room }) {
  const { menu } = words.value;
  const view = room.view.value;
  if (view === null) return null;
  const waits = view.wishes.lock !== null;
  return (
    <DialogFrame heading={menu.heading}>
      {view.owner && (
        <Switch
          label={menu.lock}
          hint={waits && troubleOf(circumstancesOf(room)) !== null ? menu.waits : menu.lockHint}
          checked={view.locked}
          waits={waits}
          onChange={(locked) => room.session.lock(locked)}
        />
      )}
      <Switch
        label={menu.sound}
        hint={menu.soundHint}
        checked={room.hasSound.value}
        onChange={(sounds) => letSound(room, sounds)}
      />
      <Switch
        label={menu.keep}
        hint={view.owner ? `${menu.keepHint} ${menu.keepOwner}` : menu.keepHint}
        checked={room.keepsLink.value}
        onChange={(keeps) => keepLink(room, keeps)}
      />
      <div class="menu-item">
        <LanguageChoice />
        <div class="links">
          <OpenButton kind="sees" label={words.value.sees.heading} />
          <OpenButton kind="about" label={words.value.about.heading} />
          {!isTouch() && <OpenButton kind="keys" label={words.value.keys.heading} />}
        </div>
      </div>
      <Diagnostics room={room} />
      <WaysOut />
      {view.owner && <Purge />}
    </DialogFrame>
  );
}

function WaysOut() {
  return (
    <div class="menu-item">
      <div class="actions">
        <button type="button" onClick={leaveRoom}>
          {words.value.room.leave}
        </button>
        <button type="button" onClick={quickExit}>
          <Icon name="exit" />
          {words.value.exit.button}
        </button>
      </div>
      <p class="hint">{words.value.exit.hint}</p>
    </div>
  );
}

function Purge() {
  const { menu } = words.value;
  return (
    <div class="menu-item">
      <OpenButton kind="purge" label={menu.purge} look="danger" />
      <p class="hint">{menu.purgeHint}</p>
    </div>
  );
}

function Diagnostics({ room }: { room: Room }) {
  const { menu } = words.value;
  return (
    <div class="menu-item">
      <CopyButton
        text={() => `client ${version}\n${room.session.diagnostics()}\n${browserName()}`}
        label={menu.diagnostics}
        copied={menu.copied}
        failed={menu.copyFailed}
      />
      <p class="hint">{menu.diagnosticsHint}</p>
    </div>
  );
}

interface SwitchProps {
  label: string;
  hint: string;
  checked: boolean;
  /** It was switched and is not so yet: drawn between on and off. */
  waits?: boolean;
  onChange: (checked: boolean) => void;
}

function Switch({ label, hint, checked, waits = false, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div class="menu-item">
      <label class="switch">
        <input
          type="checkbox"
          autocomplete="off"
          checked={checked}
          indeterminate={waits}
          aria-describedby={id}
          onChange={({ currentTarget }) => {
            // What it shows is what is so, not what was tapped.
            currentTarget.checked = checked;
            currentTarget.indeterminate = waits;
            onChange(waits ? checked : !checked);
          }}
        />
        <span>{label}</span>
      </label>
      <p class="hint" id={id}>
        {hint}
      </p>
    </div>
  );
}
