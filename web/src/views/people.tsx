/** Who is in the room: beside the messages where there is space, in a dialog where there is not. */
import type { MemberView, RoomView } from '@pug/client';
import { dialog } from '../state/dialog.ts';
import { nameOf } from '../state/name.ts';
import type { Room } from '../state/room.ts';
import { words } from '../strings/words.ts';
import { DialogFrame } from './dialog.tsx';
import { named } from './tag.tsx';

export function PeopleDialog({ room }: { room: Room }) {
  const view = room.view.value;
  if (view === null) return null;
  return (
    <DialogFrame heading={words.value.people.heading}>
      <People view={view} />
    </DialogFrame>
  );
}

export function PeoplePanel({ view }: { view: RoomView }) {
  return (
    <aside class="people-panel" aria-labelledby="people-heading">
      <h2 id="people-heading">{words.value.people.heading}</h2>
      <People view={view} />
    </aside>
  );
}

function People({ view }: { view: RoomView }) {
  return (
    <>
      <ul class="people">
        {view.members.map((member) => (
          <Person key={member.number} member={member} view={view} />
        ))}
      </ul>
      <p class="hint">{words.value.people.free(Math.max(0, view.capacity - view.members.length))}</p>
      <button
        type="button"
        onClick={() => {
          dialog.value = { kind: 'rename' };
        }}
      >
        {words.value.people.rename}
      </button>
    </>
  );
}

function Person({ member, view }: { member: MemberView; view: RoomView }) {
  const { number, name, tag, self, owner, admitted } = member;
  const who = { name: nameOf(name, number), tag };
  // Whoever is not in does not know who is.
  const isArriving = !admitted && (self || view.admitted);
  return (
    <li>
      <span class="person-name">{named(who)}</span>
      {isArriving && <span class="tag">{words.value.people.arriving}</span>}
      {self && <span class="tag">{words.value.people.you}</span>}
      {owner && <span class="tag">{words.value.people.owner}</span>}
      {!self && view.owner && (
        <button
          type="button"
          class="quiet"
          aria-label={words.value.people.remove(tag === null ? who.name : `${who.name} ${tag}`)}
          onClick={() => {
            dialog.value = { kind: 'remove', member: number, who };
          }}
        >
          {words.value.remove.confirm}
        </button>
      )}
    </li>
  );
}
