/** Who is in the room: beside the messages where there is space, in a dialog where there is not. */
import type { MemberView, RoomView } from '@pug/client';
import { dialog } from '../state/dialog.ts';
import type { Room } from '../state/room.ts';
import { words } from '../strings/words.ts';
import { DialogFrame } from './dialog.tsx';

export function PeopleDialog({ room }: { room: Room }) {
  const view = room.view.value;
  if (view === null) return null;
  return (
    <DialogFrame heading={words.people.heading}>
      <People view={view} />
    </DialogFrame>
  );
}

export function PeoplePanel({ view }: { view: RoomView }) {
  return (
    <aside class="people-panel" aria-labelledby="people-heading">
      <h2 id="people-heading">{words.people.heading}</h2>
      <People view={view} />
    </aside>
  );
}

function People({ view }: { view: RoomView }) {
  return (
    <>
      <ul class="people">
        {view.members.map((member) => (
          <Person key={member.number} member={member} ownerIsMe={view.owner} />
        ))}
      </ul>
      <p class="hint">{words.people.free(Math.max(0, view.capacity - view.members.length))}</p>
      <button
        type="button"
        onClick={() => {
          dialog.value = { kind: 'rename' };
        }}
      >
        {words.people.rename}
      </button>
    </>
  );
}

function Person({ member: { number, name, self }, ownerIsMe }: { member: MemberView; ownerIsMe: boolean }) {
  const shown = name ?? words.room.someone(number);
  return (
    <li>
      <bdi class="person-name">{shown}</bdi>
      {self && <span class="tag">{words.people.you}</span>}
      {self && ownerIsMe && <span class="tag">{words.people.owner}</span>}
      {!self && ownerIsMe && (
        <button
          type="button"
          class="quiet"
          aria-label={words.people.remove(shown)}
          onClick={() => {
            dialog.value = { kind: 'remove', member: number, name: shown };
          }}
        >
          {words.remove.confirm}
        </button>
      )}
    </li>
  );
}
