/** A button that opens a dialog. */
import { type Dialog, dialog } from '../state/dialog.ts';

type Plain = Exclude<Dialog, { kind: 'remove' | 'other_link' }>['kind'];

export function OpenButton({ kind, label, look = 'quiet' }: { kind: Plain; label: string; look?: string }) {
  return (
    <button
      type="button"
      class={look}
      aria-haspopup="dialog"
      onClick={() => {
        dialog.value = { kind };
      }}
    >
      {label}
    </button>
  );
}
