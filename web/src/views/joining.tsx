/** Between the click and the room: the proof, or a relay that does not answer. */
import type { ConnectionState } from '@pug/client';
import { leaveRoom } from '../state/membership.ts';
import { isTriedAgain } from '../state/notices.ts';
import { nowMs, type Room } from '../state/room.ts';
import { words } from '../strings/words.ts';
import { Page } from './page.tsx';

export function Joining({ room }: { room: Room }) {
  const connection = room.connection.value;
  if (isTriedAgain(connection)) return <Unreachable room={room} connection={connection} />;
  return room.isSlow.value ? <FirstTry /> : null;
}

function FirstTry() {
  return (
    <div class="coming">
      <Page heading={words.value.joining.heading}>
        <p>{words.value.joining.text}</p>
        <div class="actions">
          <button type="button" onClick={leaveRoom}>
            {words.value.cancel}
          </button>
        </div>
      </Page>
    </div>
  );
}

function Unreachable({ room, connection }: { room: Room; connection: ConnectionState }) {
  const { joining, banner } = words.value;
  const seconds =
    connection.state === 'waiting' ? Math.max(0, Math.ceil((connection.retryAtMs - nowMs.value) / 1000)) : 0;
  const reason = room.reason.value;
  const isSilent = reason === 'unreachable';
  return (
    <Page heading={isSilent ? joining.unreachable : joining.waiting} mood="puzzled">
      {!isSilent && <p class="lead">{banner.reason[reason]}</p>}
      <p class={isSilent ? 'lead' : ''}>
        {joining.keepsTrying} {(isSilent || reason === 'lost') && joining.checkConnection}
        {reason === 'incomplete' && joining.otherWay}
      </p>
      <p class="hint">{seconds > 0 ? joining.retryIn(seconds) : joining.retryNow}</p>
      <div class="actions">
        <button type="button" class="main-action" onClick={() => room.session.wake()}>
          {words.value.tryAgain}
        </button>
        <button type="button" onClick={leaveRoom}>
          {words.value.cancel}
        </button>
      </div>
    </Page>
  );
}
