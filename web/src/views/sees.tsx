/** What the server can see: one tap away, wherever somebody decides to trust it. */
import { screen } from '../state/screen.ts';
import { words } from '../strings/words.ts';
import { DialogFrame } from './dialog.tsx';
import { OpenButton } from './open.tsx';

export function SeesDialog() {
  const { sees } = words.value;
  const now = screen.value;
  const view = now.at === 'room' ? now.room.view.value : null;
  return (
    <DialogFrame heading={sees.heading}>
      {view !== null && <p>{sees.inRoom(words.value.time(view.expiresAtMs))}</p>}
      <div class="sees">
        <List heading={sees.does} items={sees.doesList} look="seen" />
        <List heading={sees.doesNot} items={sees.doesNotList} look="not-seen" />
      </div>
      <p>{sees.limit}</p>
      <OpenButton kind="about" label={sees.check} look="" />
    </DialogFrame>
  );
}

function List({ heading, items, look }: { heading: string; items: readonly string[]; look: string }) {
  return (
    <section class={look}>
      <h3>{heading}</h3>
      <ul>
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </section>
  );
}
