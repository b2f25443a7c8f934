/** The menu of a room: the setting, and the owner's rights. */
import { useId } from 'preact/hooks';
import { browserName } from '../platform/device.ts';
import { dialog } from '../state/dialog.ts';
import { keepLink } from '../state/membership.ts';
import type { Room } from '../state/room.ts';
import { words } from '../strings/words.ts';
import { CopyButton } from './copy.tsx';
import { DialogFrame } from './dialog.tsx';

export function MenuDialog({ room }: { room: Room }) {
  const { menu } = words;
  const view = room.view.value;
  if (view === null) return null;
  return (
    <DialogFrame heading={menu.heading}>
      <p>{words.room.closesAt(view.expiresAtMs)}.</p>
      {view.owner && (
        <Switch
          label={menu.lock}
          hint={menu.lockHint}
          checked={view.locked}
          onChange={(locked) => room.session.lock(locked)}
        />
      )}
      <Switch
        label={menu.keep}
        hint={view.owner ? `${menu.keepHint} ${menu.keepOwner}` : menu.keepHint}
        checked={room.keepsLink.value}
        onChange={(keeps) => keepLink(room, keeps)}
      />
      <div class="menu-item">
        <CopyButton
          text={() => `${room.session.diagnostics()}\n${browserName()}`}
          label={menu.diagnostics}
          copied={menu.copied}
          failed={menu.copyFailed}
        />
        <p class="hint">{menu.diagnosticsHint}</p>
      </div>
      {view.owner && (
        <div class="menu-item">
          <button
            type="button"
            class="danger"
            onClick={() => {
              dialog.value = { kind: 'purge' };
            }}
          >
            {menu.purge}
          </button>
          <p class="hint">{menu.purgeHint}</p>
        </div>
      )}
    </DialogFrame>
  );
}

interface SwitchProps {
  label: string;
  hint: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

function Switch({ label, hint, checked, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div class="menu-item">
      <label class="switch">
        <input
          type="checkbox"
          autocomplete="off"
          checked={checked}
          aria-describedby={id}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <span>{label}</span>
      </label>
      <p class="hint" id={id}>
        {hint}
      </p>
    </div>
  );
}
