/** The state of the connection, said where the eye is: above the composer, with what it means for what is being written. */
import type { ComponentChildren } from 'preact';
import { nowMs, offline, type Room } from '../state/room.ts';
import { words } from '../strings/words.ts';

const secondsUntil = (atMs: number) => Math.max(0, Math.ceil((atMs - nowMs.value) / 1000));

export function Banner({ room }: { room: Room }) {
  const connection = room.connection.value;
  const closingAtMs = room.view.value?.closingAtMs ?? null;
  if (connection.state === 'ended') return null;
  if (connection.state !== 'joined') return <Lost room={room} />;
  if (room.view.value?.admitted === false) return <Strip tone="good">{words.value.banner.arriving}</Strip>;
  if (room.isBack.value) return <Strip tone="good">{words.value.banner.back}</Strip>;
  return closingAtMs === null ? null : (
    <Strip tone="bad">{words.value.banner.closing(secondsUntil(closingAtMs))}</Strip>
  );
}

function Lost({ room }: { room: Room }) {
  const connection = room.connection.value;
  const { banner } = words.value;
  const reason = banner.reason[connection.state === 'waiting' ? connection.reason : 'lost'];
  const next = connection.state === 'waiting' ? banner.retryIn(secondsUntil(connection.retryAtMs)) : banner.retrying;
  return (
    <Strip tone="bad">
      <span>
        <strong>{offline.value ? banner.offline : reason}</strong> {banner.kept} {next}
      </span>
      <button type="button" disabled={connection.state === 'connecting'} onClick={() => room.session.wake()}>
        {banner.tryNow}
      </button>
    </Strip>
  );
}

function Strip({ tone, children }: { tone: 'good' | 'bad'; children: ComponentChildren }) {
  return <div class={`banner ${tone}`}>{children}</div>;
}
