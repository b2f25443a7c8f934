/** The keys that a room knows. */
import { words } from '../strings/words.ts';
import { DialogFrame } from './dialog.tsx';

export function KeysDialog() {
  const { keys } = words.value;
  const { names } = keys;
  const rows = [
    [`${names.escape} ${names.escape}`, keys.exit],
    [names.enter, keys.send],
    [`${names.shift} + ${names.enter}`, keys.line],
    [`${names.control} / ⌘ + K`, keys.share],
    [`${names.control} / ⌘ + ${names.shift} + L`, keys.leave],
    [`${names.control} / ⌘ + /`, keys.list],
  ] as const;
  return (
    <DialogFrame heading={keys.heading}>
      <dl class="keys">
        {rows.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </DialogFrame>
  );
}
