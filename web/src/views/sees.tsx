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
      <table class="sees">
        <thead>
          <tr>
            <th scope="col">{sees.does}</th>
            <th scope="col">{sees.doesNot}</th>
          </tr>
        </thead>
        {sees.topics.map((topic, at) => (
          <tbody key={topic}>
            <tr>
              <th scope="rowgroup" colSpan={2}>
                {topic}
              </th>
            </tr>
            <tr>
              <td>{sees.doesList[at]}</td>
              <td>{sees.doesNotList[at]}</td>
            </tr>
          </tbody>
        ))}
      </table>
      <p>{sees.limit}</p>
      <OpenButton kind="about" label={sees.check} look="" />
    </DialogFrame>
  );
}
